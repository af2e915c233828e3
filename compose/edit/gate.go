package edit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	if !r.within(file) {
		return fmt.Sprintf("%q lies outside of the project's repository or directory", file)
	}
	for _, t := range r.targets {
		if src, ok := t.Loaded.Sources[file]; ok && !bytes.Equal(src.Text, o.text) {
			return fmt.Sprintf("%q has changed since it was read", file)
		}
	}
	if o.missing {
		return ""
	}
	if err := Regular(file); err != nil {
		return fmt.Sprintf("%q cannot be changed: %v", file, errors.Unwrap(err))
	}
	return ""
}

// within reports whether a file belongs to the repository of a project that is in sight; without a repository, whether
// it lies below the directory of one, or below the one in which the command runs.
func (r *rehearsal) within(file string) bool {
	own := repository(filepath.Dir(file))
	for _, t := range r.targets {
		if t.Other {
			continue
		}
		dir := t.Loaded.Project.Dir
		if root := repository(dir); root != "" && root == own {
			return true
		}
		if own == "" && (below(file, dir) || below(file, t.Options.Dir)) {
			return true
		}
	}
	return false
}

// repository is the nearest directory above, or the directory itself, that Git keeps; "" when there is none.
func repository(dir string) string {
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

func below(file, dir string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
