package lint

import (
	"strings"
	"testing"
)

func TestRuleUnusedIgnore(t *testing.T) {
	covers := func(p *Project) Span { return p.Services[0].Bindings[0].Lines }
	for _, c := range []struct {
		rules      []string
		reason     string
		want       string
		suppressed int
	}{
		{[]string{"fixed-port"}, "all know it", "[]", 1},
		{[]string{"ephemeral-port", "fixed-port"}, "all know it", "[]", 1},
		{[]string{"fixed-port"}, "", "[fixed-port unused-ignore]", 0},
		{[]string{"ephemeral-port"}, "no reason here", "[fixed-port unused-ignore]", 0},
		{[]string{"fixed-prot"}, "a slip", "[fixed-port unused-ignore]", 0},
		{nil, "", "[fixed-port unused-ignore]", 0},
	} {
		p := project(service("web", "8080:80", "80"))
		line := covers(p)
		p.Ignores = []Ignore{{Span: Span{line.File, line.End - 1, line.End}, Rules: c.rules, Reason: c.reason, Covers: line}}
		got := Run([]*Project{p}, Settings{})
		if rules(got) != c.want || len(got.Suppressed) != c.suppressed {
			t.Errorf("%v %q: %s, %d suppressed", c.rules, c.reason, rules(got), len(got.Suppressed))
		}
	}
}

// ignoring says which rules are left when one comment covers the item that stands at a text of the base file.
func ignoring(t *testing.T, at, rules string, settings Settings, services ...*svc) string {
	t.Helper()
	p, texts := render("/p", services...)
	text := texts[baseFile]
	start := strings.Index(text, at)
	if start < 0 {
		t.Fatalf("no %s in\n%s", at, text)
	}
	start = strings.LastIndex(text[:start], "\n") + 1
	line := Span{baseFile, start, start + strings.Index(text[start:], "\n")}
	p.Ignores = []Ignore{{Span: Span{baseFile, line.End - 1, line.End}, Rules: strings.Split(rules, ","), Reason: "we know", Covers: line}}
	var left []string
	for _, f := range Run([]*Project{p}, settings).Findings {
		if f.Rule == UnusedIgnore {
			left = append(left, withNotes(f))
		} else if f.Rule != "fixed-port" {
			left = append(left, f.Rule)
		}
	}
	return strings.Join(left, "; ")
}

func TestIgnoreOnAnyMember(t *testing.T) {
	for _, c := range []struct {
		name, at, rules string
		services        []*svc
	}{
		{"first of a duplicate", "8080:80", "duplicate-port", []*svc{service("a", "8080:80"), service("b", "8080:81")}},
		{"second of a duplicate", "8080:81", "duplicate-port", []*svc{service("a", "8080:80"), service("b", "8080:81")}},
		{"third of a duplicate", "8080:82", "duplicate-port", []*svc{service("a", "8080:80"), service("b", "8080:81"), service("c", "8080:82")}},
		{"first line of a long item", "target: 80", "duplicate-port", []*svc{service("a", "long 8080:80"), service("b", "8080:81")}},
		{"pools", "8080-8081:80", "duplicate-port", []*svc{service("a", "8080-8081:80").scaled(2), service("b", "8080-8081:81")}},
		{"unknown values", "${P}:80", "duplicate-port,unset-port-variable", []*svc{service("a", "${P}:80"), service("b", "${P:?}:80")}},
		{"replicas", "9090:90", "replicas-share-port", []*svc{service("a", "8080:80", "9090:90").scaled(2)}},
		{"race", "8080:81", "racing-ports", []*svc{service("a", "8080-8081:80"), service("b", "8080:81")}},
		{"pick", "- \"80\"", "racing-ports,ephemeral-port", []*svc{service("a", "80"), service("b", "40000:81")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := Settings{Severity: map[string]Severity{"ephemeral-port": Off}}
			if got := ignoring(t, c.at, c.rules, settings, c.services...); got != "" {
				t.Error(got)
			}
		})
	}
}

func TestIgnoreOfAnotherPlaceDoesNotMatch(t *testing.T) {
	got := ignoring(t, "8080:80", "override-adds-port", Settings{}, service("web", "8080:80", "@1 9090:80"))
	if want := "override-adds-port; this ignore matches nothing | why: no override-adds-port is found here"; got != want {
		t.Error(got)
	}
}

func TestUnusedIgnoreIsSilentWhereNothingCouldMatch(t *testing.T) {
	off := Settings{Severity: map[string]Severity{"ephemeral-port": Off}}
	both := func() []*svc { return []*svc{service("a", "8080:80"), service("b", "8080:81").off()} }
	for _, c := range []struct {
		name, at, rules string
		settings        Settings
		services        []*svc
		want            string
	}{
		{"rule off", "8080:80", "ephemeral-port", off, both(), ""},
		{"one of two off", "8080:80", "ephemeral-port,browser-blocked-port", off, both(), ""},
		{"profile off", "8080:81", "duplicate-port", Settings{}, both(), ""},
		{"no replica", "8080:81", "duplicate-port", Settings{}, []*svc{service("b", "8080:81").scaled(0)}, ""},
		{"above a service that is off", "  b:", "replicas-share-port", Settings{}, both(), ""},
		{"not asked for", "8080:80", "duplicate-port", Settings{Up: UpOptions{Services: []string{"c"}}},
			[]*svc{service("a", "8080:80"), service("c", "1:1")}, ""},
		{"a project alone", "8080:80", "shared-port", Settings{}, both(), ""},
		{"active", "8080:80", "duplicate-port", Settings{}, both(), "this ignore matches nothing | why: no duplicate-port is found here"},
		{"active service", "  a:", "replicas-share-port", Settings{}, both(), "this ignore matches nothing | why: no replicas-share-port is found here"},
		{"unknown beside a match", "8080:80", "fixed-port,nosuch", Settings{}, both(), `this ignore names an unknown rule "nosuch"`},
		{"unknown beside a rule that is off", "8080:80", "ephemeral-port,nosuch", off, both(), `this ignore names an unknown rule "nosuch"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ignoring(t, c.at, c.rules, c.settings, c.services...); got != c.want {
				t.Error(got)
			}
		})
	}
}

func TestEveryCommentOnAGroupIsUsed(t *testing.T) {
	p := project(service("a", "80", "8080:80"), service("b", "80", "8080:81"))
	for _, s := range p.Services {
		line := s.Bindings[1].Lines
		p.Ignores = append(p.Ignores, Ignore{Span: line, Rules: []string{"duplicate-port"}, Reason: "one at a time", Covers: line})
	}
	if got := rules(Run([]*Project{p}, Settings{})); got != "[fixed-port fixed-port]" {
		t.Error(got)
	}
}

func TestIgnoreOfASharedPortOnAnyProject(t *testing.T) {
	for i := range 2 {
		projects := []*Project{projectIn("/r/a", service("web", "80", "8080:80")), projectIn("/r/b", service("web", "80", "8080:80"))}
		line := projects[i].Services[0].Bindings[1].Lines
		projects[i].Ignores = []Ignore{{Span: line, Rules: []string{"shared-port"}, Reason: "examples", Covers: line}}
		if got := rules(Run(projects, Settings{})); got != "[fixed-port fixed-port]" {
			t.Error(i, got)
		}
	}
}
