package edit

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/lint"
	"golang.org/x/sync/errgroup"
)

// census counts what became of the literal host ports of real files.
type census struct {
	sync.Mutex
	projects, ports, made, exact int
	reasons                      map[string]int
	refused                      map[string]int // by file and reason
	names                        []string       // of the projects
}

func (c *census) refuse(file, why string) {
	c.reasons[general(why)]++
	c.refused[file+": "+general(why)]++
}

// general takes out of a reason what is particular to a file.
func general(why string) string {
	why = regexp.MustCompile(`"[^"]*"`).ReplaceAllString(why, `"…"`)
	why = regexp.MustCompile(`setting [A-Z0-9_, ]+`).ReplaceAllString(why, "setting … ")
	why = regexp.MustCompile(`container:\S+`).ReplaceAllString(why, "container:…")
	return regexp.MustCompile(`services\.[^ ]*|extensions\.[^ ]*`).ReplaceAllString(why, "…")
}

// TestCorpusRewrites turns every literal host port of thousands of real files into a variable. compose-go itself,
// reading the disk, must load the same project before and after.
func TestCorpusRewrites(t *testing.T) {
	corpus := corpustest.Dir(t)
	seen := &census{reasons: map[string]int{}, refused: map[string]int{}}
	eachCorpusProject(t, corpus, func(c corpusProject) { c.rewrite(seen) })

	t.Logf("%d projects with %d literal host ports: %d rewritten and proved (%d in projects that Compose loads), %d not",
		seen.projects, seen.ports, seen.made, seen.exact, seen.ports-seen.made)
	for _, why := range slices.SortedFunc(maps.Keys(seen.reasons), func(a, b string) int { return seen.reasons[b] - seen.reasons[a] }) {
		t.Logf("%5d %s", seen.reasons[why], why)
	}
	checkRefused(t, seen)
}

