// Package find finds projects: those below a place, those that read a file, and those that a search leaves out on purpose.
package find

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/recognize"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// Found are the projects behind PATH arguments.
type Found struct {
	Projects []compose.Options
	Notes    []string     // what was passed over on purpose and why, one line each
	Blind    []lint.Blind // what could not be read
}

// Projects turns PATH arguments into projects. A file gives the projects that read it, or one of its own; a directory
// gives every project below it, without what .gitignore, node_modules, vendor and exclude leave out. exclude is asked
// with absolute paths; nil leaves nothing out. A path that can't be read is an error.
func Projects(ctx context.Context, base compose.Options, paths []string, exclude func(path string) bool) (Found, error) {
	base.Env = maps.Clone(base.Env)
	delete(base.Env, consts.ComposeFilePath) // the paths say which files
	base.EnvFiles = slices.Clone(base.EnvFiles)
	for i, f := range base.EnvFiles {
		base.EnvFiles[i] = compose.Absolute(base.Dir, f)
	}

	f := newFinder(base, exclude)
	var files []string
	for _, path := range paths {
		path = compose.Absolute(base.Dir, path)
		info, err := os.Stat(path)
		if err != nil {
			return Found{}, fmt.Errorf("cannot read %q: %w", path, safefile.WithoutPath(err))
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
			f.base.Search.Named[path] = true
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
	base       compose.Options
	exclude    func(path string) bool
	seen       map[string]bool
	recognized map[string]recognize.Recognition // by path
	parts      map[string]compose.Lacks         // what the projects of directories lack that are parts of others, see [finder.findParts]
	most       int                              // directory entries to look at, 0: all
	walked     int
	disks      map[string]*disk.View // by directory
}

func newFinder(base compose.Options, exclude func(path string) bool) *finder {
	base.Search = &compose.Search{From: base.StartedIn(), Named: map[string]bool{}}
	return &finder{base: base, exclude: exclude, seen: map[string]bool{}, recognized: map[string]recognize.Recognition{},
		parts: map[string]compose.Lacks{}, disks: map[string]*disk.View{}}
}

// disk reads what decides whether a directory holds a project.
func (f *finder) disk(dir string) *disk.View {
	d, ok := f.disks[dir]
	if !ok {
		d = compose.DiskOf(f.project(dir), dir)
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

// add keeps a project once.
func (f *finder) add(o compose.Options) {
	key := o.Dir + "\x00" + strings.Join(o.Files, "\x00")
	if f.seen[key] {
		return
	}
	f.seen[key] = true
	f.Projects = append(f.Projects, o)
}

// project is the one that Compose finds in a directory or, with files, the one of these.
func (f *finder) project(dir string, files ...string) compose.Options {
	o, search := f.base, *f.base.Search
	search.TestData = f.isTestData(dir)
	o.Dir, o.Files, o.Search = dir, files, &search
	return o
}

// isTestData reports whether a directory below that of the search is named as those for the data of tests are, or is in one.
func (f *finder) isTestData(dir string) bool {
	rel, err := filepath.Rel(f.base.Dir, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return false
	}
	return slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), func(name string) bool {
		return name == "testdata" || name == "fixtures" || name == "__fixtures__"
	})
}

// alone is the project that a file is by itself. It may turn out to be a part of another one.
func (f *finder) alone(file string) compose.Options {
	o := f.project(filepath.Dir(file), file)
	o.Standalone = true
	return o
}

// projectsIn lists the projects of a directory.
func (f *finder) projectsIn(dir string) []compose.Options {
	var names []string
	for _, e := range f.disk(dir).List(dir) {
		if f.isCandidate(dir, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return f.projectsOf(dir, names)
}

// isCandidate reports whether a directory entry may make a project: a .env or an example of one that names Compose files,
// or a file that is called like a Compose file and is not meant for another program. What can't be read may be one.
func (f *finder) isCandidate(dir, name string) bool {
	if name == ".env" || slices.Contains(recognize.ExampleNames(), name) {
		return len(f.namedIn(filepath.Join(dir, name))) > 0
	}
	if !recognize.IsName(name) {
		return false
	}

	r, err := f.recognizeFile(filepath.Join(dir, name))
	if err != nil {
		return !errors.Is(err, safefile.ErrIrregular)
	}
	return r.IsCandidate(name) && !(r.Version1 && f.isOfRancher(dir))
}

// isOfRancher reports whether the files of a directory make a stack of Rancher, which reads them as version 1 to this day.
func (f *finder) isOfRancher(dir string) bool {
	return slices.ContainsFunc([]string{"rancher-compose.yml", "rancher-compose.yaml"}, func(name string) bool {
		return f.disk(dir).IsFile(filepath.Join(dir, name))
	})
}

// recognizeFile says whom a file is for; the error is why it can't be read.
func (f *finder) recognizeFile(path string) (recognize.Recognition, error) {
	if r, ok := f.recognized[path]; ok {
		return r, nil
	}
	text, err := f.disk(filepath.Dir(path)).Read(path)
	if err != nil {
		return recognize.Recognition{}, err
	}
	r := recognize.Recognize(filepath.Base(path), text)
	f.recognized[path] = r
	return r, nil
}

// namedIn lists the files that COMPOSE_FILE in an env file names, if all of them are there.
func (f *finder) namedIn(env string) []string {
	return compose.FilesNamedIn(env, f.base.Overlay, f.disk(filepath.Dir(env)))
}

// projectsOf splits the candidates of a directory into the project that Compose finds there, first, the one that it would
// find with an example taken as .env, and the files that none of them reads.
func (f *finder) projectsOf(dir string, names []string) []compose.Options {
	var out []compose.Options
	taken := compose.DefaultFiles(dir)
	if len(taken) > 0 && !slices.Contains(names, filepath.Base(taken[0])) {
		taken = nil // meant for another program
	}
	if slices.Contains(names, ".env") {
		taken = f.namedIn(filepath.Join(dir, ".env"))
	}

	example := f.namedByExample(dir, names)
	if len(taken) > 0 && (len(example) == 0 || !isWithin(taken, example)) {
		o := f.project(dir)
		o.Search.Lacks = f.parts[dir]
		o.Standalone = len(f.parts[dir].Services) > 0
		out = append(out, o)
	}
	if len(example) > 0 {
		out = append(out, f.project(dir, example...))
		taken = append(taken, example...)
	}

	for _, n := range names {
		if file := filepath.Join(dir, n); recognize.IsName(n) && !recognize.IsDefaultName(n) && !slices.Contains(taken, file) {
			out = append(out, f.alone(file))
		}
	}
	return out
}

// namedByExample lists the files that an example of a .env names, where there is no .env and they are others than those
// that Compose finds without it.
func (f *finder) namedByExample(dir string, names []string) []string {
	if _, err := os.Stat(filepath.Join(dir, ".env")); err == nil {
		return nil
	}

	for _, name := range recognize.ExampleNames() {
		if !slices.Contains(names, name) {
			continue
		}
		files := f.namedIn(filepath.Join(dir, name))
		if slices.Equal(files, compose.DefaultFiles(dir)) {
			return nil
		}
		return files
	}
	return nil
}

// isWithin reports whether all files are among others.
func isWithin(files, others []string) bool {
	return !slices.ContainsFunc(files, func(file string) bool { return !slices.Contains(others, file) })
}

// addTree adds the projects of a directory and of all below it.
func (f *finder) addTree(ctx context.Context, root string) error {
	byDir, err := f.candidatesBelow(ctx, root)
	if err != nil {
		return err
	}

	f.findParts(byDir)
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		for _, o := range f.projectsOf(dir, byDir[dir]) {
			f.add(o)
		}
	}
	return nil
}

// candidatesBelow walks a tree and lists the candidates of each directory.
func (f *finder) candidatesBelow(ctx context.Context, root string) (map[string][]string, error) {
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
			f.Blind = append(f.Blind, lint.Blind{What: path, Why: safefile.WithoutPath(err).Error()})
			return nil
		}
		excluded := f.exclude != nil && path != root && f.exclude(path)
		if excluded || path != root && ignored.leavesOut(path, e) {
			return skip(e)
		}
		if e.IsDir() {
			ignored.enter(path)
			return nil
		}

		dir, name := filepath.Dir(path), e.Name()
		if f.isCandidate(dir, name) {
			byDir[dir] = append(byDir[dir], name)
		} else if f.recognized[path].Purpose == recognize.TemplateFile {
			f.note(path, "a template, not checked")
		}
		return nil
	})
	return byDir, err
}

func skip(e fs.DirEntry) error {
	if e.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// WithoutParts drops the projects that Find found and whose Compose file another project reads: an overlay of
// COMPOSE_FILE, or a file that is included or extended. Files that read each other stay.
func WithoutParts(loaded []compose.Loaded) []compose.Loaded {
	readers := map[string][]compose.Loaded{}
	for _, l := range loaded {
		for path := range l.Sources {
			readers[path] = append(readers[path], l)
		}
	}
	return slices.DeleteFunc(slices.Clone(loaded), func(l compose.Loaded) bool {
		main := l.Project.Files[0]
		return l.Found && slices.ContainsFunc(readers[main], func(o compose.Loaded) bool {
			_, mutual := l.Sources[o.Project.Files[0]]
			return !mutual
		})
	})
}
