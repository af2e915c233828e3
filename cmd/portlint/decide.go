package main

import (
	"slices"

	"github.com/portlint/portlint/lint"
)

// ownership says which settings a finding obeys.
type ownership struct {
	byFile map[string]*settings
	all    []*settings // without repetition, in the order of the projects
}

// own gives each file the settings of the first project that it belongs to.
func own(all loaded, sf *settingsFor) (ownership, error) {
	o := ownership{byFile: map[string]*settings{}}
	for _, p := range all.projects {
		s, err := sf.project(p.Project.Dir)
		if err != nil {
			return o, err
		}
		if !slices.Contains(o.all, s) {
			o.all = append(o.all, s)
		}
		for file := range p.Sources {
			if o.byFile[file] == nil {
				o.byFile[file] = s
			}
		}
	}
	return o, nil
}

func (o *ownership) of(f lint.Finding) *settings {
	if s := o.byFile[f.Span.File]; s != nil {
		return s
	}
	return o.all[0]
}

// decision is what the rules found, after the settings.
type decision struct {
	findings   []lint.Finding
	suppressed int
	fails      bool
}

// decide runs the rules once for each settings file, always on all projects, because some rules compare projects. Of
// each run it keeps the findings that obey those settings.
func decide(projects []*lint.Project, owned ownership) decision {
	var d decision
	for _, s := range owned.all {
		result := lint.Run(projects, s.lint())
		d.suppressed = max(d.suppressed, result.Suppressed)
		for _, f := range result.Findings {
			if owned.of(f) == s && s.shows(f) {
				d.findings = append(d.findings, f)
				d.fails = d.fails || s.fails(f)
			}
		}
	}
	slices.SortStableFunc(d.findings, func(a, b lint.Finding) int {
		switch {
		case a.Span.Before(b.Span):
			return -1
		case b.Span.Before(a.Span):
			return 1
		}
		return 0
	})
	return d
}
