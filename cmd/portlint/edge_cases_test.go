package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// edgeCase is one case in which a careful reader could be wrong about what Compose and the engine do with a port.
type edgeCase struct {
	name  string
	files string // txtar; what stands above the first file name is compose.yaml
	cwd   string // the working directory below the files
	flags string // global flags, as on the command line
	// env is the process environment, "A=1 B=2"; with it, or with "-" for an empty one, the case is not read in --static.
	env string

	// binds are the ports that `up` publishes, in order, as "SERVICE HOST->TARGET/PROTO"; "*" is a port that the engine
	// picks, "?" stands before one that rests on a value that nothing gives. "" is not compared, "none" is none at all.
	binds string
	// sockets are the same as the engine binds them, each once, in order; "" is not compared.
	sockets string
	// want are the findings from warning up, one per line, as "RULE CERTAINTY SEVERITY SERVICES"; for rules that have a
	// place only, the text of that place follows.
	want string
	says string // what a message must hold, such as the engines that differ
}

const (
	sureDup    = "duplicate-port certain error "
	maybeDup   = "duplicate-port possible error "
	badPort    = "invalid-port certain error "
	tooMany    = "replicas-share-port certain error "
	races      = "racing-ports possible warning "
	bindsNone  = "ignored-ports certain warning "
	addsPort   = "override-adds-port certain warning "
	unsetVar   = "unset-port-variable possible warning "
	clientPort = "ephemeral-port latent warning "
	unloadable = "unloadable-project certain error "
	unusable   = "unusable-ports certain error "
)

// edgeCaseTables are all cases by what they are about. The sections are those of the engine's and Compose's behaviour:
// parsing, merging, files, selection, sockets, networks.
func edgeCaseTables() map[string][]edgeCase {
	return map[string][]edgeCase{
		"verdicts":   verdictCases,
		"short":      shortCases(),
		"yaml":       yamlCases,
		"values":     valueCases,
		"long":       longCases(),
		"merging":    mergeCases,
		"files":      fileCases,
		"selection":  selectionCases,
		"replicas":   replicaCases,
		"addresses":  addressCases,
		"containers": containerCases(),
		"pools":      poolCases,
		"networks":   networkCases,
	}
}

// TestEdgeCases reads every case through the whole pipeline and wants exactly these ports and findings.
func TestEdgeCases(t *testing.T) {
	total := 0
	for table, cases := range edgeCaseTables() {
		t.Run(table, func(t *testing.T) {
			names := map[string]bool{}
			for _, c := range cases {
				if names[c.name] {
					t.Errorf("two cases are named %q", c.name)
				}
				names[c.name] = true
				t.Run(c.name, func(t *testing.T) { c.check(t) })
			}
		})
		total += len(cases)
	}
	t.Logf("%d cases", total)
}

func (c edgeCase) check(t *testing.T) {
	t.Parallel()
	l := c.load(t)
	plan := lint.PlanUp(l.Project, nil, lint.UpOptions{})
	if got := published(plan); c.binds != "" && got != strings.ReplaceAll(c.binds, "none", "") {
		t.Errorf("binds\n%s, want\n%s", got, c.binds)
	}
	if got := sockets(plan); c.sockets != "" && got != strings.ReplaceAll(c.sockets, "none", "") {
		t.Errorf("sockets %s, want %s", got, c.sockets)
	}
	found := lint.Run([]*lint.Project{l.Project}, lint.Settings{}).Findings
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Severity < lint.Warning })
	var got, messages []string
	for _, f := range found {
		got = append(got, tell(l, f))
		messages = append(messages, f.Message)
		for _, n := range f.Notes {
			messages = append(messages, n.Text)
		}
	}
	want := strings.Split(c.want, "\n")
	if c.want == "" {
		want = nil
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s\nmessages: %s", strings.Join(got, "\n"), strings.Join(want, "\n"), strings.Join(messages, "\n"))
	}
	if !strings.Contains(strings.Join(messages, "\n"), c.says) {
		t.Errorf("no message holds %q:\n%s", c.says, strings.Join(messages, "\n"))
	}
}

// load writes the files and reads the project as a command would.
func (c edgeCase) load(t *testing.T) compose.Loaded {
	t.Helper()
	root := filepath.Join(t.TempDir(), "shop")
	archive := txtar.Parse([]byte(c.files))
	if len(archive.Comment) > 0 {
		archive.Files = append(archive.Files, txtar.File{Name: "compose.yaml", Data: archive.Comment})
	}
	w := run.Process{Dir: filepath.Join(root, filepath.FromSlash(c.cwd)), Env: map[string]string{}}
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		testdir.Write(t, filepath.Join(root, filepath.FromSlash(f.Name)), string(f.Data))
	}
	for _, set := range strings.Fields(strings.TrimPrefix(c.env, "-")) {
		name, value, _ := strings.Cut(set, "=")
		w.Env[name] = value
	}
	var g run.Flags
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	g.Register(flags)
	if err := flags.Parse(strings.Fields(c.flags)); err != nil {
		t.Fatal(err)
	}
	o, err := g.Options(w, c.env == "")
	if err != nil {
		t.Fatal(err)
	}
	l, err := compose.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// published writes the ports that `up` publishes.
func published(plan lint.Plan) string {
	var all []string
	for _, b := range plan.Bound() {
		host := b.Binding.PortText()
		switch {
		case b.Binding.Ephemeral():
			host = "*"
		case b.Binding.Unknown:
			host = "?" + host
		}
		if b.Binding.HostIP.IsValid() {
			host = lint.HostPort(b.Binding.HostIP, host)
		}
		all = append(all, fmt.Sprintf("%s %s->%d/%s", b.Service.Name, host, b.Binding.Target, b.Binding.Proto))
	}
	return strings.Join(all, "\n")
}

// sockets writes the first socket of every port on each of its addresses.
func sockets(plan lint.Plan) string {
	var all []string
	for _, b := range plan.Bound() {
		for _, e := range b.Endpoints(b.Binding.First) {
			if !slices.Contains(all, e.String()) {
				all = append(all, e.String())
			}
		}
	}
	return strings.Join(all, " ")
}

// tell writes a finding as the cases do.
func tell(l compose.Loaded, f lint.Finding) string {
	said := fmt.Sprintf("%s %s %s ", f.Rule, f.Certainty, f.Severity)
	if f.Rule == "unloadable-project" {
		return said + l.Sources.Text(f.Span)
	}
	said += strings.Join(involved(l, f), ",")
	if f.Rule == "invalid-port" {
		said += " " + l.Sources.Text(f.Span)
	}
	return said
}

// involved are the services of a finding: its own, and those whose ports are related.
func involved(l compose.Loaded, f lint.Finding) []string {
	names := []string{f.Service}
	for _, r := range f.Related {
		for _, b := range l.Project.Bindings() {
			if b.Span() == r.Span && strings.Contains(r.Message, fmt.Sprintf("%q", b.Service)) {
				names = append(names, b.Service)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
