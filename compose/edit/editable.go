package edit

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// editable says why the files of a fix may not be edited, "" when they may.
func (g *group) editable(fix lint.Fix) string {
	for _, e := range fix.Edits {
		file := e.Span.File
		if g.files[file] == nil {
			g.files[file] = g.read(file)
			if g.files[file].refused == "" {
				g.files[file].refused = g.refuseFile(file, g.files[file])
			}
		}

		o := g.files[file]
		switch {
		case o.refused != "":
			return o.refused
		case o.missing && e.Span != (lint.Span{File: file}), e.Span.End > len(o.text):
			return fmt.Sprintf("%q has changed since it was read", file)
		}
	}
	return ""
}

// refuseFile says why a file may not be edited: it is not the user's own text file, or not the one that was read.
func (g *group) refuseFile(file string, o *original) string {
	if !g.within(file) || g.private(file) {
		return fmt.Sprintf("%q lies outside of the project's repository or directory", file)
	}

	for _, t := range g.targets {
		if src, ok := t.Loaded.Sources[file]; ok && !bytes.Equal(src.Text, o.text) {
			return fmt.Sprintf("%q has changed since it was read", file)
		}
	}
	if name := g.alias(file); name != "" {
		return fmt.Sprintf("%q is read as %q too", file, name)
	}
	if o.missing {
		return ""
	}
	if err := Regular(file); err != nil {
		return fmt.Sprintf("%q cannot be changed: %v", file, errors.Unwrap(err))
	}
	return ""
}

// private reports whether a project may not show what the file says, as a diff would.
func (g *group) private(file string) bool {
	return slices.ContainsFunc(g.targets, func(t Target) bool {
		src, ok := t.Loaded.Sources[file]
		return ok && src.Private
	})
}

// surroundings is what all groups of a round see of the projects.
type surroundings struct {
	targets []Target
	slots   chan struct{} // taken while a project is loaded
	once    sync.Once
	names   map[string][]string // under which projects read files, by path without links
	roots   map[string]bool     // the repositories of the projects that were asked for
	dirs    []string            // without links: of these projects, and those in which the command runs
}

// look finds out what the first fix asks for.
func (s *surroundings) look() {
	s.names, s.roots = map[string][]string{}, map[string]bool{}
	for _, t := range s.targets {
		for _, name := range append(slices.Collect(maps.Keys(t.Loaded.Sources)), slices.Collect(maps.Keys(t.Loaded.Project.EnvTexts))...) {
			path := compose.RealPath(name)
			s.names[path] = append(s.names[path], name)
		}
		if t.Other {
			continue
		}
		project := compose.RealPath(t.Loaded.Project.Dir)
		if root := compose.Repository(project); root != "" {
			s.roots[root] = true
		}
		s.dirs = append(s.dirs, project, compose.RealPath(t.Options.Dir))
	}

	slices.Sort(s.dirs)
	s.dirs = slices.Compact(s.dirs)
}

// alias is another name, by a link, under which a project reads a file: an edit would not be seen there when it is proved.
func (s *surroundings) alias(file string) string {
	s.once.Do(s.look)
	others := slices.DeleteFunc(slices.Clone(s.names[compose.RealPath(file)]), func(name string) bool { return name == file })
	if len(others) == 0 {
		return ""
	}
	return slices.Min(others)
}

// within reports whether a file belongs to the repository of a project that is in sight; without a repository, whether
// it lies below the directory of one, or below the one in which the command runs. A link does not make it so.
func (s *surroundings) within(file string) bool {
	s.once.Do(s.look)
	dir := compose.RealPath(filepath.Dir(file))
	if own := compose.Repository(dir); own != "" {
		return s.roots[own]
	}
	return slices.ContainsFunc(s.dirs, func(project string) bool { return below(dir, project) })
}

func below(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
