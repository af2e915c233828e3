package edit

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// TestNamesOfPeople takes each port variable of thousands of real files away and asks for a name: how often is it the
// one that people chose? App stores have names of their own and are counted apart.
func TestNamesOfPeople(t *testing.T) {
	if testing.Short() {
		t.Skip("the real Compose files take long")
	}
	corpus := os.Getenv("PORTLINT_CORPUS")
	if corpus == "" {
		t.Skip("PORTLINT_CORPUS does not name a directory of real Compose files")
	}
	same, all, differ := 0, 0, map[string]int{}
	repos := oracleProjects(t, corpus)
	for _, repo := range slices.Sorted(maps.Keys(repos)) {
		if slices.Contains([]string{"1Panel-dev__appstore", "runtipi__runtipi-appstore", "getumbrel__umbrel-apps",
			"bigbeartechworld__big-bear-casaos", "coollabsio__coolify"}, repo) {
			continue
		}
		s, n := 0, 0
		for _, files := range repos[repo] {
			c := corpusProject{t: t, dir: filepath.Join(corpus, repo), files: files}
			for theirs, ours := range c.names() {
				n++
				if theirs == ours {
					s++
				} else {
					differ[theirs+" "+ours]++
				}
			}
		}
		if same, all = same+s, all+n; n > 0 {
			t.Logf("%s: %d of %d names are the same", repo, s, n)
		}
	}
	t.Logf("%d of %d names are the same (%.0f %%)", same, all, 100*float64(same)/float64(all))
	t.Log(slices.Sorted(maps.Keys(differ)))
	if same*100 < all*15 {
		t.Errorf("only %d of %d names are those that people chose", same, all)
	}
}

// names are the variables of the host ports of a project with what portlint would call them.
func (c corpusProject) names() map[string]string {
	ctx := context.Background()
	if text, err := os.ReadFile(c.paths()[0]); err != nil || !bytes.Contains(text, []byte("PORT")) && !bytes.Contains(text, []byte("include")) {
		return nil
	}
	o := compose.Options{Dir: c.dir, Profiles: []string{"*"}, Static: true, Standalone: true, Files: c.paths()}
	loaded, err := compose.Load(ctx, o)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
		return nil
	}
	out := map[string]string{}
	for _, b := range loaded.Project.Bindings() {
		if b.Var != "" && b.Var != b.TargetVar && b.Port.Known() {
			out[b.Var] = ""
		}
	}
	for name := range out {
		out[name] = nameWithout(loaded.Project, name)
	}
	return out
}

// nameWithout is what the first port of a variable would be called if it were a literal.
func nameWithout(p *lint.Project, variable string) string {
	q := *p
	q.Taken = maps.Clone(p.Taken)
	delete(q.Taken, variable)
	q.Services = slices.Clone(p.Services)
	var entry lint.Span
	for i := range q.Services {
		s := &q.Services[i]
		s.Bindings = slices.Clone(s.Bindings)
		for j := range s.Bindings {
			b := &s.Bindings[j]
			if b.Var != variable {
				continue
			}
			if b.First == 0 {
				b.First, b.Last, b.Unknown = b.Target, b.Target, false
			}
			b.Var, b.Text, b.From = "", b.Ports(), lint.Origin{Kind: lint.Literal}
			if !entry.Known() {
				entry = b.Entry
			}
		}
	}
	for _, f := range lint.Run([]*lint.Project{&q}, lint.Settings{}).Findings {
		if f.Rule == "fixed-port" && f.Binding.Entry == entry && len(f.Fixes) > 0 {
			return f.Fixes[0].Moves[0].Var
		}
	}
	return ""
}

// handMade is a host port that a person made a variable of, as a line of a Compose file.
var handMade = regexp.MustCompile(`^([ \t]*-[ \t]*)(["']?)((?:[0-9.]+:)?)\$\{?([A-Za-z_]+)(?::?-([0-9]+))?\}?(:.*)$`)

// TestRewritesOfPeople holds rewrites that people made by hand against those of portlint: the same line, up to the name
// and to a default that they wrote elsewhere.
func TestRewritesOfPeople(t *testing.T) {
	cases := os.Getenv("PORTLINT_CASES")
	if cases == "" {
		t.Skip("PORTLINT_CASES does not name a directory of real conflicts")
	}
	same := 0
	befores, err := filepath.Glob(filepath.Join(cases, "*", "before"))
	must(t, err)
	for _, before := range befores {
		after := filepath.Join(filepath.Dir(before), "after")
		err := filepath.WalkDir(before, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "ml") {
				return err
			}
			rel, _ := filepath.Rel(before, path)
			text, err := os.ReadFile(filepath.Join(after, rel))
			if err == nil {
				same += comparePeople(t, path, text)
			}
			return nil
		})
		must(t, err)
	}
	t.Logf("%d rewrites by hand come out the same", same)
	if same < 3 {
		t.Errorf("only %d rewrites by hand were found", same)
	}
}

// comparePeople counts the ports that people rewrote as portlint does; a port is known by its container side, where
// that stands in the file once.
func comparePeople(t *testing.T, path string, theirs []byte) (same int) {
	t.Helper()
	old, err := os.ReadFile(path)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "case")
	must(t, os.CopyFS(dir, os.DirFS(filepath.Dir(path))))
	must(t, writable(dir))
	plan := rewriteText(t, dir, old)
	if len(plan.Changes) == 0 {
		return 0
	}
	before, ours, by := handMadeIn(old), handMadeIn(plan.Changes[0].New), handMadeIn(theirs)
	for side, m := range by {
		o, ok := ours[side]
		if _, was := before[side]; !ok || was {
			continue
		}
		if o[1] != m[1] {
			t.Errorf("%s: by hand the address of %s is %q, not %q", path, side, m[1], o[1])
			continue
		}
		same++
		t.Logf("%s: %s by hand, %s", filepath.Base(filepath.Dir(filepath.Dir(path))), m[0], o[0])
	}
	return same
}

// handMadeIn lists the ports that have a variable: the text and the address by container side.
func handMadeIn(text []byte) map[string][2]string {
	out, twice := map[string][2]string{}, map[string]bool{}
	for _, line := range bytes.Split(text, []byte("\n")) {
		m := handMade.FindSubmatch(bytes.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		side, _, _ := strings.Cut(string(m[6]), " #")
		side = strings.Trim(side, "\"' ")
		_, seen := out[side]
		twice[side] = twice[side] || seen
		out[side] = [2]string{strings.TrimSpace(string(line)), string(m[3])}
	}
	maps.DeleteFunc(out, func(side string, _ [2]string) bool { return twice[side] })
	return out
}