// eachCorpusProject works on the real projects, each in a copy of its repository that may be written; several repositories at once.
func eachCorpusProject(t *testing.T, corpus string, work func(corpusProject)) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for repo, projects := range projectsByRepo(t, corpus, corpustest.Sampled) {
		group.Go(func() error {
			dir := filepath.Join(t.TempDir(), "repo")
			if err := os.CopyFS(dir, os.DirFS(repo)); err != nil {
				return err
			}
			if err := writable(dir); err != nil {
				return err
			}

			for _, p := range projects {
				work(corpusProject{t: t, dir: dir, files: p.Files, name: filepath.Base(repo) + " " + strings.Join(p.Files, " ")})
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// checkRefused compares what is left alone with what a person has read, of the projects of this run.
func checkRefused(t *testing.T, seen *census) {
	t.Helper()
	text, err := os.ReadFile("testdata/corpus-refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(text)) {
		if slices.ContainsFunc(seen.names, func(name string) bool { return strings.Contains(line, " "+name+": ") }) {
			want = append(want, line)
		}
	}
	for line, n := range seen.refused {
		got = append(got, fmt.Sprintf("%d %s\n", n, line))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("these host ports stay as they are:\n%q\ntestdata/corpus-refused.txt has:\n%q", got, want)
	}
}

// projectsByRepo are the projects of this run, by the directory of their repository.
func projectsByRepo(t *testing.T, corpus string, oneIn uint32) map[string][]corpustest.Project {
	t.Helper()
	all := map[string][]corpustest.Project{}
	for _, p := range corpustest.Projects(t, oneIn) {
		all[p.Root(corpus)] = append(all[p.Root(corpus)], p)
	}
	return all
}

// writable makes a copy of read-only files a repository that can be edited.
func writable(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Type()&os.ModeSymlink != 0 {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}

// corpusProject is one file or pair of a copied repository.
type corpusProject struct {
	t     *testing.T
	dir   string
	files []string
	name  string
}

func (c corpusProject) paths() []string {
	var out []string
	for _, f := range c.files {
		out = append(out, filepath.Join(c.dir, f))
	}
	return out
}

func (c corpusProject) rewrite(seen *census) {
	ctx := context.Background()
	o := compose.Options{Dir: c.dir, Profiles: []string{"*"}, Env: map[string]string{}, Standalone: true, Files: c.paths()}
	loaded, err := compose.Load(ctx, o)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
		return
	}
	found := lint.Run([]*lint.Project{loaded.Project}, lint.Settings{}).Findings
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Rule != "fixed-port" })
	plan, err := PlanFixes(ctx, []Target{{Options: o, Loaded: loaded}}, found, lint.Safe)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
		return
	}
	c.checkText(loaded, plan)
	exact := c.checkProject(plan)
	seen.Lock()
	defer seen.Unlock()
	c.count(seen, loaded, plan, exact)
}

// count sorts every literal item into made and refused, with the reason.
func (c corpusProject) count(seen *census, loaded compose.Loaded, plan Plan, exact bool) {
	seen.projects++
	seen.names = append(seen.names, c.name)
	made, why := map[lint.Span]bool{}, map[lint.Span]string{}
	for _, m := range plan.Made {
		made[m.Finding.Binding.Entry] = true
	}
	for _, r := range plan.Refused {
		why[r.Finding.Binding.Entry] = r.Why
	}
	for _, it := range loaded.Project.Items() {
		b := it.Head()
		if b.From.Kind != lint.Literal || !it.Written() {
			continue
		}
		seen.ports++
		reason := why[b.Entry]
		switch {
		case made[b.Entry]:
			seen.made++
			if exact {
				seen.exact++
			}
			continue
		case reason == "" && !it.Publishes():
			reason = "not published: " + it.Service.Network.Why
		case reason == "":
			reason = "no fix is offered"
		}
		seen.refuse(c.name, reason)
	}
}

var rewritten = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*):-([0-9][-0-9]*)\}`)

// checkText takes the variables out again: what is left must be the old file, and no name may have been in use.
func (c corpusProject) checkText(loaded compose.Loaded, plan Plan) {
	for _, change := range plan.Changes {
		if !strings.HasSuffix(change.File, "ml") {
			continue // an example file, which the project reads or not
		}
		back := change.New
		for _, m := range plan.Made {
			name := m.Fix.Moves[0].Var
			c.checkName(name, loaded)
			back = rewritten.ReplaceAllFunc(back, func(e []byte) []byte {
				if p := rewritten.FindSubmatch(e); string(p[1]) == name {
					return p[2]
				}
				return e
			})
		}
		unquoted := func(b []byte) string { return strings.ReplaceAll(string(b), `"`, "") }
		if quotes := bytes.Count(change.New, []byte(`"`)) - bytes.Count(change.Old, []byte(`"`)); quotes%2 != 0 || unquoted(back) != unquoted(change.Old) {
			c.t.Errorf("%s: more has changed than host ports:\n%s", c.name, Unified([]Change{change}, c.dir))
		}
	}
}

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c corpusProject) checkName(name string, loaded compose.Loaded) {
	if !validName.MatchString(name) {
		c.t.Errorf("%s: %q is no variable", c.name, name)
	}
	used := regexp.MustCompile(`(?m)\$\{?` + regexp.QuoteMeta(name) + `\b|^[ \t-]*["']?` + regexp.QuoteMeta(name) + `\b`)
	for path, src := range loaded.Sources {
		if used.Match(src.Text) {
			c.t.Errorf("%s: %q is in use in %s", c.name, name, path)
		}
	}
}

// checkProject writes the changes to the disk and asks compose-go; exact says that it loads the project.
func (c corpusProject) checkProject(plan Plan) (exact bool) {
	before, err := c.bareLoad()
	for _, change := range plan.Changes {
		if err := os.WriteFile(change.File, change.New, 0o644); err != nil {
			c.t.Error(err)
		}
		defer func() {
			if err := os.WriteFile(change.File, change.Old, 0o644); err != nil {
				c.t.Error(err)
			}
		}()
	}
	after, afterErr := c.bareLoad()
	if (err == nil) != (afterErr == nil) {
		c.t.Errorf("%s: compose-go said %v, and says %v", c.name, err, afterErr)
	}
	if err == nil && !bytes.Equal(before, after) {
		c.t.Errorf("%s: compose-go loads another project:\n%s", c.name, Unified([]Change{{File: "project", Old: before, New: after}}, ""))
	}
	return err == nil
}

// bareLoad is the project as compose-go has it, without portlint.
func (c corpusProject) bareLoad() ([]byte, error) {
	dir := filepath.Dir(c.paths()[0])
	details := types.ConfigDetails{WorkingDir: dir, Environment: types.Mapping{}}
	if vars, err := dotenv.GetEnvFromFile(nil, []string{filepath.Join(dir, ".env")}); err == nil {
		details.Environment = vars
	}
	for _, path := range c.paths() {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: path})
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("corpus", true)
		o.Profiles = []string{"*"}
		o.SkipConsistencyCheck = true
	})
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}
