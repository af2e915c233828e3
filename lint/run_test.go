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
		if again := fmt.Sprintf("%+v", Run([]*Project{p}, Settings{})); again != first {
			t.Fatalf("first:\n%s\nagain:\n%s", first, again)
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
