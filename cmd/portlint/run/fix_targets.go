package run

import (
	"errors"
	"slices"

	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// FixedFiles are the files that fixes would change: each is looked at once.
type FixedFiles struct {
	refuse func(file string) error
	known  map[string]error
}

// NewFixedFiles asks refuse why a file can't be changed.
func NewFixedFiles(refuse func(file string) error) FixedFiles {
	return FixedFiles{refuse, map[string]error{}}
}

// Refused says why a file can't be changed, nil when nothing is known against it.
func (f FixedFiles) Refused(file string) error {
	err, known := f.known[file]
	switch {
	case known:
		return err
	case file == "-":
		err = &edit.FileError{File: file, Err: errors.New("it is standard input")}
	default:
		err = f.refuse(file)
	}
	f.known[file] = err
	return err
}

// RefusedFor says why a file that a fix changes can't be changed, nil when nothing is known against any.
func (f FixedFiles) RefusedFor(fix lint.Fix) error {
	for _, e := range fix.Edits {
		if err := f.Refused(e.Span.File); err != nil {
			return err
		}
	}
	return nil
}

// Takes reports whether a fix has edits, and may make all of them.
func (f FixedFiles) Takes(fix lint.Fix) bool { return len(fix.Edits) > 0 && f.RefusedFor(fix) == nil }

// Targets are the projects that read the file of one of the findings.
func (o Run) Targets(findings []lint.Finding) []edit.Target {
	return slices.DeleteFunc(o.AllTargets(), func(t edit.Target) bool {
		return !slices.ContainsFunc(findings, func(f lint.Finding) bool { return t.Loaded.Sources[f.Span.File] != nil })
	})
}

// AllTargets is all projects as targets.
func (o Run) AllTargets() []edit.Target {
	var targets []edit.Target
	for _, p := range o.Projects.All {
		targets = append(targets, edit.Target{Options: o.Projects.Options[p.Project], Loaded: p})
	}
	return targets
}

// PortOf is the first service that has an item, and where the host port stands.
func (o Run) PortOf(item lint.Span) (service string, port lint.Span) {
	for _, p := range o.Projects.Models() {
		for _, b := range p.Bindings() {
			switch {
			case b.Entry != item:
			case b.Port.Known():
				return b.Service, b.Port
			default:
				return b.Service, item
			}
		}
	}
	return "", item
}
