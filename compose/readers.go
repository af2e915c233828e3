package compose

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
)

// FindBelow finds the projects of a directory and of all below it as [Find] does, each read by itself: of base only the
// environment and Static count. It looks at so many directory entries at most; all reports whether that was enough.
// What can't be read is passed over.
func FindBelow(ctx context.Context, base Options, root string, most int) (projects []Options, all bool, err error) {
	base = Options{Dir: root, Env: maps.Clone(base.Env), Static: base.Static, Confined: base.Confined}
	delete(base.Env, consts.ComposeFilePath)
	delete(base.Env, "COMPOSE_ENV_FILES")
	f := newFinder(base, nil)
	f.most = most
	err = f.addTree(ctx, root)
	return f.Projects, f.walked <= most, err
}

// Readers keeps the projects that may read one of the files, or would find it beside what they read; known projects are
// left out.
func Readers(projects []Options, files map[string]bool, known []Loaded) []Options {
	n := newNeedle(files)
	have := map[string]bool{}
	for _, l := range known {
		have[realPaths(l.Project.Files)] = true
	}
	return slices.DeleteFunc(slices.Clone(projects), func(o Options) bool {
		r, ok := n.in(o)
		return !ok || have[realPaths(r.project.Files)]
	})
}

// realPaths tells lists of files apart.
func realPaths(files []string) string {
	var out []string
	for _, file := range files {
		out = append(out, RealPath(file))
	}
	return strings.Join(out, "\x00")
}

// RealPath is a path without links, or the path itself, cleaned, where nothing is.
func RealPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
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

// needle are files that projects may read, by whatever link.
type needle struct {
	files, dirs, names map[string]bool
}

func newNeedle(files map[string]bool) needle {
	n := needle{files: map[string]bool{}, dirs: map[string]bool{}, names: map[string]bool{}}
	for file := range files {
		file = filepath.Join(RealPath(filepath.Dir(file)), filepath.Base(file))
		n.files[file] = true
		n.dirs[filepath.Dir(file)], n.names[filepath.Base(file)] = true, true
	}
	return n
}

// in walks the files of a project, unless a look at the first ones shows that they lead nowhere.
func (n needle) in(o Options) (*reader, bool) {
	if !n.dirs[RealPath(o.Dir)] && !n.mayLead(o) {
		return nil, false
	}
	r, err := newReader(o)
	if err != nil {
		return nil, false // Compose has nothing there that could change
	}
	return r, n.meets(r.dir) || slices.ContainsFunc(r.order, func(path string) bool {
		return n.files[RealPath(path)] || n.meets(filepath.Dir(path)) || n.named(r.walker.files[path].text)
	})
}

// mayLead reports whether the files of a project name others.
func (n needle) mayLead(o Options) bool {
	in, err := discover(o)
	return err == nil && (n.meets(in.dir) || slices.ContainsFunc(in.files, func(path string) bool {
		text, err := in.disk.read(path)
		return err == nil && (n.files[RealPath(path)] || n.meets(filepath.Dir(path)) || bytes.Contains(text, []byte("include")) ||
			bytes.Contains(text, []byte("extends")) || n.named(text))
	}))
}

// meets reports whether a directory has one of the files, or has a .env that is a link to one.
func (n needle) meets(dir string) bool {
	return n.dirs[RealPath(dir)] || n.files[RealPath(filepath.Join(dir, ".env"))]
}

func (n needle) named(text []byte) bool {
	for name := range n.names {
		if bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	return false
}
