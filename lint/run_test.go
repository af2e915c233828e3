package lint

import (
	"fmt"
	"slices"
	"testing"
)

func rules(r Result) string {
	var names []string
	for _, f := range r.Findings {
		names = append(names, f.Rule)
	}
	return fmt.Sprint(names)
}

func TestRunIsTheSameEveryTime(t *testing.T) {
	p := project(service("a", "80:80", "40000:3000", "${X}:1"), service("b", "80:80", "8080-8081:80"), service("c", "8080:80", "80"))
	first := fmt.Sprintf("%+v", Run([]*Project{p}, Settings{}))
	for range 20 {
		if repeated := fmt.Sprintf("%+v", Run([]*Project{p}, Settings{})); repeated != first {
			t.Fatalf("first:\n%s\nagain:\n%s", first, repeated)
		}
	}
}

func TestSettingsChangeTheSeverity(t *testing.T) {
	p := project(service("web", "8080:80"))
	if got := Run([]*Project{p}, Settings{Severity: map[string]Severity{"fixed-port": Error}}).Findings; len(got) != 1 || got[0].Severity != Error {
		t.Errorf("raised: %+v", got)
	}
	if got := Run([]*Project{p}, Settings{Severity: map[string]Severity{"fixed-port": Off}}).Findings; len(got) != 0 {
		t.Errorf("off: %+v", got)
	}
}

func TestTwoProjectsOfOneFileSayItOnce(t *testing.T) {
	p, q := project(service("web", "8080:80")), project(service("web", "8080:80"))
	if got := rules(Run([]*Project{p, q}, Settings{})); got != "[fixed-port]" {
		t.Error(got)
	}
}

func TestEveryFindingIsComplete(t *testing.T) {
	p := project(service("a", "80:80", "50000:3000", "${X}:1", "10080:80", "5000:1"), service("b", "80:80", "8080-8081:80", "@1 81:80"),
		service("c", "8080:80", "80").scaled(2), service("d", "1:1").net(hostNetwork))
	seen := map[string]bool{}
	for _, f := range Run([]*Project{p}, Settings{}).Findings {
		seen[f.Rule] = true
		if !f.Span.Known() || f.Severity == Off || f.Message == "" || f.Message[len(f.Message)-1] == '.' || f.Project != "p" {
			t.Errorf("%+v", f)
		}
		for _, fix := range f.Fixes {
			if !slices.IsSortedFunc(fix.Edits, func(a, b Edit) int { return a.Span.Compare(b.Span) }) {
				t.Errorf("%s: edits out of order: %+v", f.Rule, fix.Edits)
			}
		}
	}
	if len(seen) < 9 {
		t.Errorf("only %v", seen)
	}
}

// TestOncePerProject: what holds for many ports of a project is said once, with all places; what an ignore comment took away is not
// among them, and what two projects have stays apart.
func TestOncePerProject(t *testing.T) {
	many := []string{"40000:80"}
	for i := range 44 {
		many = append(many, fmt.Sprintf("%d:%d", 40001+i, 81+i))
	}
	of := func(projects ...*Project) []string {
		var out []string
		for _, f := range OncePerProject(found(t, "ephemeral-port", projects...)) {
			fixes := ""
			if len(f.Fixes) > 0 {
				fixes = f.Fixes[0].Title
			}
			out = append(out, fmt.Sprintf("%s (%d) %s", f.Message, len(f.Related), fixes))
		}
		return out
	}
	const help = "move them all, as `portlint check --fix --unsafe-fixes` does with what it can"
	for _, c := range []struct {
		name     string
		projects []*Project
		want     []string
	}{
		{"one", []*Project{project(service("a", "40000:80"))},
			[]string{`40000/tcp of "a" may be taken (0) publish "a" on host port 10000`}},
		{"two", []*Project{project(service("a", "40000:80"), service("b", "40010-40012:80-82"))}, []string{"2 host ports may be taken (1) " + help}},
		{"many", []*Project{project(service("a", many...))}, []string{"45 host ports may be taken (44) " + help}},
		{"two projects", []*Project{projectIn("/r/a", service("a", "40000:80", "40001:81")), projectIn("/r/b", service("b", "40003:80", "40004:81"))},
			[]string{"2 host ports may be taken (1) " + help, "2 host ports may be taken (1) " + help}},
	} {
		if got := of(c.projects...); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
	duplicates := found(t, "duplicate-port", project(service("a", "80:80", "80:81"), service("b", "80:80")))
	if got := OncePerProject(duplicates); len(got) != len(duplicates) {
		t.Errorf("%d of %d other findings", len(got), len(duplicates))
	}
}
