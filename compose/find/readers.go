package find

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/portlint/portlint/compose"
)

// Below finds the projects of a directory and of all below it as [Find] does, each read by itself: of base only the
// environment and Static count. It looks at so many directory entries at most; all reports whether that was enough.
// What can't be read is passed over.
func Below(ctx context.Context, base compose.Options, root string, most int) (projects []compose.Options, all bool, err error) {
	base = compose.Options{Dir: root, Env: maps.Clone(base.Env), Static: base.Static, Confined: base.Confined}
	delete(base.Env, consts.ComposeFilePath)
	delete(base.Env, "COMPOSE_ENV_FILES")
	f := newFinder(base, nil)
	f.most = most
	err = f.addTree(ctx, root)
	return f.Projects, f.walked <= most, err
}

// Readers keeps the projects that may read one of the files, or would find it beside what they read; known projects are
// left out.
func Readers(projects []compose.Options, files map[string]bool, known []compose.Loaded) []compose.Options {
	s := newFileSet(files)
	have := map[string]bool{}
	for _, l := range known {
		have[realPaths(l.Project.Files)] = true
	}
	return slices.DeleteFunc(slices.Clone(projects), func(o compose.Options) bool {
		w, ok := s.readIn(o)
		return !ok || have[realPaths(w.Files)]
	})
}

// realPaths tells lists of files apart.
func realPaths(files []string) string {
	var out []string
	for _, file := range files {
		out = append(out, compose.RealPath(file))
	}
	return strings.Join(out, "\x00")
}

// fileSet are files that projects may read, by whatever link.
type fileSet struct {
	files, dirs, names map[string]bool
}

func newFileSet(files map[string]bool) fileSet {
	s := fileSet{files: map[string]bool{}, dirs: map[string]bool{}, names: map[string]bool{}}
	for file := range files {
		file = filepath.Join(compose.RealPath(filepath.Dir(file)), filepath.Base(file))
		s.files[file] = true
		s.dirs[filepath.Dir(file)], s.names[filepath.Base(file)] = true, true
	}
	return s
}

// readIn walks the files of a project, unless a look at the first ones shows that they lead nowhere.
func (s fileSet) readIn(o compose.Options) (compose.Walked, bool) {
	if !s.dirs[compose.RealPath(o.Dir)] && !s.mayLead(o) {
		return compose.Walked{}, false
	}
	w, err := compose.Walk(o)
	if err != nil {
		return compose.Walked{}, false // Compose has nothing there that could change
	}
	return w, s.inDir(w.Dir) || slices.ContainsFunc(w.Order, func(path string) bool {
		return s.files[compose.RealPath(path)] || s.inDir(filepath.Dir(path)) || s.namedIn(w.Texts[path])
	})
}

// mayLead reports whether the files of a project name others.
func (s fileSet) mayLead(o compose.Options) bool {
	start, err := compose.StartOf(o)
	return err == nil && (s.inDir(start.Dir) || slices.ContainsFunc(start.Files, func(path string) bool {
		text, err := start.Text(path)
		isOrBeside := s.files[compose.RealPath(path)] || s.inDir(filepath.Dir(path))
		readsOthers := bytes.Contains(text, []byte("include")) || bytes.Contains(text, []byte("extends"))
		return err == nil && (isOrBeside || readsOthers || s.namedIn(text))
	}))
}

// inDir reports whether a directory has one of the files, or has a .env that is a link to one.
func (s fileSet) inDir(dir string) bool {
	return s.dirs[compose.RealPath(dir)] || s.files[compose.RealPath(filepath.Join(dir, ".env"))]
}

func (s fileSet) namedIn(text []byte) bool {
	for name := range s.names {
		if bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	return false
}
