package compose

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/consts"
)

// Found are the projects behind PATH arguments.
type Found struct {
	Projects []Options
	Notes    []string // what was passed over and why, one line each
}

// composeName is what people call a Compose file. One with another name is found when it is named.
var composeName = regexp.MustCompile(`^(docker-)?compose.*\.ya?ml$`)

// Find turns PATH arguments into projects. A file gives the projects that read it, or one of its own; a directory
// gives every project below it, without what .gitignore, node_modules, vendor and exclude leave out. exclude is asked
// with absolute paths; nil leaves nothing out. A path that can't be read is an error.
func Find(ctx context.Context, base Options, paths []string, exclude func(path string) bool) (Found, error) {
	base.Env = maps.Clone(base.Env)
	delete(base.Env, consts.ComposeFilePath) // the paths say which files
	base.EnvFiles = slices.Clone(base.EnvFiles)
	for i, f := range base.EnvFiles {
		base.EnvFiles[i] = absolute(base.Dir, f)
	}
	f := &finder{base: base, exclude: exclude, seen: map[string]bool{}}
	for _, path := range paths {
		path = absolute(base.Dir, path)
		info, err := os.Stat(path)
		if err != nil {
			return Found{}, fmt.Errorf("cannot read %q: %w", path, pathless(err))
		}
		if !info.IsDir() {
			f.addFile(path)
			continue
		}
		if err := f.addTree(ctx, filepath.Clean(path)); err != nil {
			return Found{}, err
		}
	}
	return f.Found, nil
}

type finder struct {
	Found
	base    Options
	exclude func(path string) bool
	seen    map[string]bool
}

// add keeps a project once: the one that Compose finds in dir, or the one that a file is by itself.
func (f *finder) add(dir, file string) {
	key := dir + "\x00" + file
	if f.seen[key] {
		return
	}
	f.seen[key] = true
	f.Projects = append(f.Projects, f.project(dir, file))
}

func (f *finder) project(dir, file string) Options {
	o := f.base
	o.Dir, o.found = dir, true
	if file != "" {
		o.Files, o.Standalone = []string{file}, true
	}
	return o
}

// addFile adds every project, from the file's directory up to the repository's root, that reads the file. A file that
// none reads is a project by itself.
func (f *finder) addFile(path string) {
	owned := false
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		for _, file := range candidatesIn(dir) {
			if file != path && f.reads(dir, file, path) {
				f.add(dir, file)
				owned = true
			}
		}
		if dir == filepath.Dir(dir) || dir == f.base.Dir || isRepository(dir) {
			break
		}
	}
	if !owned {
		f.add(filepath.Dir(path), path)
	}
}

// candidatesIn lists the projects of a directory: "" for the one that Compose finds there, else a file by itself.
func candidatesIn(dir string) []string {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range files {
		if composeName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return projectsOf(dir, names)
}

// projectsOf splits the Compose files of a directory into the project that Compose finds, first, and the others.
func projectsOf(dir string, names []string) []string {
	var out []string
	if slices.ContainsFunc(names, func(n string) bool { return slices.Contains(cli.DefaultFileNames, n) }) {
		out = append(out, "")
	}
	taken := defaultFiles(dir)
	for _, n := range names {
		if file := filepath.Join(dir, n); !slices.Contains(taken, file) && !slices.Contains(cli.DefaultFileNames, n) {
			out = append(out, file)
		}
	}
	return out
}

// reads reports whether a project is made of a file: as a Compose file, by include or extends, or as its .env.
func (f *finder) reads(dir, file, path string) bool {
	r, err := newReader(f.project(dir, file))
	if err != nil {
		return false
	}
	if _, ok := r.walker.files[path]; ok {
		return true
	}
	for _, o := range r.env.origin {
		if o.File == path {
			return true
		}
	}
	return slices.Contains(slices.Collect(maps.Values(r.env.examples.file)), path)
}

func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}

// addTree adds the projects of a directory and of all below it.
func (f *finder) addTree(ctx context.Context, root string) error {
	ignored := newIgnored(root)
	byDir := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			f.Notes = append(f.Notes, fmt.Sprintf("%s: not read: %v", path, pathless(err)))
			return nil
		}
		if path != root && (ignored.match(path, e.IsDir()) || f.exclude != nil && f.exclude(path)) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if e.IsDir() {
			ignored.enter(path)
		} else if composeName.MatchString(e.Name()) {
			byDir[filepath.Dir(path)] = append(byDir[filepath.Dir(path)], e.Name())
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		for _, file := range projectsOf(dir, byDir[dir]) {
			f.add(dir, file)
		}
	}
	return nil
}

// WithoutParts drops the projects that Find found and whose Compose file another project reads: an overlay of
// COMPOSE_FILE, or a file that is included or extended. Files that read each other stay.
func WithoutParts(loaded []Loaded) []Loaded {
	readers := map[string][]Loaded{}
	for _, l := range loaded {
		for path := range l.Sources {
			readers[path] = append(readers[path], l)
		}
	}
	return slices.DeleteFunc(slices.Clone(loaded), func(l Loaded) bool {
		main := l.Project.Files[0]
		return l.found && slices.ContainsFunc(readers[main], func(o Loaded) bool {
			_, mutual := l.Sources[o.Project.Files[0]]
			return !mutual
		})
	})
}
