package main

import (
	"cmp"
	"slices"

	"github.com/portlint/portlint/lint"
)

// ownership says which settings a finding obeys.
type ownership struct {
	byFile map[string]*settings
	up     lint.UpOptions
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
	findings   []lint.Finding // those that are shown
	all        []lint.Finding // with those below the level: --fix mends them too
	suppressed int
	passed     []lint.Skip // host ports that suggestions passed over
	fails      bool
}

// decide runs all rules on all projects, because some rules compare projects, and lets each finding obey the settings of
// its file. Settings that leave other ports to suggestions need a run of their own. No suggestion takes a port that is
// taken, by what the value says.
func decide(projects []*lint.Project, host *lint.Host, owned ownership, taken map[uint16]string) decision {
	var d decision
	for i, s := range owned.all {
		if slices.ContainsFunc(owned.all[:i], s.sameAdvice) {
			continue
		}
		result := lint.Run(projects, lint.Settings{Low: s.low, High: s.high, Reserved: s.reserved, Taken: taken, Host: host, Up: owned.up})
		d.passed = append(d.passed, result.Passed...)
		d.suppressed = max(d.suppressed, result.Suppressed)
		for _, f := range result.Findings {
			if mine := owned.of(f); mine.sameAdvice(s) {
				d.keep(mine, f)
			}
		}
	}
	slices.SortStableFunc(d.findings, byPlace)
	slices.SortStableFunc(d.all, byPlace)
	return d
}

// byPlace orders findings by place, at one place the worst first.
func byPlace(a, b lint.Finding) int {
	return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule))
}

// keep adds a finding if its settings show it.
func (d *decision) keep(s *settings, f lint.Finding) {
	f, shown := s.judge(f)
	if f.Severity != lint.Off {
		d.all = append(d.all, f)
	}
	if shown {
		d.findings = append(d.findings, f)
		d.fails = d.fails || s.fails(f)
	}
}
