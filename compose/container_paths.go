package compose

import (
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
			for _, e := range syntax.Entries(syntax.Get(syntax.Entries(doc.Root, &visits), section), &visits) {
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
		if s := text(env, syntax.Get(syntax.Entries(n, &visits), key)); s != "" {
			out = append(out, s)
		}
	}
	return out
}
