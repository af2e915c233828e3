package lint

import (
	"path"
	"slices"
	"strings"
)

// A checkout is a project directory. Compose tells projects apart by their names alone, so that two checkouts with one
// name are one project to it.

// Made reports whether a container was made in the project's own directory, or from its very files in another one. A
// container that does not tell its directory may be anybody's, and counts as made here.
func (p *Project) Made(c *Container) bool {
	switch {
	case c.WorkingDir == "" || p.Dir == "" || cleanDir(c.WorkingDir) == cleanDir(p.Dir):
		return true
	case c.RealDir != "" && p.RealDir != "" && cleanDir(c.RealDir) == cleanDir(p.RealDir):
		return true
	}
	return p.sameFiles(c)
}

// sameFiles reports whether a container was made from the very files of the project, with another project directory.
// Standard input is another text each time.
func (p *Project) sameFiles(c *Container) bool {
	return len(c.ConfigFiles) > 0 && !slices.ContainsFunc(c.ConfigFiles, func(f string) bool {
		return f == "-" || !slices.ContainsFunc(p.Files, func(o string) bool { return cleanDir(o) == cleanDir(f) })
	})
}

// runs reports whether a container is the project's own: made here, or in a directory that is gone, and with its name or
// that which an earlier run gave it.
func (p *Project) runs(c *Container) bool {
	switch {
	case c.Project == "":
		return false
	case c.Project == p.Name:
		return !p.foreign(c)
	}
	return c.Project == p.RunsAs && p.Made(c)
}

// foreign reports whether a container is another checkout's. Who left a directory behind that is gone has moved it, or
// needs its containers no more.
func (p *Project) foreign(c *Container) bool { return !p.Made(c) && c.DirState != DirGone }

// cleanDir writes a directory one way only: on Windows case and slashes say nothing.
func cleanDir(dir string) string {
	if len(dir) > 1 && dir[1] == ':' {
		dir = strings.ToLower(strings.ReplaceAll(dir, `\`, "/"))
	}
	return path.Clean(dir)
}
