package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// BenchmarkFixes proves the fixes of n, 2n and 4n files, ports of one service, and fixes of which each tenth is refused. The
// time of one of them must not grow with their number.
func BenchmarkFixes(b *testing.B) {
	projects := func(n int, item func(i int) string) (files string, dirs []string) {
		var out strings.Builder
		for i := range n {
			dirs = append(dirs, fmt.Sprintf("p%d", i))
			fmt.Fprintf(&out, "-- p%d/compose.yaml --\nservices:\n  web:\n    image: app\n    ports: [%s]\n", i, item(i))
		}
		return out.String(), dirs
	}
	layouts := []struct {
		name  string
		sizes []int
		files func(n int) (string, []string)
	}{
		{"projects", []int{25, 50, 100}, func(n int) (string, []string) {
			return projects(n, func(i int) string { return fmt.Sprintf(`"%d:80"`, 8000+i) })
		}},
		{"ports", []int{50, 100, 200}, func(n int) (string, []string) {
			var items []string
			for i := range n {
				items = append(items, fmt.Sprintf(`"%d:%d"`, 8000+i, 8000+i))
			}
			return projects(1, func(int) string { return strings.Join(items, ", ") })
		}},
		{"refused", []int{25, 50, 100}, func(n int) (string, []string) {
			return projects(n, func(i int) string {
				if i%10 > 0 {
					return fmt.Sprintf(`"%d:80"`, 8000+i)
				}
				return fmt.Sprintf("\"%d:80\"]\n    labels: [\"${WEB_PORT-none}\"", 8000+i)
			})
		}},
	}
	for _, l := range layouts {
		for _, n := range l.sizes {
			b.Run(fmt.Sprintf("%s/%d", l.name, n), func(b *testing.B) {
				files, dirs := l.files(n)
				s := newBenchEnv(b, files, dirs)
				b.ReportAllocs()
				for b.Loop() {
					if plan, err := PlanFixes(b.Context(), s.targets, s.findings, lint.Unsafe); err != nil || len(plan.Made) == 0 {
						b.Fatalf("%d fixes made, %d refused: %v", len(plan.Made), len(plan.Refused), err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/each")
			})
		}
	}
}

type benchEnv struct {
	targets  []Target
	findings []lint.Finding
}

func newBenchEnv(b *testing.B, files string, dirs []string) benchEnv {
	b.Helper()
	s := newFixEnv(b, files)
	s.projects = dirs
	out := benchEnv{targets: s.targets(b)}
	var models []*lint.Project
	for _, t := range out.targets {
		models = append(models, t.Loaded.Project)
	}
	for _, f := range lint.Run(models, lint.Settings{Severity: map[string]lint.Severity{"fixed-port": lint.Warning}}).Findings {
		if f.Rule == "fixed-port" {
			out.findings = append(out.findings, f)
		}
	}
	return out
}
