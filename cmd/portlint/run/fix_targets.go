package run

import (
	"slices"

	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// WritableFiles are files that were looked at, with whether they can be written.
type WritableFiles map[string]bool

// All reports whether a fix has edits, all of files that can be written.
func (w WritableFiles) All(fix lint.Fix) bool {
	refused := func(e lint.Edit) bool {
		file := e.Span.File
		may, known := w[file]
		if !known {
			may = file != "-" && edit.Writable(file) == nil
			w[file] = may
		}
		return !may
	}
	return len(fix.Edits) > 0 && !slices.ContainsFunc(fix.Edits, refused)
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
