package compose

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
)

// addFiles adds every project that reads one of the files, from its directory up to the repository's root, and below that.
func (f *finder) addFiles(ctx context.Context, files []string) error {
	readers := map[string][]Options{}
	within := byRepository(files)
	for _, root := range slices.Sorted(maps.Keys(within)) {
		found, err := f.readersOf(ctx, root, within[root], searched)
		if err != nil {
			return err
		}
		maps.Copy(readers, found)
	}
	for _, file := range files {
		f.addFile(file, readers[file])
	}
	return nil
}

// addFile adds the projects that are known to read a file, and those above it that do. A file that none reads is a project by
// itself.
func (f *finder) addFile(path string, readers []Options) {
	owned := false
	for _, o := range readers {
		if !o.Standalone {
			f.add(o.Dir, "")
			owned = true
		} else if o.Files[0] != path {
			f.add(o.Dir, o.Files[0])
			owned = true
		}
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		for _, file := range f.candidatesIn(dir) {
			if file != path && f.reads(dir, file, path) {
				f.add(dir, file)
				owned = true
			}
		}
		if dir == filepath.Dir(dir) || dir == f.base.Dir || isRepository(dir) {
			break
		}
	}
	switch {
	case owned:
	case envName.MatchString(filepath.Base(path)):
		f.note(path, "no Compose project reads it")
	default:
		f.add(filepath.Dir(path), path)
	}
}

// envName is what people call an env file, which is no project by itself.
var envName = regexp.MustCompile(`^\.?env(\W.*)?$|\.env(\..*)?$`)

// searched is how many directory entries of a repository are looked at for the projects that read a file.
const searched = 20_000

// readersOf finds, for files of one repository, the projects of it that read each of them, wherever they are among so many
// directory entries.
func (f *finder) readersOf(ctx context.Context, root string, files map[string]bool, most int) (map[string][]Options, error) {
	all := newFinder(f.base, f.exclude)
	all.most = most
	if err := all.addTree(ctx, root); err != nil {
		return nil, err
	}
	if all.walked > most {
		f.note(root, fmt.Sprintf("only its first %d entries were searched for projects that read the named files", most))
	}
	n, readers := newNeedle(files), map[string][]Options{}
	for _, o := range all.Projects {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !n.mayLead(o) {
			continue
		}
		if r, err := newReader(o); err == nil {
			for file := range r.files() {
				readers[file] = append(readers[file], o)
			}
		}
	}
	return readers, nil
}

// byRepository are the files of each repository, by its root; those of none are left out.
func byRepository(files []string) map[string]map[string]bool {
	roots := map[string]map[string]bool{}
	for _, file := range files {
		root := Repository(filepath.Dir(file))
		if root == "" {
			continue
		}
		if roots[root] == nil {
			roots[root] = map[string]bool{}
		}
		roots[root][file] = true
	}
	return roots
}

// reads reports whether a project is made of a file.
func (f *finder) reads(dir, file, path string) bool {
	r, err := newReader(f.project(dir, file))
	return err == nil && r.files()[path]
}

// files are what a project is made of: Compose files, by include and extends too, env files, and examples of those.
func (r *reader) files() map[string]bool {
	all := maps.Clone(r.env.files)
	for path := range r.walker.files {
		all[path] = true
	}
	for _, path := range r.env.examples.file {
		all[path] = true
	}
	return all
}
