package compose

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// includes loads what a document includes, later entries over earlier ones.
func (w *walker) includes(f *syntax.File, list *yaml.Node, sc scope) services {
	all := services{}
	list = syntax.Resolve(list)
	if list == nil || list.Kind != yaml.SequenceNode {
		return all
	}

	for _, n := range list.Content {
		for name, s := range w.include(f, n, sc) {
			if _, ok := all[name]; ok {
				s = all[name].over(s) // compose-go merges what is there over what comes later
			}
			all[name] = s
		}
	}
	return all
}

// include loads one entry: its own project directory, its own environment below the parent's.
// Source: compose-go loader/include.go, ApplyInclude.
func (w *walker) include(f *syntax.File, n *yaml.Node, sc scope) services {
	at := f.Span(syntax.Resolve(n))
	paths, envFiles, dir := w.includeEntry(n, sc)
	if len(paths) == 0 {
		return nil
	}

	pathNode, envNode := w.includeNodes(n)
	if isRemote(paths[0]) {
		w.remote("include", onOneLine(strings.Join(raws(pathNode), ", ")), at)
		return nil
	}

	names := raws(pathNode)
	for i, p := range paths {
		paths[i] = w.local(sc.dir, p)
		if w.stubs[p] {
			w.skip("include", names[i], at)
		}
	}

	included := append(slices.Clone(sc.included), f.Path)
	if slices.Contains(included, paths[0]) || len(included) > maxDepth {
		w.missing = append(w.missing, missing{path: paths[0], span: at, err: errIncludeCycle})
		return nil
	}
	if w.loads++; w.loads > maxLoads {
		w.missing = append(w.missing, missing{path: paths[0], span: at, err: errIncludes})
		return nil
	}
	if dir == "" {
		dir = filepath.Dir(paths[0])
	}

	inner := scope{env: sc.env.clone(), dir: Absolute(sc.dir, dir), kind: "include", included: included}
	w.includeEnv(inner, sc, envFiles, raws(envNode), at)
	paths = slices.DeleteFunc(paths, func(path string) bool { return !isRemote(path) && !w.from.Admits(path) })
	return w.load(paths, inner, at)
}

// includeEntry reads the short or the long form of an include.
func (w *walker) includeEntry(n *yaml.Node, sc scope) (paths, envFiles []string, dir string) {
	if r := syntax.Resolve(n); r == nil || r.Kind == yaml.ScalarNode {
		return texts(sc.env, n), nil, ""
	}
	members := syntax.Entries(n, &w.visits)
	return texts(sc.env, syntax.Get(members, "path")), texts(sc.env, syntax.Get(members, "env_file")),
		text(sc.env, syntax.Get(members, "project_directory"))
}

// includeNodes are the nodes that name the files of an include and its env files.
func (w *walker) includeNodes(n *yaml.Node) (paths, envFiles *yaml.Node) {
	if r := syntax.Resolve(n); r == nil || r.Kind == yaml.ScalarNode {
		return n, nil
	}
	members := syntax.Entries(n, &w.visits)
	return syntax.Get(members, "path"), syntax.Get(members, "env_file")
}

// local resolves a reference to another Compose file, and remembers one that leads to a file that is not read: compose-go
// gets an empty file in its place.
func (w *walker) local(dir, ref string) string {
	path := Absolute(dir, ref)
	if !isRemote(ref) && !w.from.Admits(path) {
		w.stubs[ref] = true
	}
	return path
}

// includeEnv adds the env files of an include, or the .env of its directory. names are the files as they are written.
func (w *walker) includeEnv(inner, outer scope, envFiles, names []string, at lint.Span) {
	inner.env.addExamples(inner.dir)
	if len(envFiles) == 0 {
		if file := filepath.Join(inner.dir, ".env"); w.from.IsFile(file) {
			envFiles, names = []string{file}, []string{".env"}
		}
	}

	var there []string
	for i, file := range envFiles {
		file = Absolute(outer.dir, file)
		if !w.from.Admits(file) {
			w.skip("env file of an include", names[i], at)
			w.unasked = true
			continue
		}
		if w.from.IsFile(file) {
			there = append(there, file)
		} else if file != "/dev/null" {
			w.missing = append(w.missing, missing{path: file, span: at, err: os.ErrNotExist})
		}
	}
	if err := inner.env.addFiles(there); err != nil {
		w.missing = append(w.missing, missing{path: there[0], span: at, err: err})
	}
}
