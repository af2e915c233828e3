package find

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

// TestParts: what a project lacks that Compose would find by itself is a mistake, unless another file of the tree gives it or
// many projects lack the same.
func TestParts(t *testing.T) {
	store := func(app string) string {
		return "-- " + app + "/docker-compose.yml --\nservices:\n  proxy: {environment: {A: b}}\n  " + app + ": {image: a, networks: [store]}\n"
	}
	network := func(app, more string) string {
		return "-- " + app + "/docker-compose.yml --\nservices:\n  " + app + ": {image: a, networks: [main]" + more + "}\n"
	}
	for name, tt := range map[string]struct {
		files string
		want  []string // the projects that are refused, and those that are parts
	}{
		"nobody completes it":            {"-- compose.yaml --\nservices: {web: {ports: [\"1:1\"]}}\n", []string{"refused ."}},
		"a file above completes it":      {"-- compose.yaml --\nservices: {web: {image: a}}\n-- ci/compose.yaml --\nservices: {web: {environment: {A: b}, depends_on: [db], networks: [n]}}\n", []string{"part ci"}},
		"a file beside completes it":     {"-- docker-compose.yml --\nservices: {web: {ports: [\"1:1\"]}, db: {image: b}}\n-- docker-compose.prod.yml --\nservices: {web: {image: a}}\n", []string{"part ."}},
		"a file elsewhere completes all": {"-- a/compose.yaml --\nservices: {web: {build: .}}\n-- b/compose.yaml --\nservices: {web: {ports: [\"1:1\"]}}\n", []string{"part b"}},
		"a file elsewhere has the name":  {"-- a/compose.yaml --\nservices: {web: {build: .}}\n-- b/compose.yaml --\nservices: {web: {ports: [\"1:1\"]}, db: {image: b}}\n", []string{"refused b"}},
		"the override completes it":      {"-- compose.yaml --\nservices: {web: {ports: [\"1:1\"]}}\n-- compose.override.yaml --\nservices: {web: {image: a}}\n", nil},
		"three lack the same":            {store("a") + store("b") + store("c"), []string{"part a", "part b", "part c"}},
		"two lack the same":              {store("a") + store("b"), []string{"refused a", "refused b"}},
		"three lack a network":           {network("a", "") + network("b", "") + network("c", ""), []string{"part a", "part b", "part c"}},
		"two lack a network":             {network("a", "") + network("b", ""), []string{"refused a", "refused b"}},
		"a mistake in one of the three":  {network("a", "") + network("b", "") + network("c", ", depends_on: [x]"), []string{"part a", "part b", "refused c"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testdir.Layout(t, "-- .git/HEAD --\n"+tt.files)
			for _, path := range append([]string{"."}, strings.Fields(strings.Join(filesIn(tt.want), " "))...) {
				got := verdicts(t, dir, path)
				want := slices.DeleteFunc(slices.Clone(tt.want), func(v string) bool { return path != "." && filesIn([]string{v})[0] != path })
				if !slices.Equal(got, want) {
					t.Errorf("check %s: %q, want %q", path, got, want)
				}
			}
		})
	}
}

// filesIn are the files of the projects of a list such as "part ci".
func filesIn(verdicts []string) []string {
	var files []string
	for _, v := range verdicts {
		_, dir, _ := strings.Cut(v, " ")
		files = append(files, dir)
	}
	return files
}

// verdicts says of each project below a path whether it is refused, or a part of another one.
func verdicts(t *testing.T, dir, path string) []string {
	t.Helper()
	if path != "." {
		path = compose.DefaultFiles(filepath.Join(dir, path))[0]
	}
	found, err := Projects(t.Context(), compose.Options{Dir: dir, Static: true}, []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, o := range found.Projects {
		l, err := compose.Load(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(dir, o.Dir)
		if len(l.Project.Defects) > 0 {
			out = append(out, "refused "+rel)
		} else if l.Part != "" {
			out = append(out, fmt.Sprintf("part %s", rel))
		}
	}
	slices.Sort(out)
	return out
}

// TestOmitted: a file of Git is named only where it leaves something out.
func TestOmitted(t *testing.T) {
	dir := testdir.Layout(t, "-- .git/HEAD --\n-- a/.gitignore --\nb\n!b/c\n-- a/b/x/compose.yaml --\n"+oneService+"-- .git/info/exclude --\ncompose.local.yaml\n-- compose.local.yaml --\n"+oneService+
		"-- ex/compose.yaml --\n"+oneService+"-- .github/workflows/compose.yaml --\njobs: {a: {steps: []}}\n-- decompose.yaml --\n"+oneService+"-- node_modules/compose.yaml --\n"+oneService+"-- seen/compose.yaml --\n"+oneService)
	var got []string
	for _, o := range Omitted(t.Context(), dir, func(path string) bool { return filepath.Base(path) == "ex" }) {
		for _, path := range append([]string{o.By}, o.Files...) {
			rel, _ := filepath.Rel(dir, path)
			got = append(got, filepath.ToSlash(rel))
		}
	}
	if want := []string{"", "ex/compose.yaml", ".git/info/exclude", "compose.local.yaml", "a/.gitignore", "a/b/x/compose.yaml"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
