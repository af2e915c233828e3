package edit

import (
	"slices"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestOneNameInManyProjects: projects that share nothing may give a variable of one name values of their own, at once.
// Those in one directory share its .env, where a name has one value.
func TestOneNameInManyProjects(t *testing.T) {
	apart := newFixEnv(t, `-- a/compose.yaml --
services: {app: {image: x, ports: ["8080:80"]}}
-- b/compose.yaml --
services: {app: {image: x, ports: ["9090:80"]}}
`)
	apart.projects = []string{"a", "b"}
	if p := apart.planFixes(t, lint.Safe, "fixed-port"); len(p.Made) != 2 || len(p.Refused) != 0 {
		t.Errorf("apart: %d made, %d refused", len(p.Made), len(p.Refused))
	}
	together := newFixEnv(t, `-- a.yaml --
services: {app: {image: x, ports: ["8080:80"]}}
-- b.yaml --
services: {app: {image: x, ports: ["9090:80"]}}
`)
	together.projects = []string{"a.yaml", "b.yaml"}
	p := together.planFixes(t, lint.Safe, "fixed-port")
	if len(p.Made) != 2 {
		t.Fatalf("together: %d made, %d refused", len(p.Made), len(p.Refused))
	}
	var findings []lint.Finding
	for _, m := range p.Made {
		fix := m.Fix
		fix.Moves = slices.Clone(fix.Moves)
		fix.Moves[0].Var = "APP_PORT"
		m.Finding.Fixes = []lint.Fix{fix}
		findings = append(findings, m.Finding)
	}
	p, err := PlanFixes(t.Context(), together.targets(t), findings, lint.Safe)
	if err != nil || len(p.Made) != 1 || len(p.Refused) != 1 {
		t.Errorf("one name, two values: %d made, %d refused, %v", len(p.Made), len(p.Refused), err)
	}
}
