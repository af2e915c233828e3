package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
)

// FindProjects turns PATH arguments into projects; without any it is the project from here. A directory without a project is an
// error, or a note if another PATH has one.
func FindProjects(ctx context.Context, base compose.Options, paths []string, excludes func(string) bool) (find.Found, error) {
	if len(paths) == 0 {
		return find.Found{Projects: []compose.Options{base}}, nil
	}
	if err := NotPaths(paths); err != nil {
		return find.Found{}, err
	}
	if len(base.Files) > 0 {
		return find.Found{}, errors.New("--file and PATH exclude each other: both say which files to read")
	}
	found, err := find.Projects(ctx, base, paths, excludes)
	if err != nil {
		return found, err
	}
	var empty []error
	for _, path := range paths {
		dir := Below(base.Dir, path)
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !holds(dir, found) {
			empty = append(empty, nothingBelow(ctx, base.Dir, path, excludes))
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

// NotPaths refuses what can't be meant as a PATH.
func NotPaths(paths []string) error {
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
func holds(dir string, found find.Found) bool {
	within := func(path string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	}
	return slices.ContainsFunc(found.Projects, func(o compose.Options) bool { return within(o.Dir) }) ||
		slices.ContainsFunc(found.Blind, func(b lint.Blind) bool { return within(b.What) })
}

// LogParts names the projects that were read as parts of other ones, by what they lack.
func (l *Projects) LogParts() {
	files := map[string][]string{}
	for _, p := range l.All {
		if p.Part != "" {
			files[p.Part] = append(files[p.Part], p.Project.Files[0])
		}
	}

	for _, why := range slices.Sorted(maps.Keys(files)) {
		Logf(l.Process.Stderr, "%s: read as a part of another project: %s", strings.Join(firstOf(l.Process.Dir, files[why]), ", "), why)
	}
}

// nothingBelow says that a directory has no project, and which Compose files in it were left out.
func nothingBelow(ctx context.Context, cwd, path string, excludes func(string) bool) error {
	why := ""
	for _, omitted := range find.Omitted(ctx, Below(cwd, path), excludes) {
		by := "`exclude`"
		if omitted.By != "" {
			by = Relative(cwd, omitted.By)
		}
		why += fmt.Sprintf("; left out by %s: %s", by, strings.Join(firstOf(cwd, omitted.Files), ", "))
	}

	return fmt.Errorf("no Compose file below %q%s", path, why)
}

// firstOf names the first three files of a list, and how many more there are.
func firstOf(cwd string, files []string) []string {
	names := make([]string, 0, len(files))
	for _, file := range files {
		names = append(names, Relative(cwd, file))
	}
	if more := len(names) - 3; more > 1 {
		names = append(names[:3], fmt.Sprintf("%d more", more))
	}
	return names
}
