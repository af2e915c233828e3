package compose

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// Found are the projects behind PATH arguments.
type Found struct {
	Projects []Options
	Notes    []string     // what was passed over on purpose and why, one line each
	Blind    []lint.Blind // what could not be read
}

// composeName is what people call a Compose file. One with another name is found when it is named.
var composeName = regexp.MustCompile(`^(?:.*[-_.])?(?i:(?:docker[-_]?)?compose)(?:[-_.].*)?\.(?i:ya?ml)$`)

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
	f := newFinder(base, exclude)
	var files []string
	for _, path := range paths {
		path = absolute(base.Dir, path)
		info, err := os.Stat(path)
		if err != nil {
			return Found{}, fmt.Errorf("cannot read %q: %w", path, pathless(err))
		}
		switch {
		case info.IsDir():
		case !info.Mode().IsRegular():
			return Found{}, fmt.Errorf("cannot read %q: %w", path, safefile.ErrIrregular)
		case exclude != nil && exclude(path):
			f.note(path, "left out by `exclude`")
			continue
		default:
			files = append(files, path)
			f.base.asked[path] = true
			continue
		}
		if err := f.addTree(ctx, filepath.Clean(path)); err != nil {
			return Found{}, err
		}
	}
	if err := f.addFiles(ctx, files); err != nil {
		return Found{}, err
	}
	return f.Found, nil
}

type finder struct {
	Found
	base    Options
	exclude func(path string) bool
	seen    map[string]bool
	most    int // directory entries to look at, 0: all
	walked  int
	disks   map[string]*disk // by directory
}

func newFinder(base Options, exclude func(path string) bool) *finder {
	base.from, base.asked = cmp.Or(base.from, base.Dir), map[string]bool{}
	return &finder{base: base, exclude: exclude, seen: map[string]bool{}, disks: map[string]*disk{}}
}

// disk reads what decides whether a directory holds a project.
func (f *finder) disk(dir string) *disk {
	d, ok := f.disks[dir]
	if !ok {
		d = newDisk(f.project(dir, ""), dir)
		f.disks[dir] = d
	}
	return d
}

// note keeps a line about a path, as seen from the directory of the search where it is below that.
func (f *finder) note(path, what string) {
	if rel, err := filepath.Rel(f.base.Dir, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	f.Notes = append(f.Notes, path+": "+what)
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

// candidatesIn lists the projects of a directory: "" for the one that Compose finds there, else a file by itself.
func (f *finder) candidatesIn(dir string) []string {
	d := f.disk(dir)
	var names []string
	for _, e := range d.list(dir) {
		if isCandidate(d, dir, e) {
			names = append(names, e.Name())
		}
	}
	return projectsOf(d, dir, names)
}

// isCandidate reports whether a directory entry may make a project: a .env that names Compose files, a file that
// Compose finds by itself, or one that is called like a Compose file and looks like one.
func isCandidate(d *disk, dir string, e fs.DirEntry) bool {
	if e.Name() == ".env" {
		return len(envProject(d, dir)) > 0
	}
	if !composeName.MatchString(e.Name()) {
		return false
	}
	text, err := d.read(filepath.Join(dir, e.Name()))
	if err != nil || slices.Contains(cli.DefaultFileNames, e.Name()) {
		return !errors.Is(err, safefile.ErrIrregular)
	}
	return slices.ContainsFunc([]string{"services", "include", "image"}, func(key string) bool {
		return bytes.Contains(text, []byte(key+":"))
	})
}

// envProject lists the files that COMPOSE_FILE in the .env of a directory names.
func envProject(d *disk, dir string) []string {
	env := filepath.Join(dir, ".env")
	text, err := d.read(env)
	if err != nil || !bytes.Contains(text, []byte(consts.ComposeFilePath)) {
		return nil
	}
	in := inputs{disk: d, env: newEnviron(Options{Dir: dir}, d)}
	if in.env.addFiles([]string{env}) != nil {
		return nil
	}
	list, ok := in.env.fromVars(consts.ComposeFilePath)
	if !ok || in.fromComposeFile(Options{Dir: dir}, list) != nil {
		return nil
	}
	return in.files
}

// projectsOf splits the Compose files of a directory into the project that Compose finds, first, and the others.
func projectsOf(d *disk, dir string, names []string) []string {
	var out []string
	taken := defaultFiles(dir)
	if slices.Contains(names, ".env") {
		taken = envProject(d, dir)
	}
	if len(taken) > 0 {
		out = append(out, "")
	}
	for _, n := range names {
		if file := filepath.Join(dir, n); n != ".env" && !slices.Contains(taken, file) && !slices.Contains(cli.DefaultFileNames, n) {
			out = append(out, file)
		}
	}
	return out
}

func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}

// addTree adds the projects of a directory and of all below it.
func (f *finder) addTree(ctx context.Context, root string) error {
	ignored := newIgnored(root)
	byDir := map[string][]string{}
	start := root + string(filepath.Separator) // follows a link
	err := filepath.WalkDir(start, func(path string, e fs.DirEntry, err error) error {
		path = filepath.Clean(path)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if f.walked++; f.most > 0 && f.walked > f.most {
			return fs.SkipAll
		}
		if err != nil {
			f.Blind = append(f.Blind, lint.Blind{What: path, Why: pathless(err).Error()})
			return nil
		}
		if path != root && (ignored.match(path, e.IsDir()) || f.exclude != nil && f.exclude(path)) {
			return skip(e)
		}
		if e.IsDir() {
			ignored.enter(path)
		} else if dir := filepath.Dir(path); isCandidate(f.disk(dir), dir, e) {
			byDir[dir] = append(byDir[dir], e.Name())
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		for _, file := range projectsOf(f.disk(dir), dir, byDir[dir]) {
			f.add(dir, file)
		}
	}
	return nil
}

func skip(e fs.DirEntry) error {
	if e.IsDir() {
		return fs.SkipDir
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
