package compose

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose/syntax"
	"go.yaml.in/yaml/v4"
)

// lookAtEnvFiles looks at the files that compose-go would read for the environment and the labels of services.
func (t *fileTree) lookAtEnvFiles() {
	if t.Static { // it reads none of them
		return
	}

	left := growth{maxEnvValues}
	for _, name := range slices.Sorted(maps.Keys(t.found)) {
		vars := map[string]string{}
		for _, l := range t.found[name].layers {
			for _, n := range l.sideFiles() {
				for _, path := range t.pathsOf(l, text(l.env, n)) {
					err := t.disk.Check(path)
					if err == nil {
						err = t.tryEnv(path, l.env, vars, &left)
					}
					if err != nil {
						t.missing = append(t.missing, missing{path: path, span: l.file.Span(n), err: err})
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
