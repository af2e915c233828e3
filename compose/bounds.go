package compose

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/lint/safefile"
)

// DiskOf gives a project its disk. dir is the project's directory by the command line.
func DiskOf(o Options, dir string) *disk.View {
	b := disk.Bounds{Overlay: o.Overlay, Named: o.namedFiles()}
	b.Home = o.rootsOf(dir, b.Named)
	if o.Confined {
		b.Roots = b.Home
	}
	if len(b.Home) == 0 {
		b.Home = []string{dir, o.Dir, o.StartedIn()}
	}
	return disk.New(b)
}

// namedFiles are the files that the command line names.
func (o Options) namedFiles() map[string]bool {
	all := map[string]bool{}
	files := slices.Clone(o.EnvFiles)
	if o.Search == nil {
		files = append(files, o.Files...)
	} else {
		maps.Copy(all, o.Search.Named)
	}

	for _, file := range files {
		all[Absolute(o.Dir, file)] = true
	}
	return all
}

// StartedIn is where the command runs.
func (o Options) StartedIn() string {
	if o.Search == nil {
		return o.Dir
	}
	return cmp.Or(o.Search.From, o.Dir)
}

// rootsOf are the repository in which the command runs, or that of a project elsewhere, and the directories outside of it
// that the command line names.
func (o Options) rootsOf(dir string, named map[string]bool) []string {
	root := Repository(o.StartedIn())
	if root == "" || !safefile.Inside(root, dir) {
		root = Repository(dir)
	}
	if root == "" {
		return nil
	}

	roots := []string{root}
	for file := range named {
		if filepath.IsAbs(file) && !disk.Below(root, file) {
			roots = append(roots, filepath.Dir(file))
		}
	}
	if o.ProjectDir != "" {
		roots = append(roots, Absolute(o.Dir, o.ProjectDir))
	}
	return roots
}

// Repository is the nearest directory above, or the directory itself, that Git keeps; "" when there is none.
func Repository(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// RealPath is a path without links, or the path itself, cleaned, where nothing is.
func RealPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}
