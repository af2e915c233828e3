package lint

import (
	"strings"
	"testing"
	"time"
)

// named is a container that has that name, in the state that is given.
func (c Container) named(name, state string) Container {
	c.Name, c.State = name, state
	c.CreatedAt = time.Date(2026, 11, 20, 9, 12, 0, 0, time.UTC)
	return c
}

// oneOff is a container that `docker compose run` has made.
func (c Container) oneOff() Container {
	c.OneOff = true
	return c
}

// foreigner is a container that Compose did not make.
func foreigner(name, state string) Container { return stranger(name).named(name, state) }

func TestRuleNameInUse(t *testing.T) {
	a := func() []*svc { return on(service("a").called("x")) }
	plain := func() []*svc { return on(service("a")) }
	at := func(containers ...Container) *machine { return docker("29.0.1").runs(containers...) }
	taken := func(by, rest string) string {
		what := "container name"
		if strings.HasPrefix(by, " by our own") {
			what = "name"
		}
		return "\nerror certain 2: [name-in-use] " + what + " \"x\" is taken" + by + "\n  held by: " + rest
	}
	const rename = "  manual: leave container_name out, or write ${X_CONTAINER_NAME:-x} and set X_CONTAINER_NAME to another name\n"
	checkLive(t, []liveCase{
		{name: "nobody", services: a(), machine: at(), want: VerdictClear, says: "-"},
		{name: "another name", services: a(), machine: at(foreigner("X", "running")), want: VerdictClear, says: "-"},
		{name: "another project", services: a(), machine: at(container("q/b-1").named("x", "running")), want: VerdictConflict,
			says: taken(" by q/b", "service \"b\" of project \"q\" in /q, created 2026-11-20 09:12\n  manual: stop and remove service \"b\" of project \"q\": docker compose -p q rm -sf b\n"+rename)},
		{name: "another project, ended", services: a(), machine: at(container("q/b-1").named("x", "exited")), want: VerdictConflict,
			says: taken(" by q/b", "service \"b\" of project \"q\" in /q, created 2026-11-20 09:12, which has ended and keeps its name\n"+
				"  manual: remove what is left of service \"b\" of project \"q\": docker compose -p q rm -f b\n"+rename)},
		{name: "docker run", services: a(), machine: at(foreigner("x", "running")), want: VerdictConflict,
			says: taken("", "a container that Compose did not make, created 2026-11-20 09:12\n  manual: stop and remove that container: docker rm -f x\n"+rename)},
		{name: "docker create", services: a(), machine: at(foreigner("x", "created")), want: VerdictConflict,
			says: taken("", "a container that Compose did not make, created 2026-11-20 09:12, which never ran\n  manual: remove that container: docker rm x\n"+rename)},
		{name: "paused", services: a(), machine: at(foreigner("x", "paused")), want: VerdictConflict,
			says: taken("", "a container that Compose did not make, created 2026-11-20 09:12, which is paused\n  manual: stop and remove that container: docker rm -f x\n"+rename)},
		{name: "one-off of ours", services: a(), machine: at(container("p/a-1").oneOff().named("x", "running")), want: VerdictConflict,
			says: taken(" by our own \"a\"", "a one-off container of \"a\", which no `up` replaces, created 2026-11-20 09:12\n  manual: stop and remove that container: docker rm -f x\n"+rename)},
		{name: "orphan", services: a(), machine: at(container("p/b-1").named("x", "running")), want: VerdictConflict,
			says: taken(" by our own \"b\"", "an orphan of this project, which has no service \"b\" any more, created 2026-11-20 09:12\n  manual: stop and remove that container: docker rm -f x\n"+rename)},
		{name: "orphan that is removed", services: a(), up: UpOptions{RemoveOrphans: true}, machine: at(container("p/b-1").named("x", "running")), want: VerdictPossible},
		{name: "ours", services: a(), machine: at(container("p/a-1").named("x", "running")), want: VerdictClear, says: "-"},
		{name: "ours, made anew", services: a(), up: UpOptions{ForceRecreate: true}, machine: at(container("p/a-1").named("x", "exited")), want: VerdictClear, says: "-"},
		{name: "ours under another name", services: a(), machine: at(container("p/a-1").named("y", "running")), want: VerdictClear, says: "-"},
		{name: "ours under another name, and somebody has ours", services: a(), machine: at(container("p/a-1").named("y", "running"), foreigner("x", "running")), want: VerdictPossible,
			says: "\nwarning possible 2: [name-in-use] container name \"x\" is taken\n  held by: a container that Compose did not make, created 2026-11-20 09:12\n  possible: `up` needs it if it recreates \"y\"\n" +
				"  manual: stop and remove that container: docker rm -f x\n" + rename},
		{name: "the same, made anew", services: a(), up: UpOptions{ForceRecreate: true}, machine: at(container("p/a-1").named("y", "running"), foreigner("x", "running")), want: VerdictConflict},
		{name: "the same, never made anew", services: a(), up: UpOptions{NoRecreate: true}, machine: at(container("p/a-1").named("y", "running"), foreigner("x", "running")), want: VerdictClear, says: "-"},
		{name: "not selected", services: on(service("a").called("x"), service("b")), up: UpOptions{Services: []string{"b"}}, machine: at(foreigner("x", "running")), want: VerdictClear, says: "-"},
		{name: "no replica", services: on(service("a").called("x").scaled(0)), machine: at(foreigner("x", "running")), want: VerdictClear, says: "-"},
		{name: "only made", services: a(), up: UpOptions{NoStart: true}, machine: at(foreigner("x", "running")), want: VerdictConflict},
		{name: "provided", services: on(service("a").with(func(s *Service) { s.Provider = true })), machine: at(foreigner("p-a-1", "running")), want: VerdictClear, says: "-"},
		{name: "two services swap their names", services: on(service("a").called("x"), service("b").called("y")),
			machine: at(container("p/a-1").named("y", "running"), container("p/b-1").named("x", "running")), want: VerdictPossible},
		{name: "a name moves to a service that waits", services: on(service("a").called("y"), service("b").called("x").after("a")), up: UpOptions{ForceRecreate: true},
			machine: at(container("p/a-1").named("x", "running")), want: VerdictClear, says: "-"},
		{name: "a name moves to a service that does not wait", services: on(service("a").called("y"), service("b").called("x")), up: UpOptions{ForceRecreate: true},
			machine: at(container("p/a-1").named("x", "running")), want: VerdictPossible},
		{name: "Compose's own name", services: plain(), machine: at(foreigner("p-a-1", "running")), want: VerdictConflict, says: `
error certain 2: [name-in-use] container name "p-a-1" is taken
  held by: a container that Compose did not make, created 2026-11-20 09:12
  why: Compose gives the name "p-a-1" to "a"
  manual: stop and remove that container: docker rm -f p-a-1
  manual: give this project another name, with COMPOSE_PROJECT_NAME, or the service a container_name of its own
`},
		{name: "the name of another project's", services: on(service("a-b")), machine: at(container("p-a/b-1")), want: VerdictConflict},
		{name: "the second replica's", services: on(service("a").scaled(2)), machine: at(foreigner("p-a-2", "exited")), want: VerdictConflict},
		{name: "a second replica's that is not asked for", services: plain(), machine: at(foreigner("p-a-2", "exited")), want: VerdictClear, says: "-"},
		{name: "the next number", services: on(service("a").scaled(2)), machine: at(container("p/a-3"), foreigner("p-a-4", "exited"), foreigner("p-a-1", "exited")), want: VerdictConflict,
			says: `
error certain 2: [name-in-use] container name "p-a-4" is taken
  held by: a container that Compose did not make, created 2026-11-20 09:12, which has ended and keeps its name
  why: Compose gives the name "p-a-4" to "a"
  manual: remove that container: docker rm p-a-4
  manual: give this project another name, with COMPOSE_PROJECT_NAME, or the service a container_name of its own
`},
		{name: "scaled down", services: plain(), machine: at(container("p/a-1"), container("p/a-2")), want: VerdictClear, says: "-"},
	})
}

// TestNamesWithoutAnEngine: a name that nobody could look for is not free.
func TestNamesWithoutAnEngine(t *testing.T) {
	for _, c := range []struct {
		name string
		p    *Project
		h    *Host
		want Verdict
	}{
		{"did not answer", project(service("a")), &Host{}, VerdictUnknown},
		{"did not list its containers", project(service("a")), &Host{Engine: Engine{Version: "29.0.1"}, NotListed: true}, VerdictUnknown},
		{"nothing is made", project(service("a").scaled(0)), &Host{}, VerdictClear},
		{"answered", project(service("a")), &Host{Engine: Engine{Version: "29.0.1"}}, VerdictClear},
	} {
		if got := VerdictOf([]*Project{c.p}, c.h, UpOptions{}, nil); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestCompatibility: Compose names containers as its first version did.
func TestCompatibility(t *testing.T) {
	p := project(service("a"))
	p.Compatibility = true
	for name, want := range map[string]Verdict{"p_a_1": VerdictConflict, "p-a-1": VerdictClear} {
		if got := VerdictOf([]*Project{p}, docker("29.0.1").runs(foreigner(name, "exited")).asked(UpOptions{}, p), UpOptions{}, nil); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
