package edit

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// gate says why the files of a fix may not be edited, "" when they may.
func (r *rehearsal) gate(fix lint.Fix) string {
	for _, e := range fix.Edits {
		file := e.Span.File
		if r.files[file] == nil {
			r.files[file] = r.read(file)
			if r.files[file].refused == "" {
				r.files[file].refused = r.refuseFile(file, r.files[file])
			}
		}
		o := r.files[file]
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
func (r *rehearsal) refuseFile(file string, o *original) string {
	if !r.within(file) || r.private(file) {
		return fmt.Sprintf("%q lies outside of the project's repository or directory", file)
	}
	for _, t := range r.targets {
		if src, ok := t.Loaded.Sources[file]; ok && !bytes.Equal(src.Text, o.text) {
			return fmt.Sprintf("%q has changed since it was read", file)
		}
	}
	if name := r.twin(file); name != "" {
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
func (r *rehearsal) private(file string) bool {
	return slices.ContainsFunc(r.targets, func(t Target) bool {
		src, ok := t.Loaded.Sources[file]
		return ok && src.Private
	})
}

// twin is another name, by a link, under which a project reads a file: an edit would not be seen there when it is proved.
func (r *rehearsal) twin(file string) string {
	if r.names == nil {
		r.names = map[string][]string{}
		for _, t := range r.targets {
			for _, name := range append(slices.Collect(maps.Keys(t.Loaded.Sources)), slices.Collect(maps.Keys(t.Loaded.Project.EnvTexts))...) {
				path := compose.RealPath(name)
				r.names[path] = append(r.names[path], name)
			}
		}
	}
	others := slices.DeleteFunc(slices.Clone(r.names[compose.RealPath(file)]), func(name string) bool { return name == file })
	if len(others) == 0 {
		return ""
	}
	return slices.Min(others)
}

// within reports whether a file belongs to the repository of a project that is in sight; without a repository, whether
// it lies below the directory of one, or below the one in which the command runs. A link does not make it so.
func (r *rehearsal) within(file string) bool {
	dir := compose.RealPath(filepath.Dir(file))
	own := compose.Repository(dir)
	for _, t := range r.targets {
		if t.Other {
			continue
		}
		project := compose.RealPath(t.Loaded.Project.Dir)
		if root := compose.Repository(project); root != "" && root == own {
			return true
		}
		if own == "" && (below(dir, project) || below(dir, compose.RealPath(t.Options.Dir))) {
			return true
		}
	}
	return false
}

func below(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
