package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/portlint/portlint/lint"
)

// settingsName is the file that holds the settings of a project.
const settingsName = ".portlint.yaml"

// settings are what .portlint.yaml and the flags say about a project.
type settings struct {
	file     string // absolute; "" when there is none
	severity map[string]lint.Severity
	level    lint.Severity // lowest severity shown
	failOn   lint.Severity // lowest severity that makes exit 1; Off means never
	low      uint16        // lowest host port that a suggestion may take; 0: not set
	high     uint16        // highest one, inclusive
	reserved map[uint16]bool
	exclude  []string // globs of paths, relative to the directory of file
}

func defaultSettings() settings {
	return settings{
		level: lint.Warning, failOn: lint.Error,
		severity: map[string]lint.Severity{}, reserved: map[uint16]bool{},
	}
}

// overrides are the settings that flags give; they beat the file.
type overrides struct {
	severity map[string]lint.Severity
	level    *lint.Severity
	failOn   *lint.Severity
}

func (o overrides) apply(s settings) settings {
	s.severity = maps.Clone(s.severity)
	maps.Copy(s.severity, o.severity)
	if o.level != nil {
		s.level = *o.level
	}
	if o.failOn != nil {
		s.failOn = *o.failOn
	}
	return s
}

// shows reports whether a finding is to be printed.
func (s *settings) shows(f lint.Finding) bool { return f.Severity >= s.level }

// fails reports whether a printed finding makes exit 1.
func (s *settings) fails(f lint.Finding) bool { return s.failOn != lint.Off && f.Severity >= s.failOn }

// lint returns what the rules need to know. A port outside the range is reserved.
func (s *settings) lint() lint.Settings {
	reserved := maps.Clone(s.reserved)
	for port := 1; s.low != 0 && port <= 65535; port++ {
		if port < int(s.low) || port > int(s.high) {
			reserved[uint16(port)] = true
		}
	}
	return lint.Settings{Severity: s.severity, Reserved: reserved}
}

// excludes reports whether a path, absolute, matches a glob of the settings.
func (s *settings) excludes(path string) bool {
	rel, err := filepath.Rel(filepath.Dir(s.file), path)
	return err == nil && slices.ContainsFunc(s.exclude, func(glob string) bool {
		return doublestar.MatchUnvalidated(glob, filepath.ToSlash(rel))
	})
}

// settingsFor finds, reads and completes the settings of projects, each file once.
type settingsFor struct {
	dir   string // the working directory
	flags overrides
	known map[string]*settings // by file; "" holds the defaults
}

// project returns the settings of the project in dir. Two projects with the same file get the same pointer.
func (sf *settingsFor) project(dir string) (*settings, error) {
	file := findSettings(dir, sf.dir)
	if s, ok := sf.known[file]; ok {
		return s, nil
	}
	s := defaultSettings()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read the settings: %w", err)
		}
		if s, err = parseSettings(relative(sf.dir, file), text); err != nil {
			return nil, err
		}
		s.file = file
	}
	s = sf.flags.apply(s)
	sf.known[file] = &s
	return &s, nil
}

// findSettings looks in dir and its parents up to the repository's root. Outside a repository it looks up to the
// working directory if that is a parent, else only in dir.
func findSettings(dir, cwd string) string {
	for _, d := range searched(dir, cwd) {
		file := filepath.Join(d, settingsName)
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return ""
}

func searched(dir, cwd string) []string {
	up := []string{dir}
	for filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
		up = append(up, dir)
	}
	for i, d := range up {
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil {
			return up[:i+1]
		}
	}
	if i := slices.Index(up, cwd); i >= 0 {
		return up[:i+1]
	}
	return up[:1]
}

// relative shortens a path below dir for people; any other path stays as it is.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
