package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
)

// expectation is one row of EXPECT.tsv: a place that must be named, or a side on which nothing may be said.
type expectation struct {
	id, side, env, when, kind, port, proto, hostIP, service, file, line string
}

// place is what a finding must name: "duplicate 80/tcp nginx:93 apache2:110".
func (e expectation) place() string { return e.service + ":" + e.line }

func dataDir(t *testing.T, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the real Compose files take long")
	}

	dir := os.Getenv(name)
	if dir == "" {
		t.Skipf("%s does not name a directory of real Compose files", name)
	}
	return dir
}

func readExpectations(t *testing.T, dir string) []expectation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "EXPECT.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var all []expectation
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		c := append(strings.Split(line, "\t"), make([]string, 11)...)
		all = append(all, expectation{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10]})
	}
	return all
}

// TestCases runs real conflicts, before and after their fix, and wants exactly what a careful reader found: every
// duplicate with all its places, every refused entry, every repeated key, and silence everywhere else.
func TestCases(t *testing.T) {
	dir := dataDir(t, "PORTLINT_CASES")
	sides := map[string][]expectation{}
	for _, e := range readExpectations(t, dir) {
		if e.kind != "incomplete" {
			key := strings.Join([]string{e.id, e.side, e.env, e.when}, " | ")
			sides[key] = append(sides[key], e)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sides)) {
		t.Run(key, func(t *testing.T) { checkSide(t, dir, sides[key]) })
	}
	t.Logf("%d sides and conditions", len(sides))
}

func checkSide(t *testing.T, dir string, rows []expectation) {
	l := loadSide(t, dir, rows[0])
	want := map[string][]string{}
	first := ""
	for _, e := range rows {
		switch e.kind {
		case "none":
		case "contested", "moved":
			if strings.Contains(e.file, "compose") && !publishes(loadSide(t, dir, e), e) { // else a platform's own file
				t.Errorf("%s %s: %s of %s is not read at line %s", e.id, e.side, e.port, e.service, e.line)
			}
		case "duplicate":
			k := "duplicate " + e.port + "/" + e.proto
			want[k] = append(want[k], e.place())
		case "duplicate-key": // the later of the two is reported
			delete(want, "duplicate-key "+first)
			first = e.line
			want["duplicate-key "+e.line] = nil
		default:
			want[e.kind+" "+e.line] = nil
		}
	}
	got := findings(l, rows[0].when)
	if rows[0].env != "as it lies" { // those rows speak of values only
		maps.DeleteFunc(got, func(k string, _ []string) bool { return strings.HasPrefix(k, "duplicate-key") })
	}
	compare(t, got, want)
}

