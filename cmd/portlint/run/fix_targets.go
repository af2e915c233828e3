package run

import (
	"errors"
	"maps"
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

// Refused says why a file that a fix changes can't be changed, nil when nothing is known against any.
func (f FixedFiles) Refused(fix lint.Fix) error {
	for _, e := range fix.Edits {
		err, known := f.known[e.Span.File]
		switch {
		case known:
		case e.Span.File == "-":
			err = errors.New("standard input cannot be changed")
		default:
			err = f.refuse(e.Span.File)
		}
		if f.known[e.Span.File] = err; err != nil {
			return err
		}
	}
	return nil
}

// Takes reports whether a fix has edits, and may make all of them.
func (f FixedFiles) Takes(fix lint.Fix) bool { return len(fix.Edits) > 0 && f.Refused(fix) == nil }

// Errors are why files can't be changed, in their order, those alone that is chooses.
func (f FixedFiles) Errors(is func(file string) bool) []error {
	var all []error
	for _, file := range slices.Sorted(maps.Keys(f.known)) {
		if err := f.known[file]; err != nil && is(file) {
			all = append(all, err)
		}
	}
	return all
}

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
