package compose

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
	"go.yaml.in/yaml/v4"
)

// disk reads the files that belong to a project or lie beside it. Somebody else may have written them: only regular files
// of bounded size are read, of a project that is confined only those of its repository, and an overlay in place of the
// disk's. It serves one goroutine.
type disk struct {
	overlay overlay
	roots   []string        // nothing outside of them is read; none for no bound
	home    []string        // what lies outside of them is read and not shown
	named   map[string]bool // files that the command line names, which may lie anywhere
	within  map[string]bool // whether a directory lies inside, once known
	outside map[string]bool // links that lead out
}

// newDisk gives a project its disk. dir is the project's directory as far as the command line tells.
func newDisk(o Options, dir string) *disk {
	d := &disk{overlay: o.Overlay, named: maps.Clone(o.asked), within: map[string]bool{}, outside: map[string]bool{}}
	if d.named == nil {
		d.named = map[string]bool{}
	}
	named := slices.Clone(o.EnvFiles)
	if !o.found {
		named = append(named, o.Files...)
	}
	for _, file := range named {
		d.named[absolute(o.Dir, file)] = true
	}
	d.home = d.rootsOf(o, dir)
	if o.Confined {
		d.roots = d.home
	}
	if len(d.home) == 0 {
		d.home = []string{dir, o.Dir, cmp.Or(o.from, o.Dir)}
	}
	return d
}

// rootsOf are the repository in which the command runs, or that of a project elsewhere, and the directories outside of it
// that the command line names.
func (d *disk) rootsOf(o Options, dir string) []string {
	from := o.Dir
	if o.from != "" {
		from = o.from
	}
	root := Repository(from)
	if root == "" || !safefile.Inside(root, dir) {
		root = Repository(dir)
	}
	if root == "" {
		return nil
	}

	roots := []string{root}
	for file := range d.named {
		if filepath.IsAbs(file) && !below(root, file) {
			roots = append(roots, filepath.Dir(file))
		}
	}
	if o.ProjectDir != "" {
		roots = append(roots, absolute(o.Dir, o.ProjectDir))
	}
	return roots
}

// below reports whether a path stands in or below a directory, by its letters.
func below(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// errOutside says why a confined project does not read a file.
var errOutside = errors.New("it lies outside of the repository, where --static reads nothing")

// admits reports whether a file may be read.
func (d *disk) admits(path string) bool {
	if len(d.roots) == 0 || d.named[path] {
		return true
	}
	return d.inside(path)
}

// shown reports whether messages may repeat what a file says: it lies in the repository, without one in the directory of the
// project or of the command, or the command line names it there where it is.
func (d *disk) shown(path string) bool {
	if path == stdin {
		return true
	}
	if d.named[path] && !slices.ContainsFunc(d.home, func(root string) bool { return below(root, path) }) {
		return true
	}
	return d.inside(path)
}

// inside reports whether a file lies at home, links resolved. A link that leads away is remembered.
func (d *disk) inside(path string) bool {
	dir := filepath.Dir(path)
	in, known := d.within[dir]
	if !known {
		in = slices.ContainsFunc(d.home, func(root string) bool { return safefile.Inside(root, dir) })
		d.within[dir] = in
	}
	if !in {
		return false
	}

	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		return true
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return true // it leads to nothing, as .env does before somebody makes the file
	}
	in = slices.ContainsFunc(d.home, func(root string) bool { return safefile.Inside(root, path) })
	if !in {
		d.outside[path] = true
	}
	return in
}

// read reads a regular file of bounded size, or its overlay. A file that the command line names may be a pipe that this
// process was given, as in `-f <(generate)`.
func (d *disk) read(path string) ([]byte, error) { return d.readUpTo(path, MaxFile) }

func (d *disk) readUpTo(path string, limit int64) ([]byte, error) {
	if text, ok := d.overlay[path]; ok {
		return text, nil
	}
	if !d.admits(path) {
		return nil, fmt.Errorf("cannot read %q: %w", path, errOutside)
	}
	if d.named[path] && isInherited(path) {
		return readPipe(path)
	}
	text, err := safefile.Read(path, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	return text, nil
}

// look says what stands in the way of reading a file that compose-go would read by itself, nil for one that is not there.
func (d *disk) look(path string) error {
	if _, ok := d.overlay[path]; ok {
		return nil
	}
	if !d.admits(path) {
		return fmt.Errorf("cannot read %q: %w", path, errOutside)
	}
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return nil //nolint:nilerr // compose-go says so itself
	}
	f, err := safefile.Open(path)
	if err == nil {
		f.Close()
		if info.Size() > MaxFile {
			err = safefile.TooLargeError{Limit: MaxFile}
		}
	}
	if isRefused(err) {
		return fmt.Errorf("cannot read %q: %w", path, err)
	}
	return nil
}

