package compose

import (
	"bytes"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/syntax"
	"go.yaml.in/yaml/v4"
)

// containerPaths are the files and directories of the host with which a container of the project works: mounted ones, and build
// contexts, without the project's own directory.
func (t *fileTree) containerPaths() map[string]bool {
	paths := map[string]bool{}
	add := func(dir, path string) {
		paths[filepath.Clean(Absolute(t.dir, path))] = true
		paths[filepath.Clean(Absolute(dir, path))] = true
	}

	for _, s := range t.found {
		for _, l := range s.layers {
			for _, path := range slices.Concat(l.binds(), l.contexts()) {
				add(filepath.Dir(l.file.Path), path)
			}
		}
	}

	for _, path := range t.order {
		for _, source := range sharedFiles(t.walker.files[path], t.env) {
			add(filepath.Dir(path), source)
		}
	}
	delete(paths, t.dir)
	return paths
}

// binds are the sources of the service's volumes that look like paths, in both syntaxes.
func (l *layer) binds() []string {
	n := l.find("volumes")
	if n == nil {
		return nil
	}

	var out []string
	for _, s := range texts(l.env, n) {
		if source, _, ok := strings.Cut(s, ":"); ok && strings.ContainsAny(source, `./\`) {
			out = append(out, source)
		}
	}
	return append(out, values(l.env, n.Content, "source")...)
}

// contexts are the directories from which the service's image is built.
func (l *layer) contexts() []string {
	n := l.find("build")
	if n == nil {
		return nil
	}
	return append(texts(l.env, n), values(l.env, []*yaml.Node{n}, "context")...)
}

// sharedFiles are the files of the top-level configs and secrets.
func sharedFiles(f *syntax.File, env *environ) []string {
	var out []string
	visits := syntax.MaxVisits
	for _, doc := range f.Docs {
		for _, section := range []string{"configs", "secrets"} {
			for _, e := range syntax.Entries(syntax.Lookup(doc.Root, section, &visits), &visits) {
				out = append(out, values(env, []*yaml.Node{e.Value}, "file")...)
			}
		}
	}
	return out
}

// values are the texts under a key of those nodes that have it.
func values(env *environ, nodes []*yaml.Node, key string) []string {
	var out []string
	visits := syntax.MaxVisits
	for _, n := range nodes {
		if s := text(env, syntax.Lookup(n, key, &visits)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// lookAtEnvFiles looks at the files that compose-go would read for the environment and the labels of services.
func (t *fileTree) lookAtEnvFiles() {
	left, vars := growth{maxEnvValues}, map[string]map[string]string{}
	for f := range t.sideFiles() {
		if vars[f.service] == nil {
			vars[f.service] = map[string]string{}
		}
		err := t.disk.Check(f.path)
		if err == nil {
			err = t.tryEnv(f.path, f.layer.env, vars[f.service], &left)
		}
		if err != nil {
			t.missing = append(t.missing, missing{path: f.path, span: f.layer.file.Span(f.node), err: err})
		}
	}
}

// sideFile is a file that a service may mean for its environment or its labels, and where it is named.
type sideFile struct {
	service string
	layer   *layer
	node    *yaml.Node
	path    string
}

// sideFiles are the files that compose-go reads for the environment and the labels of services, by their names. In Static it reads none.
func (t *fileTree) sideFiles() iter.Seq[sideFile] {
	return func(yield func(sideFile) bool) {
		if t.Static {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(t.found)) {
			for _, l := range t.found[name].layers {
				for _, n := range l.sideFiles() {
					for _, path := range t.pathsOf(l, text(l.env, n)) {
						if !yield(sideFile{name, l, n, path}) {
							return
						}
					}
				}
			}
		}
	}
}

// tryEnv reads an env file as compose-go will, and returns why it can't be left to that. vars are those of the service.
func (t *fileTree) tryEnv(path string, env *environ, vars map[string]string, left *growth) error {
	text, err := t.disk.Read(path)
	if err != nil || !bytes.Contains(text, []byte("$")) {
		return nil //nolint:nilerr // compose-go says so itself
	}
	if err := parseEnv(path, text, env.vars, vars, left); isGrowth(err) {
		return err
	}
	return nil
}

// pathsOf are the files that a path in a service may mean: seen from the project, and from the file that an include or
// extends leads to.
func (t *fileTree) pathsOf(l *layer, path string) []string {
	if path == "" {
		return nil
	}
	return slices.Compact([]string{Absolute(t.dir, path), Absolute(filepath.Dir(l.file.Path), path)})
}

// sideFiles are the texts that name an env file or a label file of a service, or of one of its hooks.
func (l *layer) sideFiles() []*yaml.Node {
	var out []*yaml.Node
	visits := syntax.MaxVisits
	var search func(n *yaml.Node, named bool)
	search = func(n *yaml.Node, named bool) {
		n = syntax.Resolve(n)
		if visits--; n == nil || visits < 0 {
			return
		}
		switch n.Kind {
		case yaml.ScalarNode:
			if named {
				out = append(out, n)
			}
		case yaml.MappingNode:
			for _, e := range syntax.Entries(n, &visits) {
				search(e.Value, named || e.Key.Value == "env_file" || e.Key.Value == "label_file")
			}
		case yaml.SequenceNode:
			for _, c := range n.Content {
				search(c, named)
			}
		}
	}
	search(l.node, false)
	return out
}
