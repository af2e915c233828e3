package main

import (
	"cmp"
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
	findings   []lint.Finding // those that are shown
	all        []lint.Finding // with those below the level: --fix mends them too
	suppressed []lint.Finding
	passed     []lint.Skip // host ports that suggestions passed over
	suggested  suggestions
}

// suggestions are what the rules suggested under settings.
type suggestions map[*settings]lint.Suggestions

// fails reports whether a finding that is shown makes exit 1.
func (d *decision) fails(owned *ownership) bool {
	return slices.ContainsFunc(d.findings, func(f lint.Finding) bool { return owned.of(f).fails(f) })
}

// shared counts the host ports that several projects publish, whatever level is shown. Where the rule is off nobody asks.
func (d *decision) shared() int {
	n := 0
	for _, f := range d.all {
		n += f.Shared
	}
	return n
}

// decide runs all rules on all projects, because some rules compare projects, and lets each finding obey the settings of
// its file. Settings that leave other ports to suggestions need a run of their own. No suggestion takes a port that is
// taken, by what the value says; what was suggested before is suggested again where nothing speaks against it.
func (o *outlook) decide(taken map[uint16]string) {
	d := decision{suggested: suggestions{}}
	for i, s := range o.owned.all {
		if slices.ContainsFunc(o.owned.all[:i], s.sameAdvice) {
			continue
		}
		result := lint.Run(o.all.models(), lint.Settings{Within: s.within, Reserved: s.reserved, Taken: taken, Host: o.host,
			Up: o.up, Suggested: o.before[s]})
		d.passed = append(d.passed, result.Passed...)
		d.suppressed, d.suggested[s] = result.Suppressed, result.Suggested // the former are the same under all settings
		for _, f := range result.Findings {
			if mine := o.owned.of(f); mine.sameAdvice(s) {
				d.keep(mine, f)
			}
		}
	}
	slices.SortStableFunc(d.findings, byPlace)
	slices.SortStableFunc(d.all, byPlace)
	o.found = d
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
	}
}
