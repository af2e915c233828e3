package lint

import (
	"slices"
	"testing"
)

func TestReplace(t *testing.T) {
	for _, c := range []struct{ item, text, want string }{
		{"8080:80", "${P:-1}", `- "${P:-1}:80"`},
		{"plain 8080:80", "${P:-1}", "- ${P:-1}:80"},
		{"plain 127.0.0.1:8080:80/udp", "${P:-1}", "- 127.0.0.1:${P:-1}:80/udp"},
		{"flow 8080:80", "${P:-1}", `- "${P:-1}:80"`},
		{"flow [::1]:8080:80", "${P:-1}", `- "[::1]:${P:-1}:80"`},
		{"flow 8080:80", "8081", "- 8081:80"},
		{"long 8080:80", "${P:-1}", `published: "${P:-1}"`},
		{"long 8080:80", "8081", "published: 8081"},
		{"${P:-8080}:80", "${P:-1}", `- "${P:-1}:80"`},
		{"8080-8090:80", "1-2", `- "1-2:80"`},
		{"8080${P}:80", "1", ""},
		{"${A}${P}:80", "1", ""},
		{"80", "1", ""},
	} {
		p, texts := render("/p", service("web", c.item))
		edits, ok := p.Items()[0].replace(c.text)
		got := ""
		if ok {
			got = changed(texts, edits)[0]
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.item, got, c.want)
		}
	}
}

// Compose drops the member of a range that another item gives too: "${P:-8080}:80" beside "8080-8084:80-84".
func TestReplaceNeedsTheWholeRange(t *testing.T) {
	for _, item := range []string{"8080-8084:80-84", "${R:-8080-8084}:80-84"} {
		for without := range 5 {
			p := project(service("web", item))
			p.Services[0].Bindings = slices.Delete(p.Services[0].Bindings, without, without+1)
			if edits, ok := p.Items()[0].replace("1"); ok {
				t.Errorf("%s without member %d: %+v", item, without, edits)
			}
			for _, f := range Run([]*Project{p}, Settings{}).Findings {
				for _, fix := range f.Fixes {
					if len(fix.Edits) > 0 {
						t.Errorf("%s: %s", f.Rule, fix.Title)
					}
				}
			}
		}
	}
	for _, item := range []string{"8080-8084:80-84", "8080-8084:80", "08080:80", "R=8080-8084 ${R:-1-5}:80-84", "${R}:80-84"} {
		if _, ok := project(service("web", item)).Items()[0].replace("1"); !ok {
			t.Errorf("%s is no longer replaced", item)
		}
	}
}

func TestMoved(t *testing.T) {
	for _, c := range []struct{ item, want string }{
		{"8080:80", "${NAME:-1}"},
		{"${P:-8080}:80", "${P:-1}"},
		{"${P-8080}:80", "${P-1}"},
		{"${P:-8080-8090}:80", "${P:-1}"},
		{"P=8080 ${P:-80}:80", ""},
		{"${P:-${Q:-80}}:80", ""},
		{"${P}:80", ""},
	} {
		got, _ := project(service("web", c.item)).Items()[0].moved("1", "NAME", false)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.item, got, c.want)
		}
	}
}
