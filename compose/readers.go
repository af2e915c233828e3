package compose

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/consts"
)

// FindBelow finds the projects of a directory and of all below it as [Find] does, each read by itself: of base only the
// environment and Static count. It looks at so many directory entries at most; all reports whether that was enough.
// What can't be read is passed over.
func FindBelow(ctx context.Context, base Options, root string, most int) (projects []Options, all bool, err error) {
	base = Options{Dir: root, Env: maps.Clone(base.Env), Static: base.Static}
	delete(base.Env, consts.ComposeFilePath)
	delete(base.Env, "COMPOSE_ENV_FILES")
	f := &finder{base: base, seen: map[string]bool{}, most: most}
	err = f.addTree(ctx, root)
	return f.Projects, f.walked <= most, err
}

// Readers keeps the projects that may read one of the files, or would find it beside what they read; known projects are
// left out.
func Readers(projects []Options, files map[string]bool, known []Loaded) []Options {
	n := newNeedle(files)
	return slices.DeleteFunc(slices.Clone(projects), func(o Options) bool {
		r, ok := n.in(o)
		return !ok || slices.ContainsFunc(known, func(l Loaded) bool {
			return l.Project.Dir == r.project.Dir && slices.Equal(l.Project.Files, r.project.Files)
		})
	})
}

// needle are files that projects may read.
type needle struct {
	files, dirs, names map[string]bool
}

func newNeedle(files map[string]bool) needle {
	n := needle{files: files, dirs: map[string]bool{}, names: map[string]bool{}}
	for file := range files {
		n.dirs[filepath.Dir(file)], n.names[filepath.Base(file)] = true, true
	}
	return n
}

// in walks the files of a project, unless a look at the first ones shows that they lead nowhere.
func (n needle) in(o Options) (*reader, bool) {
	if !n.dirs[o.Dir] && !n.mayLead(o) {
		return nil, false
	}
	r, err := newReader(o)
	if err != nil {
		return nil, false // Compose has nothing there that could change
	}
	return r, n.dirs[r.dir] || slices.ContainsFunc(r.order, func(path string) bool {
		return n.files[path] || n.dirs[filepath.Dir(path)] || n.named(r.walker.files[path].text)
	})
}

// mayLead reports whether the files of a project name others.
func (n needle) mayLead(o Options) bool {
	in, err := discover(o)
	return err == nil && slices.ContainsFunc(in.files, func(path string) bool {
		text, err := readFile(path, nil, false)
		return err == nil && (n.files[path] || n.dirs[filepath.Dir(path)] || bytes.Contains(text, []byte("include")) ||
			bytes.Contains(text, []byte("extends")) || n.named(text))
	})
}

func (n needle) named(text []byte) bool {
	for name := range n.names {
		if bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	return false
}
