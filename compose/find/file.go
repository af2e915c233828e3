package find

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/recognize"
)

// addFiles adds every project that reads one of the files, from its directory up to the repository's root, and below that.
func (f *finder) addFiles(ctx context.Context, files []string) error {
	readers := map[string][]compose.Options{}
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
// itself, unless it is meant for another program.
func (f *finder) addFile(path string, readers []compose.Options) {
	owned := false
	for _, o := range readers {
		if !isAlone(o, path) {
			f.add(o)
			owned = true
		}
	}

	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		for _, o := range f.projectsIn(dir) {
			if !isAlone(o, path) && reads(o, path) {
				f.add(o)
				owned = true
			}
		}
		if dir == filepath.Dir(dir) || dir == f.base.Dir || isRepository(dir) {
			break
		}
	}

	switch name := filepath.Base(path); {
	case owned:
	case recognize.IsEnvName(name):
		f.note(path, "no Compose project reads it")
	default:
		f.addAlone(path)
	}
}

// addAlone adds the project that a named file is by itself.
func (f *finder) addAlone(path string) {
	r, err := f.recognizeFile(path)
	switch {
	case err != nil: // it is said where the project is read
	case r.Purpose == recognize.Foreign || r.Version1 && f.isOfRancher(filepath.Dir(path)):
		f.note(path, "not a Compose file")
		return
	case r.Purpose == recognize.TemplateFile:
		f.note(path, "a template, not checked")
		return
	case r.Purpose == recognize.EmptyFile && !recognize.IsDefaultName(filepath.Base(path)):
		f.note(path, "no services in it, and no Compose project reads it")
		return
	}
	f.add(f.alone(path))
}

// isAlone reports whether a project is the one that a file is by itself.
func isAlone(o compose.Options, path string) bool {
	return o.Standalone && len(o.Files) == 1 && o.Files[0] == path
}

// searched is how many directory entries of a repository are looked at for the projects that read a file.
const searched = 20_000

// readersOf finds, for files of one repository, the projects of it that read each of them, wherever they are among so many
// directory entries.
func (f *finder) readersOf(ctx context.Context, root string, files map[string]bool, most int) (map[string][]compose.Options, error) {
	all := newFinder(f.base, f.exclude)
	all.most = most
	if err := all.addTree(ctx, root); err != nil {
		return nil, err
	}

	maps.Copy(f.recognized, all.recognized)
	maps.Copy(f.parts, all.parts)
	if all.walked > most {
		f.note(root, fmt.Sprintf("only its first %d entries were searched for projects that read the named files", most))
	}

	wanted, readers := newFileSet(files), map[string][]compose.Options{}
	for _, o := range all.Projects {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !wanted.mayLead(o) {
			continue
		}
		if w, err := compose.Walk(o); err == nil {
			for file := range w.Read {
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
		root := compose.Repository(filepath.Dir(file))
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
func reads(o compose.Options, path string) bool {
	w, err := compose.Walk(o)
	return err == nil && w.Read[path]
}
