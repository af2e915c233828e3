package run

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/portlint/portlint/lint"
)

// SettingsNames are the names of the file that holds the settings of a project; a directory has one of them.
var SettingsNames = []string{".portlint.yaml", ".portlint.yml"}

// Settings are what .portlint.yaml and the flags say about a project.
type Settings struct {
	File     string // absolute; "" when there is none
	Severity map[string]lint.Severity
	Level    lint.Severity // lowest severity shown; what failOn counts is shown too
	FailOn   lint.Severity // lowest severity that makes exit 1; Off means never
	Within   lint.Ports    // the host ports that a suggestion may take; none: not set
	Reserved map[uint16]bool
	exclude  []string // globs of paths, relative to the directory of file
}

// DefaultSettings are those of a project without a file.
func DefaultSettings() Settings {
	return Settings{
		Level: lint.Warning, FailOn: lint.Error,
		Severity: map[string]lint.Severity{}, Reserved: map[uint16]bool{},
	}
}

// Overrides are the settings that flags give; they beat the file.
type Overrides struct {
	severity map[string]lint.Severity
	level    *lint.Severity
	failOn   *lint.Severity
}

// NewOverrides reads the values of --rule, --level and --fail-on, each empty where it was not given.
func NewOverrides(rules []string, level, failOn string) (Overrides, error) {
	var out Overrides
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

func (o Overrides) apply(s Settings) Settings {
	s.Severity = maps.Clone(s.Severity)
	maps.Copy(s.Severity, o.severity)
	if o.level != nil {
		s.Level = *o.level
	}
	if o.failOn != nil {
		s.FailOn = *o.failOn
	}
	return s
}

// applySeverity gives a finding the severity that the settings want and reports whether it is to be printed: at or above the
// level, or at or above what makes exit 1, so that exit 1 is always explained.
func (s *Settings) applySeverity(f lint.Finding) (lint.Finding, bool) {
	if severity, set := s.Severity[f.Rule]; set {
		f.Severity = severity
	}
	return f, f.Severity != lint.Off && (f.Severity >= s.Level || s.Fails(f))
}

// Fails reports whether a finding makes exit 1.
func (s *Settings) Fails(f lint.Finding) bool { return s.FailOn != lint.Off && f.Severity >= s.FailOn }

// sameSuggestions reports whether both settings leave the same ports to suggestions.
func (s *Settings) sameSuggestions(o *Settings) bool {
	return s.Within == o.Within && maps.Equal(s.Reserved, o.Reserved)
}

// excludes reports whether a path, absolute, matches a glob of the settings.
func (s *Settings) excludes(path string) bool {
	rel, err := filepath.Rel(filepath.Dir(s.File), path)
	return err == nil && slices.ContainsFunc(s.exclude, func(glob string) bool {
		return doublestar.MatchUnvalidated(glob, filepath.ToSlash(rel))
	})
}
