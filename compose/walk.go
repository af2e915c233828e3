package compose

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// walker follows the files of one project as compose-go does and remembers where `ports` items are written.
// Source: compose-go loader/loader.go loadYamlFile, include.go, extends.go, reset.go.
type walker struct {
	files   map[string]*syntax.File
	order   []string // files in the order in which they were read
	in      io.Reader
	missing []missing
	blind   []lint.Blind
	visits  int            // what the current document may still cost
	loads   int            // includes so far
	name    string         // the last top-level `name` of the top files
	nameRaw string         // the same with its variables
	nameAt  lint.Span      // where it is written, if it is
	named   bool           // the first document of a file has one
	nets    []*layer       // every mapping under a top-level `networks`
	volumes []*layer       // the same of `volumes`
	legacy  []syntax.Entry // services that stand at top level
	from    *disk.View
	stubs   map[string]bool // references to files that are not read, as Compose sees them
	unasked bool            // compose-go would read what is not read here
}

// missing is a file that another one names and that can't be read.
type missing struct {
	path string
	ref  string    // the service of it that is not there, "" when the file is not
	span lint.Span // where it is named
	err  error
}

// scope is what one load of a list of files shares: the project itself, or one include.
type scope struct {
	env      *environ
	dir      string   // relative paths in `include` and `extends` start here
	kind     string   // the layer kind of its first file
	included []string // files that are being included, outermost first
}

// maxDepth bounds includes and extends within each other, maxLoads the includes of a project.
const (
	maxDepth = 100
	maxLoads = 10_000
)

// open reads and parses a file once.
func (w *walker) open(path string) (*syntax.File, error) {
	if f, ok := w.files[path]; ok {
		return f, nil
	}

	read := w.from.Read
	if path == disk.Stdin {
		read = func(string) ([]byte, error) { return disk.ReadStdin(w.in) }
	}

	text, err := read(path)
	if err != nil {
		return nil, err
	}

	f := syntax.Parse(path, text)
	f.Private = !w.from.Shown(path)
	w.files[path] = f
	w.order = append(w.order, path)
	return f, nil
}

// load walks files in merge order. A file that can't be read is remembered at the place that names it.
func (w *walker) load(paths []string, sc scope, at lint.Span) services {
	all := services{}
	for i, path := range paths {
		kind := sc.kind
		if i > 0 && kind == "file" {
			kind = "override"
		}

		if isRemote(path) {
			w.remote("Compose file", path, at)
			continue
		}

		f, err := w.open(path)
		if errors.Is(err, disk.ErrOutside) {
			w.skip("Compose file", filepath.Base(path), at)
			continue
		}
		if err != nil {
			w.missing = append(w.missing, missing{path: path, span: at, err: err})
			continue
		}

		for j, doc := range f.Docs {
			if j > 0 && kind == "file" {
				kind = "document"
			}
			w.document(all, f, doc, kind, sc)
		}
	}
	return all
}

func (w *walker) remote(what, path string, at lint.Span) {
	w.blind = append(w.blind, lint.Blind{What: what + " " + path, Why: "remote files are not fetched", Span: at})
}

// skip keeps as a blind spot what lies outside of the repository, by the name that is written.
func (w *walker) skip(what, name string, at lint.Span) {
	w.blind = append(w.blind, lint.Blind{What: what + " " + onOneLine(name), Why: disk.ErrOutside.Error(), Span: at})
}

// raws are the texts of a scalar or a list as they are written, with their variables.
func raws(n *yaml.Node) []string {
	n = syntax.Resolve(n)
	if n == nil || n.Kind == yaml.ScalarNode && n.Value == "" {
		return nil
	}

	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}

	var out []string
	for _, c := range list {
		value := ""
		if c = syntax.Resolve(c); c != nil {
			value = c.Value
		}
		out = append(out, value)
	}
	return out
}

// maxWords bounds what of a file is repeated as the name of something, in runes.
const maxWords = 80

// onOneLine is a part of a file as the name of something.
func onOneLine(text string) string {
	words := []rune(strings.Join(strings.Fields(text), " "))
	if len(words) > maxWords {
		return string(words[:maxWords]) + "…"
	}
	return string(words)
}

