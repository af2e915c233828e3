package edit

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/lint"
)

// appStore is a collection whose variables a platform sets.
var appStore = regexp.MustCompile(`(?i)appstore|1panel|umbrel|bigbear|coolify|runtipi`)

// TestCorpusNames compares the names that are suggested for host ports with those that people chose: their variables are
// taken out of real files, all of a file at once, and named again. App stores have names of their own, which a platform sets.
func TestCorpusNames(t *testing.T) {
	corpus := corpustest.Dir(t)
	var same, all, numbered, names int
	var other []string
	for repo, projects := range projectsByRepo(t, corpus, 1) {
		if appStore.MatchString(repo) {
			continue
		}
		for _, p := range projects {
			o := compose.Options{Dir: repo, Profiles: []string{"*"}, Env: map[string]string{}, Standalone: true, Files: p.Paths(repo)}
			if !mayHaveNames(t, p, repo) {
				continue
			}
			theirs, overlay := namesInCorpus(t, o)
			o.Overlay = overlay
			for at, ours := range namesSuggested(t, o, theirs) {
				names++
				if regexp.MustCompile(`_[0-9]+$`).MatchString(ours) {
					numbered++
				}
				if their := theirs[at]; their != "" {
					all++
					if their == ours {
						same++
					} else {
						other = append(other, fmt.Sprintf("%s %s: %s, people say %s", p, at, ours, their))
					}
				}
			}
		}
	}
	slices.Sort(other)
	t.Logf("%d of %d names are people's own; %d of %d end with a number", same, all, numbered, names)
	if same*4 < all || numbered*20 > names {
		t.Error("fewer than a quarter of the names are people's own, or more than one in twenty ends with a number")
	}
	for _, line := range other {
		t.Log(line)
	}
}

// manyNames is how many variables a file has of which no run leaves it out.
const manyNames = 20

// portOrFile is a variable for a port, or by what a file reads another one.
var portOrFile = regexp.MustCompile(`\$\{?\w*PORT|(?m)^include|extends|- path:`)

// mayHaveNames reports whether people may have named host ports in a project, and this run reads it: one in five, and each one with
// many variables.
func mayHaveNames(t *testing.T, p corpustest.Project, root string) bool {
	t.Helper()
	found := 0
	for _, file := range p.Paths(root) {
		text, err := os.ReadFile(file)
		must(t, err)
		found += len(portOrFile.FindAll(text, -1))
	}
	return found >= manyNames || found > 0 && p.IsSampled(5)
}

// namesInCorpus are the variables of host ports that are nothing else, by service, target and protocol, and the files
// with their defaults in their place.
func namesInCorpus(t *testing.T, o compose.Options) (map[string]string, map[string][]byte) {
	t.Helper()
	loaded, err := compose.Load(t.Context(), o)
	if err != nil {
		return nil, nil
	}
	names, edits := map[string]string{}, map[string][]lint.Edit{}
	for _, it := range loaded.Project.Items() {
		b := it.Head()
		es := lint.Expressions(b.Text)
		if len(es) != 1 || es[0].Text != b.Text || b.TargetVar == b.Var || !b.Port.Known() || !it.Written() {
			continue
		}
		if text := string(loaded.Sources[b.Port.File].Text); strings.Count(text, b.Var) > 1 {
			continue // it is used for something else, too
		}
		names[itemName(it)] = b.Var
		edits[b.Port.File] = append(edits[b.Port.File], lint.Edit{Span: b.Port, New: it.PortText()})
	}
	overlay := map[string][]byte{}
	for file, list := range edits {
		if overlay[file], err = lint.Apply(loaded.Sources[file].Text, list); err != nil {
			t.Fatal(err)
		}
	}
	return names, overlay
}

func itemName(it lint.Item) string {
	return fmt.Sprintf("%s %d/%s %s", it.Service.Name, it.Head().Target, it.Head().Proto, it.PortText())
}

// namesSuggested are the names that the safe fixes of literal host ports give.
func namesSuggested(t *testing.T, o compose.Options, theirs map[string]string) map[string]string {
	t.Helper()
	loaded, err := compose.Load(t.Context(), o)
	if err != nil {
		return nil
	}
	for _, name := range theirs { // example files still have it
		delete(loaded.Project.Taken, name)
	}
	found := lint.Run([]*lint.Project{loaded.Project}, lint.Settings{}).Findings
	names := map[string]string{}
	for _, f := range found {
		if f.Rule == "fixed-port" && len(f.Fixes) > 0 && len(f.Fixes[0].Moves) > 0 {
			names[itemName(loaded.Project.Service(f.Service).Item(f.Binding))] = f.Fixes[0].Moves[0].Var
		}
	}
	return names
}