// isRefused reports whether an error is about a file that compose-go would read all the same, wait for, or let grow.
func isRefused(err error) bool {
	var large safefile.TooLargeError
	return errors.Is(err, safefile.ErrIrregular) || errors.As(err, &large) || isGrowth(err)
}

// isFile reports whether something other than a directory is there, and may be looked at.
func (d *disk) isFile(path string) bool {
	if _, ok := d.overlay[path]; ok {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// most is how many entries of one directory are looked at.
const most = 10_000

// list are the entries of a directory, none when it can't be read or may not be.
func (d *disk) list(dir string) []fs.DirEntry {
	if !d.admits(dir) {
		return nil
	}
	entries, err := safefile.List(dir, most)
	if err != nil {
		return nil
	}
	return entries
}

// readEnv is dotenv.GetEnvFromFile on this disk: a later file sees what earlier ones set, and current before both.
// Source: compose-go dotenv/env.go.
// The values of all files together grow up to a bound.
func (d *disk) readEnv(current map[string]string, files []string) (map[string]string, error) {
	vars, left := map[string]string{}, growth{maxEnvValues}
	for _, file := range files {
		text, err := d.read(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return vars, fmt.Errorf("couldn't find env file: %s", file)
		case err != nil:
			return vars, err
		}
		if err := parseEnv(file, text, current, vars, &left); err != nil {
			return vars, err
		}
	}
	return vars, nil
}

// unread names what a confined project did not read because a link leads out of the repository, as seen from a directory.
// said are files that are blind spots already.
func (d *disk) unread(dir string, said []string) []lint.Blind {
	if len(d.roots) == 0 {
		return nil
	}
	var out []lint.Blind
	for _, path := range slices.Sorted(maps.Keys(d.outside)) {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) && !slices.Contains(said, path) {
			out = append(out, lint.Blind{What: filepath.ToSlash(rel), Why: errOutside.Error()})
		}
	}
	return out
}

// lookAtEnvFiles looks at the files that compose-go would read for the environment and the labels of services.
func (r *reader) lookAtEnvFiles() {
	if r.Static { // it reads none of them
		return
	}
	left := growth{maxEnvValues}
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		vars := map[string]string{}
		for _, l := range r.found[name].layers {
			for _, n := range l.sideFiles() {
				for _, path := range r.pathsOf(l, text(l.env, n)) {
					err := r.disk.look(path)
					if err == nil {
						err = r.tryEnv(path, l.env, vars, &left)
					}
					if err != nil {
						r.missing = append(r.missing, missing{path: path, span: l.file.span(n), err: err})
					}
				}
			}
		}
	}
}

// tryEnv reads an env file as compose-go will, and returns why it can't be left to that. vars are those of the service.
func (r *reader) tryEnv(path string, env *environ, vars map[string]string, left *growth) error {
	text, err := r.disk.read(path)
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
func (r *reader) pathsOf(l *layer, path string) []string {
	if path == "" {
		return nil
	}
	return slices.Compact([]string{absolute(r.dir, path), absolute(filepath.Dir(l.file.path), path)})
}

// sideFiles are the texts that name an env file or a label file of a service, or of one of its hooks.
func (l *layer) sideFiles() []*yaml.Node {
	var out []*yaml.Node
	visits := maxVisits
	var search func(n *yaml.Node, named bool)
	search = func(n *yaml.Node, named bool) {
		n = resolve(n)
		if visits--; n == nil || visits < 0 {
			return
		}
		switch n.Kind {
		case yaml.ScalarNode:
			if named {
				out = append(out, n)
			}
		case yaml.MappingNode:
			for _, e := range entries(n, &visits) {
				search(e.value, named || e.key.Value == "env_file" || e.key.Value == "label_file")
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
