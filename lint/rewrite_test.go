package lint

import "testing"

func TestParseExpression(t *testing.T) {
	for text, want := range map[string]expression{
		"${A}":           {"A", "", ""},
		"$A_1":           {"A_1", "", ""},
		"${A:-80}":       {"A", ":-", "80"},
		"${A-80}":        {"A", "-", "80"},
		"${A:-${B:-80}}": {"A", ":-", "${B:-80}"},
		"${A:?say:-so}":  {"A", ":?", "say:-so"},
		"${A:+x}":        {"A", ":+", "x"},
	} {
		if got, ok := parseExpression(text); !ok || got != want {
			t.Errorf("%s: %+v %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "80", "$", "${}", "${A}${B}", "8${A}", "${A}0", "$A:80", "${A:=80}", "${1A}", "$1", "${A", "$$A", "${A}-${B}"} {
		if got, ok := parseExpression(text); ok {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

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
