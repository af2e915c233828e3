package edit

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
	"github.com/sirupsen/logrus"
)

func TestMain(m *testing.M) {
	logrus.SetOutput(io.Discard) // compose-go warns through its global logger
	debug.SetGCPercent(400)      // the tests make much garbage, and keep little
	os.Exit(m.Run())
}

// fixEnv is a directory of files, and the projects and findings in it.
type fixEnv struct {
	dir      string
	env      map[string]string
	projects []string // directories or files; the whole directory when there are none
	static   bool
}

func newFixEnv(t testing.TB, files string) *fixEnv {
	t.Helper()
	return &fixEnv{dir: testdir.Layout(t, files), env: map[string]string{}}
}

func (s *fixEnv) targets(t testing.TB) []Target {
	t.Helper()
	var out []Target
	projects := s.projects
	if len(projects) == 0 {
		projects = []string{"."}
	}
	for _, p := range projects {
		o := compose.Options{Dir: filepath.Join(s.dir, p), Env: s.env, Static: s.static}
		if strings.HasSuffix(p, ".yaml") {
			o.Dir, o.Files = s.dir, []string{filepath.Join(s.dir, p)}
		}
		loaded, err := compose.Load(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Target{Options: o, Loaded: loaded})
	}
	return out
}

// planFixes runs the rules and one round of fixes of those that are named.
func (s *fixEnv) planFixes(t *testing.T, most lint.Safety, rules ...string) Plan {
	t.Helper()
	targets := s.targets(t)
	var models []*lint.Project
	for _, target := range targets {
		models = append(models, target.Loaded.Project)
	}
	found := lint.Run(models, lint.Settings{}).Findings
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return !slices.Contains(rules, f.Rule) })
	plan, err := PlanFixes(t.Context(), targets, found, most)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// say lists the lines that a plan changes, and what it refuses.
func (s *fixEnv) say(p Plan) string {
	var out strings.Builder
	for _, c := range p.Changes {
		name, _ := filepath.Rel(s.dir, c.File)
		if c.Created {
			name += " (new)"
		}
		fmt.Fprintf(&out, "%s\n", filepath.ToSlash(name))
		more := newLines(string(c.Old), string(c.New))
		for _, line := range more {
			fmt.Fprintf(&out, "  %s\n", line)
		}
		if len(more) == 0 {
			fmt.Fprintf(&out, "  without %q\n", newLines(string(c.New), string(c.Old)))
		}
	}
	for _, r := range p.Refused {
		fmt.Fprintf(&out, "not %q, because %s\n", r.Fix.Title, strings.ReplaceAll(r.Why, s.dir+string(filepath.Separator), ""))
	}
	return out.String()
}

// newLines are the lines of the second text that are not in the first, "\r" made visible.
func newLines(old, text string) []string {
	have := map[string]int{}
	for _, l := range strings.Split(old, "\n") {
		have[l]++
	}
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if have[l]--; have[l] < 0 {
			out = append(out, strings.ReplaceAll(strings.Trim(l, " "), "\r", "<CR>"))
		}
	}
	return out
}

type planCase struct {
	name  string
	files string
	setup func(*fixEnv)
	most  lint.Safety
	rules string
	want  string
}

func (c planCase) run(t *testing.T) {
	s := newFixEnv(t, c.files)
	if c.setup != nil {
		c.setup(s)
	}
	got := s.say(s.planFixes(t, c.most, strings.Fields(c.rules)...))
	if want := strings.TrimLeft(c.want, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
