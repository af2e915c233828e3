package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// find turns PATH arguments into projects; without any it is the project from here. A directory without a project is an
// error, or a note if another PATH has one.
func find(ctx context.Context, base compose.Options, paths []string, excludes func(string) bool) (compose.Found, error) {
	if len(paths) == 0 {
		return compose.Found{Projects: []compose.Options{base}}, nil
	}
	if err := notPaths(paths); err != nil {
		return compose.Found{}, err
	}
	if len(base.Files) > 0 {
		return compose.Found{}, errors.New("--file and PATH exclude each other: both say which files to read")
	}
	found, err := compose.Find(ctx, base, paths, excludes)
	if err != nil {
		return found, err
	}
	var empty []error
	for _, path := range paths {
		dir := below(base.Dir, path)
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !holds(dir, found) {
			empty = append(empty, nothingBelow(base.Dir, path, excludes))
		}
	}
	if len(found.Projects) == 0 && len(found.Blind) == 0 {
		return found, errors.Join(empty...)
	}
	for _, err := range empty {
		found.Notes = append(found.Notes, err.Error())
	}
	return found, nil
}

// notPaths refuses what can't be meant as a PATH.
func notPaths(paths []string) error {
	for _, path := range paths {
		switch path {
		case "":
			return errors.New("a PATH is empty: expected a file or a directory")
		case "-":
			return errors.New(`"-" is no PATH; for standard input write -f -`)
		}
	}
	return nil
}

// holds reports whether a directory has a project, or a place that could not be read.
func holds(dir string, found compose.Found) bool {
	within := func(path string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	}
	return slices.ContainsFunc(found.Projects, func(o compose.Options) bool { return within(o.Dir) }) ||
		slices.ContainsFunc(found.Blind, func(b lint.Blind) bool { return within(b.What) })
}

// nothingBelow says that a directory has no project, and what looks like one but was left out.
func nothingBelow(cwd, path string, excludes func(string) bool) error {
	why := ""
	for _, by := range leftOut(below(cwd, path), excludes) {
		names := make([]string, 0, len(by.files))
		for _, file := range by.files {
			names = append(names, relative(cwd, file))
		}
		if more := len(names) - 3; more > 1 {
			names = append(names[:3], fmt.Sprintf("%d more", more))
		}
		why += fmt.Sprintf("; left out by %s: %s", by.what, strings.Join(names, ", "))
	}
	return fmt.Errorf("no Compose file below %q%s", path, why)
}

// omission are files that one kind of pattern leaves out.
type omission struct {
	what  string
	files []string
}

// leftOut looks for what a search passed over on purpose, in a directory where the search found nothing at all. What
// `exclude` does not explain, a .gitignore does.
func leftOut(root string, excludes func(string) bool) []omission {
	var excluded, ignored []string
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error { // what can't be read was said already
		switch {
		case err != nil:
			return nil //nolint:nilerr // see above
		case e.IsDir() && slices.Contains([]string{".git", "node_modules", "vendor"}, e.Name()) && path != root:
			return fs.SkipDir
		case e.IsDir() || !looksLikeCompose(e.Name()):
		case excludedBelow(root, path, excludes):
			excluded = append(excluded, path)
		default:
			ignored = append(ignored, path)
		}
		return nil
	})
	out := []omission{{"`exclude`", excluded}, {".gitignore", ignored}}
	return slices.DeleteFunc(out, func(o omission) bool { return len(o.files) == 0 })
}

// excludedBelow asks for a file and for the directories on the way to it.
func excludedBelow(root, path string, excludes func(string) bool) bool {
	for ; path != root && path != filepath.Dir(path); path = filepath.Dir(path) {
		if excludes(path) {
			return true
		}
	}
	return false
}

func looksLikeCompose(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "compose") && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name))
}
