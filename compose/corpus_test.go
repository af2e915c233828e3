package compose

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// oracle is one line of ORACLE.jsonl: what compose-go makes of a file, or of a file and its override.
type oracle struct {
	Repo     string
	Files    []string
	OK       bool
	Err      string
	Services []struct {
		Name  string
		Ports []struct {
			HostIP    string `json:"host_ip"`
			Published string
			Target    uint32
			Protocol  string
		}
	}
}

func corpusDir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("PORTLINT_CORPUS")
	if dir == "" {
		tb.Skip("PORTLINT_CORPUS does not name a directory of real Compose files")
	}
	return dir
}

func readOracle(tb testing.TB) []oracle {
	tb.Helper()
	f, err := os.Open(filepath.Join(corpusDir(tb), "ORACLE.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var all []oracle
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var o oracle
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			tb.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// options reads the files of an oracle line as Compose does, with an empty environment and all profiles on.
func (o oracle) options(dir string) Options {
	root := filepath.Join(dir, strings.ReplaceAll(o.Repo, "/", "__"))
	opts := Options{Dir: root, Profiles: []string{"*"}, Env: map[string]string{}, Standalone: true}
	for _, f := range o.Files {
		opts.Files = append(opts.Files, filepath.Join(root, f))
	}
	return opts
}

// want lists the ports of the oracle as text, sorted.
func (o oracle) want() []string {
	var out []string
	for _, s := range o.Services {
		out = append(out, s.Name)
		for _, p := range s.Ports {
			out = append(out, fmt.Sprintf("%s %s|%s|%d|%s", s.Name, p.HostIP, p.Published, p.Target, p.Protocol))
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
			out = append(out, fmt.Sprintf("%s %s|%s|%d|%s", s.Name, ip, b.Ports(), b.Target, b.Proto))
		}
	}
	slices.Sort(out)
	return out
}

// TestCorpusEqualsCompose compares every service and port with what compose-go said of thousands of real files, and
// checks that each port has its place.
func TestCorpusEqualsCompose(t *testing.T) {
	dir := corpusDir(t)
	files, ports, nodes, cut := 0, 0, 0, 0
	for _, o := range readOracle(t) {
		if !o.OK {
			continue
		}
		loaded, err := Load(t.Context(), o.options(dir))
		if err != nil {
			t.Errorf("%s %v: %v", o.Repo, o.Files, err)
			continue
		}
		files++
		if got, want := have(loaded.Project), o.want(); !slices.Equal(got, want) {
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
