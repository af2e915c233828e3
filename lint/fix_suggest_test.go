package lint

import "testing"

func TestFree(t *testing.T) {
	projects := []*Project{projectIn("/p", service("a", "8080:80", "8081:80/udp", "8082-8084:80")), projectIn("/q", service("b", "8085:80").off())}
	for _, c := range []struct {
		old   uint16
		width int
		want  uint16
	}{
		{8080, 1, 8087}, {8080, 3, 8087}, {80, 1, 8087}, {443, 1, 8443}, {22, 1, 2222}, {5432, 1, 5433}, {4999, 1, 5001},
		{5999, 1, 6001}, {6664, 1, 6670}, {10079, 1, 10081}, {50051, 1, 10051}, {32767, 1, 61000}, {65535, 1, 1024},
		{60080, 1, 10081}, {6999, 1, 7001},
	} {
		a := newSuggester(projects, Settings{Reserved: map[uint16]bool{8086: true}})
		if got, ok := a.free(c.old, c.width); !ok || got.to != c.want {
			t.Errorf("free(%d, %d) = %d %t, want %d", c.old, c.width, got.to, ok, c.want)
		}
	}
}

func TestFreeNeverTwice(t *testing.T) {
	a := newSuggester(nil, Settings{})
	seen := map[uint16]bool{}
	for range 1500 {
		p, ok := a.remember(slot{width: 1}, func() (suggestion, bool) { return a.free(80, 1) })
		if !ok || seen[p] {
			t.Fatalf("%d a second time", p)
		}
		seen[p] = true
	}
}

func TestFreeGivesUp(t *testing.T) {
	if p, ok := newSuggester(nil, Settings{}).free(1024, 60000); ok {
		t.Errorf("60000 ports in a row at %d", p.to)
	}
}

func TestOneItemOneSuggestion(t *testing.T) {
	p := project(service("web", "50051:80"), service("x", "80"))
	moves := map[string]bool{}
	for _, f := range Run([]*Project{p}, Settings{}).Findings {
		if f.Rule == "ephemeral-port" || f.Rule == "racing-ports" {
			moves[f.Rule+f.Fixes[0].Edits[0].New] = true
		}
	}
	if len(moves) != 2 || !moves["ephemeral-port${WEB_PORT:-10051}"] || !moves["racing-ports${WEB_PORT:-10051}"] {
		t.Errorf("suggestions %v", moves)
	}
}

// TestSuggestedTwice: what was suggested for another machine is suggested again, unless this one has it.
func TestSuggestedTwice(t *testing.T) {
	web, api, pool := Span{"f", 1, 2}, Span{"f", 3, 4}, Binding{Port: Span{"f", 5, 6}, Ports: PortsFrom(9000, 1)}
	ports := func(a *suggester) (got [3]uint16) {
		got[0], _ = a.suggestSame(api, 8080, 1)
		got[1], _ = a.suggestSame(web, 8080, 1)
		got[2], _ = a.widen(&pool, 3)
		return got
	}
	first := newSuggester(nil, Settings{})
	if to, _ := first.suggestSame(web, 8080, 1); to != 8080 {
		t.Fatalf("%d", to)
	}
	for _, c := range []struct {
		taken uint16
		want  [3]uint16
	}{
		{0, [3]uint16{8081, 8080, 9000}}, {8080, [3]uint16{8081, 8082, 9000}}, {9001, [3]uint16{8081, 8080, 9002}},
	} {
		got := ports(newSuggester(nil, Settings{Suggested: first.suggested, Taken: map[uint16]string{c.taken: "somebody has it"}}))
		if got != c.want {
			t.Errorf("%d is taken: %d, want %d", c.taken, got, c.want)
		}
	}
	second := newSuggester(nil, Settings{})
	if a, b := ports(second), ports(newSuggester(nil, Settings{Suggested: second.suggested})); a != b {
		t.Errorf("%d, then %d", a, b)
	}
}

// TestNamesInOrder: projects in one directory get the same names whichever of them a rule asks about first.
func TestNamesInOrder(t *testing.T) {
	p, q := projectIn("/p", service("web", "8080:80")), projectIn("/p", service("web", "8081:80"))
	name := func(of ...*Project) string {
		a, names := newSuggester([]*Project{p, q}, Settings{}), map[*Project]string{}
		for _, o := range of {
			names[o] = a.name(o, o.Services[0].Items()[0])
		}
		return names[p] + " " + names[q]
	}
	if one, other := name(p, q), name(q, p); one != other {
		t.Errorf("%s, and %s", one, other)
	}
}
