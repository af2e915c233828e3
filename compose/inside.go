package compose

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// insides knows which files of the host a container of the project works with.
type insides struct {
	paths       map[string]bool // mounted files and directories, and build contexts, without the project's own directory
	dockerfiles [][]byte        // beside the project
}

func (r *reader) insides() insides {
	in := insides{paths: map[string]bool{}}
	for _, s := range r.found {
		for _, l := range s.layers {
			for _, path := range slices.Concat(l.binds(), l.contexts()) {
				in.add(absolute(r.dir, path), absolute(filepath.Dir(l.file.path), path))
			}
		}
	}
	for _, path := range r.order {
		f := r.walker.files[path]
		for _, source := range f.shared(r.env) {
			in.add(absolute(r.dir, source), absolute(filepath.Dir(path), source))
		}
	}
	delete(in.paths, r.dir)
	in.dockerfiles = r.dockerfilesIn(r.dir, r.disk.list(r.dir))
	return in
}

func (in insides) add(paths ...string) {
	for _, path := range paths {
		in.paths[filepath.Clean(path)] = true
	}
}

// has reports whether a container may work with a file: it is mounted, built into an image by one of the Dockerfiles beside
// the project or beside the file, or called an entry point.
func (in insides) has(path string, beside [][]byte) bool {
	name := filepath.Base(path)
	named := func(text []byte) bool { return bytes.Contains(text, []byte(name)) }
	return in.paths[path] || in.paths[filepath.Dir(path)] || strings.Contains(strings.ToLower(name), "entrypoint") ||
		slices.ContainsFunc(in.dockerfiles, named) || slices.ContainsFunc(beside, named)
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

// shared are the files of the top-level configs and secrets.
func (f *file) shared(env *environ) []string {
	var out []string
	visits := maxVisits
	for _, doc := range f.docs {
		for _, section := range []string{"configs", "secrets"} {
			for _, e := range entries(get(entries(doc.root, &visits), section), &visits) {
				out = append(out, values(env, []*yaml.Node{e.value}, "file")...)
			}
		}
	}
	return out
}

// values are the texts under a key of those nodes that have it.
func values(env *environ, nodes []*yaml.Node, key string) []string {
	var out []string
	visits := maxVisits
	for _, n := range nodes {
		if s := text(env, get(entries(n, &visits), key)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

var dockerfile = regexp.MustCompile(`(?i)^(?:docker|container)file|\.dockerfile$`)

// dockerfilesIn are the texts of those among the entries of a directory.
func (r *reader) dockerfilesIn(dir string, entries []fs.DirEntry) [][]byte {
	var out [][]byte
	for _, e := range entries {
		if dockerfile.MatchString(e.Name()) {
			if text := r.besideText(filepath.Join(dir, e.Name())); text != nil {
				out = append(out, text)
			}
		}
	}
	return out
}