// loadSide reads a file as it lies, which is without its example file, or with the example file as its .env.
func loadSide(t *testing.T, dir string, e expectation) compose.Loaded {
	t.Helper()
	file := filepath.Join(dir, e.id, filepath.FromSlash(e.file))
	if strings.HasPrefix(e.file, "corpus/") {
		file = filepath.Join(dataDir(t, "PORTLINT_CORPUS"), "laradock__laradock", "docker-compose.yml")
	}
	root := t.TempDir()
	copyTree(t, filepath.Dir(file), root)
	o := compose.Options{Dir: root, Files: []string{filepath.Base(file)}, Static: true, Standalone: true}
	if example, ok := strings.CutPrefix(e.env, "with "); ok {
		o.EnvFiles = []string{filepath.Join(filepath.Dir(file), example)}
	}
	if profile, ok := strings.CutPrefix(e.when, "--profile "); ok {
		o.Profiles = []string{profile}
	}
	l, err := compose.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var exampleFile = regexp.MustCompile(`^(\.env\.example|env-example)$`)

// copyTree copies a directory without its example env files.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, path)
		if err != nil || exampleFile.MatchString(e.Name()) || rel == "defaults.env" {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// findings lists what portlint says of a project in the words of the expectations.
func findings(l compose.Loaded, when string) map[string][]string {
	got := map[string][]string{}
	for _, f := range lint.Run([]*lint.Project{l.Project}, lint.Settings{}).Findings {
		if len(f.Profiles) > 0 { // the rows speak of the `up` as asked
			continue
		}
		switch f.Rule {
		case "duplicate-port":
			places := []string{entryPlace(l, f.Span)}
			for _, r := range f.Related {
				places = append(places, entryPlace(l, r.Span))
			}
			k := "duplicate " + f.Binding.PortText() + "/" + f.Binding.Proto
			got[k] = append(got[k], places...)
		case "invalid-port":
			got[fmt.Sprintf("syntax %d", l.Sources.Position(f.Span.File, f.Span.Start).Line)] = nil
		case "replicas-share-port":
			if when != "swarm stack" || f.Severity == lint.Error {
				got[fmt.Sprintf("replicas %d", l.Sources.Position(f.Span.File, f.Span.Start).Line)] = nil
			}
		case "unloadable-project":
			twice := func(n lint.Note) bool { return strings.Contains(n.Text, "already defined") }
			if slices.ContainsFunc(f.Notes, twice) {
				got[fmt.Sprintf("duplicate-key %d", l.Sources.Position(f.Span.File, f.Span.Start).Line)] = nil
			}
		}
	}
	return got
}

// entryPlace names the service and the first line of the item in which a span lies.
func entryPlace(l compose.Loaded, span lint.Span) string {
	for _, b := range l.Project.Bindings() {
		if b.Span() == span {
			return fmt.Sprintf("%s:%d", b.Service, l.Sources.Position(b.Entry.File, b.Entry.Start).Line)
		}
	}
	return fmt.Sprintf("?:%d", l.Sources.Position(span.File, span.Start).Line)
}

func publishes(l compose.Loaded, e expectation) bool {
	return slices.ContainsFunc(l.Project.Bindings(), func(b *lint.Binding) bool {
		line := fmt.Sprint(l.Sources.Position(b.Entry.File, b.Entry.Start).Line)
		return b.Service == e.service && line == e.line && b.Proto == e.proto &&
			(b.Unknown || b.PortText() == strings.TrimPrefix(e.port, "(no host port)") || b.Text == e.port)
	})
}

func compare(t *testing.T, got, want map[string][]string) {
	t.Helper()
	for k, places := range want {
		have, ok := got[k]
		slices.Sort(places)
		slices.Sort(have)
		if !ok || !slices.Equal(places, have) {
			t.Errorf("%s: got %v (found: %v), want %v", k, have, ok, places)
		}
	}
	for k, places := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s %v: nothing was expected", k, places)
		}
	}
}

// TestCorpusErrors compares every finding of level error over thousands of real files with a list that was read line by
// line: a port conflict that is not on it is a false alarm. What Compose refuses is counted by repository.
func TestCorpusErrors(t *testing.T) {
	dir := dataDir(t, "PORTLINT_CORPUS")
	found, err := find.Projects(t.Context(), compose.Options{Dir: dir, Static: true}, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := run.Load(t.Context(), run.Process{Dir: dir, Stderr: os.Stderr}, run.Flags{}, found.Projects)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	refused := map[string]int{}
	for _, f := range lint.Run(all.Models(), lint.Settings{}).Findings {
		if f.Severity < lint.Error {
			continue
		}
		port := ""
		if f.Binding != nil {
			port = " " + f.Binding.Want()
		}
		rel, _ := filepath.Rel(dir, f.Span.File)
		if f.Rule == "unloadable-project" {
			repo, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
			refused[repo]++
			continue
		}
		lines = append(lines, fmt.Sprintf("%s:%d %s %s%s", filepath.ToSlash(rel),
			all.Sources.Position(f.Span.File, f.Span.Start).Line, f.Certainty, f.Rule, port))
	}
	for repo, n := range refused {
		lines = append(lines, fmt.Sprintf("%s: %d times unloadable-project", repo, n))
	}
	slices.Sort(lines)
	t.Logf("%d projects, %d ports, %d errors", len(all.All), countPorts(all), len(lines))
	list := filepath.Join("testdata", "corpus-errors.txt")
	now := strings.Join(lines, "\n") + "\n"
	if *update {
		rewrite(t, list, now)
	}
	want, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff.Diff("read line by line", want, "found now", []byte(now)); d != nil {
		t.Errorf("%s", d)
	}
}

func countPorts(all run.Projects) int {
	n := 0
	for _, p := range all.All {
		n += len(p.Project.Bindings())
	}
	return n
}
