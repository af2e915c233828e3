package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/portlint/portlint/lint"
)

// settingsNames are the names of the file that holds the settings of a project; a directory has one of them.
var settingsNames = []string{".portlint.yaml", ".portlint.yml"}

// settings are what .portlint.yaml and the flags say about a project.
type settings struct {
	file     string // absolute; "" when there is none
	severity map[string]lint.Severity
	level    lint.Severity // lowest severity shown; what failOn counts is shown too
	failOn   lint.Severity // lowest severity that makes exit 1; Off means never
	within   lint.Ports    // the host ports that a suggestion may take; none: not set
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

// newOverrides reads the values of --rule, --level and --fail-on, each empty where it was not given.
func newOverrides(rules []string, level, failOn string) (overrides, error) {
	var out overrides
	var err error
	if out.severity, err = parseRules(rules); err != nil {
		return out, err
	}

	if level != "" {
		lowest, err := parseLevel(level)
		if err != nil {
			return out, fmt.Errorf("--level: %w", err)
		}
		out.level = &lowest
	}

	if failOn != "" {
		lowest, err := parseFailOn(failOn)
		if err != nil {
			return out, fmt.Errorf("--fail-on: %w", err)
		}
		out.failOn = &lowest
	}
	return out, nil
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

// judge gives a finding the severity that the settings want and reports whether it is to be printed: at or above the
// level, or at or above what makes exit 1, so that exit 1 is always explained.
func (s *settings) judge(f lint.Finding) (lint.Finding, bool) {
	if severity, set := s.severity[f.Rule]; set {
		f.Severity = severity
	}
	return f, f.Severity != lint.Off && (f.Severity >= s.level || s.fails(f))
}

// fails reports whether a finding makes exit 1.
func (s *settings) fails(f lint.Finding) bool { return s.failOn != lint.Off && f.Severity >= s.failOn }

// sameAdvice reports whether both settings leave the same ports to suggestions.
func (s *settings) sameAdvice(o *settings) bool {
	return s.within == o.within && maps.Equal(s.reserved, o.reserved)
}

// excludes reports whether a path, absolute, matches a glob of the settings.
func (s *settings) excludes(path string) bool {
	rel, err := filepath.Rel(filepath.Dir(s.file), path)
	return err == nil && slices.ContainsFunc(s.exclude, func(glob string) bool {
		return doublestar.MatchUnvalidated(glob, filepath.ToSlash(rel))
	})
}