// document merges one document into what earlier ones produced.
func (w *walker) document(all services, f *syntax.File, doc syntax.Document, kind string, sc scope) {
	w.visits = syntax.MaxVisits
	root := syntax.Entries(doc.Root, &w.visits)
	if n := syntax.Get(root, "name"); len(sc.included) == 0 {
		w.rename(f, sc.env, syntax.Resolve(n), doc.Root == f.Docs[0].Root)
	}
	if nets := syntax.Get(root, "networks"); nets != nil {
		w.nets = append(w.nets, &layer{file: f, env: sc.env, kind: kind, node: nets})
	}
	if volumes := syntax.Get(root, "volumes"); volumes != nil {
		w.volumes = append(w.volumes, &layer{file: f, env: sc.env, kind: kind, node: volumes})
	}

	own := w.services(f, root, kind, sc.env)
	for name, s := range w.includes(f, syntax.Get(root, "include"), sc) {
		if mine, ok := own[name]; ok {
			s = mine.over(s.under(doc.Drop, name))
		}
		own[name] = s
	}

	all.reset(doc.Drop)
	done := services{}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		done[name] = w.extended(own, name, f, doc.Drop, sc, nil)
	}
	all.merge(done)
}

// rename takes the `name` of a document: the last one that is written counts, even if a variable makes it empty. Without
// a value for the variable, in Static, the name is not known.
func (w *walker) rename(f *syntax.File, env *environ, n *yaml.Node, first bool) {
	isText := n != nil && n.Kind == yaml.ScalarNode && n.Tag != "!!null"
	if !isText || n.Value == "" {
		return
	}
	if name := env.expander().expandAll(n.Value); !isUnknown(name) {
		w.name, w.nameRaw, w.nameAt = name, n.Value, f.Span(n)
		w.named = w.named || first
	}
}

// services reads the services of a document by themselves.
func (w *walker) services(f *syntax.File, root []syntax.Entry, kind string, env *environ) services {
	own := services{}
	list := syntax.Get(root, "services")
	members := syntax.Entries(list, &w.visits)
	if list == nil {
		members = legacyServices(root)
		w.legacy = append(w.legacy, members...)
	}

	for _, e := range members {
		if w.visits < 0 {
			continue
		}
		name := e.Key.Value
		l := &layer{file: f, env: env, kind: kind, key: e.Key, node: e.Value}
		s := &service{name: name, layers: []*layer{l}, items: w.items(l), pending: l}
		if twice, ok := own[name]; ok { // a key written twice: Compose refuses it, its ports are read all the same
			s = s.over(twice)
		}
		own[name] = s
	}
	return own
}

// sections are the keys of Compose at top level that are mappings, `services` aside.
var sections = []string{"jobs", "networks", "volumes", "secrets", "configs", "models"}

// legacyServices finds the services of a v1 file, or of a fragment: mappings at top level that hold an image, a build
// or ports.
func legacyServices(root []syntax.Entry) []syntax.Entry {
	var found []syntax.Entry
	visits := syntax.MaxVisits
	for _, e := range root {
		if slices.Contains(sections, e.Key.Value) {
			continue
		}
		members := syntax.Entries(e.Value, &visits)
		if slices.ContainsFunc([]string{"image", "build", "ports", "container_name"}, func(k string) bool {
			return syntax.Get(members, k) != nil
		}) {
			found = append(found, e)
		}
	}
	return found
}

// items lists the `ports` of one mapping.
func (w *walker) items(l *layer) []*item {
	var items []*item
	for _, e := range syntax.Entries(l.node, &w.visits) {
		list := syntax.Resolve(e.Value)
		if e.Key.Value != "ports" || list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for _, n := range list.Content {
			if reset, _ := syntax.Tagged(n); reset || syntax.Resolve(n) == nil || w.visits < 0 {
				continue
			}
			w.visits--
			items = append(items, &item{layer: l, ports: e.Key, value: e.Value, node: n, list: list})
		}
	}
	return items
}

// text is a scalar with its variables expanded, "" for anything else.
func text(env *environ, n *yaml.Node) string {
	n = syntax.Resolve(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return env.expander().substitute(n.Value)
}

// texts is a scalar or a list of scalars.
func texts(env *environ, n *yaml.Node) []string {
	n = syntax.Resolve(n)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		if s := text(env, n); s != "" {
			return []string{s}
		}
		return nil
	}

	var out []string
	for _, c := range n.Content {
		out = append(out, text(env, c))
	}
	return out
}

var (
	errIncludeCycle = errors.New("the files include each other")
	errIncludes     = fmt.Errorf("more than %d includes", maxLoads)
)
