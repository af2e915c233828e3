package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/lint"
)

// corpusOptions read a project as Compose does, with an empty environment and all profiles on.
func corpusOptions(dir string, p corpustest.Project) Options {
	root := p.Root(dir)
	return Options{Dir: root, Files: p.Paths(root), Profiles: []string{"*"}, Env: map[string]string{}, Standalone: true}
}

// want lists the services and ports of the oracle as text, sorted.
func want(p corpustest.Project) []string {
	var out []string
	for _, s := range p.Services {
		out = append(out, s.Name)
		for _, port := range s.Ports {
			out = append(out, fmt.Sprintf("%s %s|%s|%d|%s", s.Name, port.HostIP, port.Published, port.Target, port.Protocol))
		}
	}
	slices.Sort(out)
	return out
}

// have lists what portlint read in the same form.
func have(p *lint.Project) []string {
	var out []string
	for _, s := range p.Services {
		out = append(out, s.Name)
		for _, b := range s.Bindings {
			ip := ""
			if b.HostIP.IsValid() {
				ip = b.HostIP.String()
			}
			out = append(out, fmt.Sprintf("%s %s|%s|%d|%s", s.Name, ip, b.PortText(), b.Target, b.Proto))
		}
	}
	slices.Sort(out)
	return out
}

// TestCorpusEqualsCompose compares every service and port with what compose-go said of thousands of real files, and
// checks that each port has its place.
func TestCorpusEqualsCompose(t *testing.T) {
	dir := corpustest.Dir(t)
	files, ports, nodes, cut := 0, 0, 0, 0
	for _, o := range corpustest.Projects(t, corpustest.Sampled) {
		if !o.OK {
			continue
		}
		loaded, err := Load(t.Context(), corpusOptions(dir, o))
		if err != nil {
			t.Errorf("%s %v: %v", o.Repo, o.Files, err)
			continue
		}
		files++
		if got, want := have(loaded.Project), want(o); !slices.Equal(got, want) {
			t.Errorf("%s %v:\n got %q\nwant %q\ndefects %v invalid %v", o.Repo, o.Files, minus(got, want), minus(want, got),
				loaded.Project.Defects, loaded.Project.Invalid)
		}
		for _, b := range loaded.Project.Bindings() {
			ports++
			if b.Entry.End > 0 && b.Entry != loaded.Project.Service(b.Service).Span {
				nodes++
			} else {
				t.Errorf("%s %v: %s %s has no place", o.Repo, o.Files, b.Service, b.Want())
			}
			switch text := loaded.Sources.Text(b.Port); {
			case b.Text == "" && !b.Port.Known():
			case text == b.Text && text != "":
				cut++
			default:
				t.Errorf("%s %v: %s %s is cut out as %q, written %q", o.Repo, o.Files, b.Service, b.Want(), text, b.Text)
			}
		}
	}
	t.Logf("%d files and pairs, %d ports, %d with a node, %d host ports cut out", files, ports, nodes, cut)
}

func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// TestCorpusWalkAlone reads the same files without compose-go's answer: what is loaded of a file that Compose
// refuses is right as well.
func TestCorpusWalkAlone(t *testing.T) {
	dir := corpustest.Dir(t)
	for _, o := range corpustest.Projects(t, corpustest.Sampled) {
		if !o.OK {
			continue
		}
		r, err := newReader(corpusOptions(dir, o))
		if err != nil {
			t.Errorf("%s %v: %v", o.Repo, o.Files, err)
			continue
		}
		r.readAll()
		r.addServices(r.loadPartially(t.Context()), false)
		if got, want := have(r.project), want(o); !slices.Equal(got, want) {
			t.Errorf("%s %v:\n got %q\nwant %q", o.Repo, o.Files, minus(got, want), minus(want, got))
		}
	}
}

// TestCorpusStatic reads every file as `check --static` does. Nothing may crash or hang, and a file that Compose
// refuses must not cost the ports that can be read.
func TestCorpusStatic(t *testing.T) {
	dir := corpustest.Dir(t)
	entries := portEntries(t, dir)
	var whole, partly, unread, refused, lost int
	for _, o := range corpustest.Projects(t, corpustest.Sampled) {
		if len(o.Files) != 1 {
			continue
		}
		opts := corpusOptions(dir, o)
		opts.Static = true
		loaded, err := Load(t.Context(), opts)
		if err != nil {
			t.Errorf("%s %v: %v", o.Repo, o.Files, err)
			continue
		}
		p := loaded.Project
		syntax := slices.ContainsFunc(p.Defects, func(d lint.Defect) bool { return strings.HasPrefix(d.Reason, "failed to parse") })
		if len(p.Defects) > 0 {
			refused++
		}
		switch want := entries[o.Repo+" "+o.Files[0]]; {
		case syntax && len(p.Services) == 0:
			unread++
			t.Logf("not read: %s %v: %s", o.Repo, o.Files, p.Defects[0].Reason)
		case !o.OK && itemsRead(p, opts.Files[0]) < want:
			partly++
			lost += want - itemsRead(p, opts.Files[0])
			t.Logf("partly: %s %v: %d of %d entries; %v", o.Repo, o.Files, itemsRead(p, opts.Files[0]), want, p.Defects)
		default:
			whole++
		}
	}
	total := whole + partly + unread
	t.Logf("%d files: %d checked (%.1f %%), %d partly (%d entries lost), %d not read; %d have a reason for which Compose refuses them",
		total, whole, 100*float64(whole)/float64(total), partly, lost, unread, refused)
	if whole*100 < total*97 {
		t.Errorf("only %d of %d files are checked", whole, total)
	}
	if unread > 8 {
		t.Errorf("%d files are reported as unreadable, 8 are not YAML", unread)
	}
}

// itemsRead counts the entries under `ports` that were understood or refused at their place, in one file.
func itemsRead(p *lint.Project, file string) int {
	seen := map[lint.Span]bool{}
	for _, b := range p.Bindings() {
		seen[b.Entry] = true
	}
	for _, bad := range p.Invalid {
		seen[bad.Entry] = true
	}
	n := 0
	for span := range seen {
		if span.File == file {
			n++
		}
	}
	return n
}

// portEntries reads INDEX.tsv: how many entries under `ports` each file holds.
func portEntries(tb testing.TB, dir string) map[string]int {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]int{}
	for _, line := range strings.Split(string(text), "\n")[1:] {
		columns := strings.Split(line, "\t")
		if len(columns) > 5 {
			n := 0
			fmt.Sscan(columns[5], &n)
			out[columns[0]+" "+columns[2]] = n
		}
	}
	return out
}
