package lint

import (
	"strings"
	"testing"
)

func TestVerdict(t *testing.T) {
	web := func() *Project { return project(service("web", "8080:80")) }
	free := func(change func(*Host)) *Host {
		h := docker("29.0.1").asked(UpOptions{}, web())
		if change != nil {
			change(h)
		}
		return h
	}
	selected := func(s *svc) *Project {
		p := project(s)
		p.Profiles = []string{"other"}
		return p
	}
	refused := func(change func(*Project)) *Project {
		p := project(service("a", "80:80"))
		change(p)
		return p
	}
	for _, c := range []struct {
		name  string
		p     *Project
		h     *Host
		blind []Blind
		want  Verdict
	}{
		{"files only", web(), nil, nil, VerdictClear},
		{"files only, unknown value", project(service("a", "${X}:80")), nil, nil, VerdictUnknown},
		{"files only, conflict", project(service("a", "80:80"), service("b", "80:80")), nil, nil, VerdictConflict},
		{"refused by Compose", refused(func(p *Project) { p.Defects = []Defect{{Reason: "x"}} }), nil, nil, VerdictRefused},
		{"refused by Compose, though the engine was not seen", refused(func(p *Project) { p.Defects = []Defect{{Reason: "x"}} }), &Host{}, nil, VerdictRefused},
		{"refused by Compose for a port of a profile that is off", refused(func(p *Project) { p.Invalid = []InvalidPort{{Service: "a"}} }), nil, nil, VerdictRefused},
		{"the engine would refuse a port of a profile that is off", refused(func(p *Project) { p.Invalid = []InvalidPort{{Service: "a", ByEngine: true, Profiles: []string{"p"}}} }), nil, nil, VerdictClear},
		{"newer engines refuse it", refused(func(p *Project) {
			p.Invalid = []InvalidPort{{Service: "a", Active: true, ByEngine: true, Since: "29.2"}}
		}), nil, nil, VerdictPossible},
		{"refused before a port is bound", project(service("a", "80:80").called("x"), service("b", "80:80").called("x")), nil, nil, VerdictRefused},
		{"refused by the engine", project(service("a", "80:80").net(Network{Publishing: Refused})), nil, nil, VerdictRefused},
		{"nothing to start, as it is written", project(service("a", "80:80").off()), nil, nil, VerdictClear},
		{"nothing to start, though a profile is on", selected(service("a", "80:80").off().with(func(s *Service) { s.Profiles = []string{"p"} })), nil, nil, VerdictRefused},
		{"of one that is not started", project(service("a", "80:80").net(Network{Publishing: Refused}).off()), nil, nil, VerdictClear},
		{"a blind spot that decides nothing", refused(func(p *Project) { p.Blind = []Blind{{What: "x", AfterUp: true}} }), nil, []Blind{{What: "x", AfterUp: true}}, VerdictClear},
		{"files only, race", project(service("a", "80-81:80"), service("b", "80:80")), nil, nil, VerdictPossible},
		{"a file that was not read", web(), free(nil), []Blind{{What: "x"}}, VerdictUnknown},
		{"looked at and free", web(), free(nil), nil, VerdictClear},
		{"no engine", web(), &Host{}, nil, VerdictUnknown},
		{"no engine, nothing to make", project(service("a").scaled(0)), &Host{}, nil, VerdictClear},
		{"an engine that did not list", web(), free(func(h *Host) { h.Blind = []Blind{{What: BlindEngine}} }), nil, VerdictUnknown},
		{"swarm not told, but all ports tried", web(), free(func(h *Host) { h.Blind = []Blind{{What: "swarm"}} }), nil, VerdictClear},
		{"one port not tried", web(), free(func(h *Host) { h.Probes = h.Probes[:1] }), nil, VerdictUnknown},
		{"one port not tried, and nothing listed", web(), free(func(h *Host) { h.Probes[0].Result, h.Probes[0].Listed = NotTested, false }), nil, VerdictUnknown},
		{"not tried, but a conflict is certain", project(service("a", "80:80"), service("b", "80:80")), &Host{}, nil, VerdictConflict},
		{"two projects, one is blind", web(), free(func(h *Host) { h.Engine.Local = false }), nil, VerdictUnknown},
		{"a refused project", project(service("a", "1:1").with(func(s *Service) { s.Network = hostNetwork })), free(nil), nil, VerdictClear},
		{"the engine picks", project(service("a", "80")), docker("29.0.1").asked(UpOptions{}), nil, VerdictClear},
	} {
		if got := VerdictOf([]*Project{c.p}, c.h, UpOptions{}, c.blind); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWorstAnswer(t *testing.T) {
	for _, c := range []struct {
		of   []Verdict
		want Verdict
	}{
		{nil, VerdictClear},
		{[]Verdict{VerdictPossible, VerdictClear}, VerdictPossible},
		{[]Verdict{VerdictPossible, VerdictUnknown}, VerdictUnknown},
		{[]Verdict{VerdictRefused, VerdictUnknown}, VerdictRefused},
		{[]Verdict{VerdictConflict, VerdictRefused}, VerdictConflict},
	} {
		if got := WorstVerdict(c.of...); got != c.want {
			t.Errorf("%q: %s, want %s", c.of, got, c.want)
		}
	}
	two := []*Project{project(service("a", "80:80").net(Network{Publishing: Refused})), project(service("a", "80:80"), service("b", "80:80"))}
	if got := VerdictOf(two, nil, UpOptions{}, nil); got != VerdictConflict {
		t.Errorf("one project is refused, one has a conflict: %s", got)
	}
}

func TestAnIgnoredConflictIsOne(t *testing.T) {
	p := project(service("a", "80:80", "1:1"), service("b", "80:80", "2:2"))
	line := p.Services[1].Bindings[0].Lines
	p.Ignores = []Ignore{{Span: line, Rules: []string{"duplicate-port"}, Reason: "one at a time", Covers: line}}
	if got := VerdictOf([]*Project{p}, nil, UpOptions{}, nil); got != VerdictConflict {
		t.Error(got)
	}
}

func TestLiveRulesAreSilentWithoutAMachine(t *testing.T) {
	p := project(service("web", "8080:80"))
	for _, h := range []*Host{nil, {}} {
		for _, f := range Run([]*Project{p}, Settings{Host: h}).Findings {
			if rule, _ := RuleNamed(f.Rule); rule.Live {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestObstacles(t *testing.T) {
	refused := func(s *Service) { s.Network.Publishing, s.Network.Why = Refused, "network_mode: container:x" }
	for _, c := range []struct {
		name     string
		services []*svc
		up       UpOptions
		want     string
	}{
		{"none", on(service("a", "8080:80")), UpOptions{}, ""},
		{"two on one port", on(service("a", "8080:80"), service("b", "8080:80")), UpOptions{}, "certain duplicate-port b"},
		{"one of them is not started", on(service("a", "8080:80"), service("b", "8080:80")), UpOptions{Services: []string{"a"}}, ""},
		{"nothing is started", on(service("a", "8080:80"), service("b", "8080:80")), UpOptions{NoStart: true}, ""},
		{"the engine refuses it", on(service("a", "8080:80").with(refused)), UpOptions{}, "certain unusable-ports a"},
		{"only style", on(service("a", "6000:80")), UpOptions{}, ""},
	} {
		p := project(c.services...)
		var got []string
		for _, f := range Obstacles(p, Settings{Up: c.up}) {
			got = append(got, f.Certainty.String()+" "+f.Rule+" "+f.Service)
		}
		if said := strings.Join(got, ", "); said != c.want {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}

func TestObstaclesOfAnotherCheckout(t *testing.T) {
	replica := func(state, service string) Container {
		return Container{Name: "p-" + service + "-1", State: state, Project: "p", Service: service, WorkingDir: "/elsewhere"}
	}
	once, unknown := replica("running", "a"), replica("running", "a")
	once.OneOff, unknown.DirState = true, DirNotKnown
	for _, c := range []struct {
		name string
		c    Container
		up   UpOptions
		want string
	}{
		{"running", replica("running", "a"), UpOptions{}, "error certain"},
		{"stopped", replica("exited", "a"), UpOptions{}, "error certain"},
		{"never started", replica("created", "a"), UpOptions{}, "error certain"},
		{"no container is started", replica("running", "a"), UpOptions{NoStart: true}, "error certain"},
		{"asked for", replica("running", "a"), UpOptions{Replace: true}, ""},
		{"of a service that this up leaves alone", replica("running", "b"), UpOptions{Services: []string{"a"}}, "warning possible"},
		{"of a service that is in no file", replica("running", "x"), UpOptions{}, "warning possible"},
		{"of a service that is in no file, to be removed", replica("running", "x"), UpOptions{RemoveOrphans: true}, "error certain"},
		{"run by hand", once, UpOptions{RemoveOrphans: true}, ""},
		{"from a directory of which nothing is known", unknown, UpOptions{}, "warning possible"},
	} {
		p := project(service("a", "8080:80"), service("b", "8081:80"))
		var got []string
		for _, f := range Obstacles(p, Settings{Host: &Host{Containers: []Container{c.c}}, Up: c.up}) {
			if f.Rule == "same-project-name" {
				got = append(got, f.Severity.String()+" "+f.Certainty.String())
			}
		}
		if said := strings.Join(got, ", "); said != c.want {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}
