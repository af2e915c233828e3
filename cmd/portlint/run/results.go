package run

import (
	"cmp"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// SettingsByFile says which settings a finding obeys.
type SettingsByFile struct {
	byFile map[string]*Settings
	All    []*Settings // without repetition, in the order of the projects
}

// NewSettingsByFile gives each file the settings of the first project that it belongs to.
func NewSettingsByFile(all Projects, sf *SettingsFinder) (SettingsByFile, error) {
	o := SettingsByFile{byFile: map[string]*Settings{}}
	for _, p := range all.All {
		s, err := sf.Project(p.Project.Dir)
		if err != nil {
			return o, err
		}
		if !slices.Contains(o.All, s) {
			o.All = append(o.All, s)
		}
		for file := range p.Sources {
			if o.byFile[file] == nil {
				o.byFile[file] = s
			}
		}
	}

	return o, nil
}

// Of returns the settings of the file in which a finding stands, those of the first project where it stands in none.
func (o *SettingsByFile) Of(f lint.Finding) *Settings {
	if s := o.byFile[f.Span.File]; s != nil {
		return s
	}
	return o.All[0]
}

// Results is what the rules found, after the settings.
type Results struct {
	Findings   []lint.Finding // those that are shown
	All        []lint.Finding // with those below the level: --fix mends them too
	Suppressed []lint.Finding
	passed     []pick.Skip // host ports that suggestions passed over
	suggested  suggestions
}

// suggestions are what the rules suggested under settings.
type suggestions map[*Settings]lint.Suggestions

// Fails reports whether a finding that is shown makes exit 1.
func (d *Results) Fails(owned *SettingsByFile) bool {
	return slices.ContainsFunc(d.Findings, func(f lint.Finding) bool { return owned.Of(f).Fails(f) })
}

// Shared counts the host ports that several projects publish, whatever level is shown. Where the rule is off nobody asks.
func (d *Results) Shared() int {
	n := 0
	for _, f := range d.All {
		n += f.Shared
	}
	return n
}

// SharedNames are what the projects share with second checkouts of them.
func (d *Results) SharedNames() []lint.Finding {
	return slices.DeleteFunc(slices.Clone(d.All), func(f lint.Finding) bool { return !f.Shares() })
}

// RunRules runs all rules on all projects, because some rules compare projects, and lets each finding obey the settings of
// its file. Settings that leave other ports to suggestions need a run of their own. No suggestion takes a port that is
// taken, by what the value says; what was suggested before is suggested again where nothing speaks against it.
func (o *Run) RunRules(taken map[uint16]string) {
	o.applied++
	d := Results{suggested: suggestions{}}
	for i, s := range o.SettingsByFile.All {
		if slices.ContainsFunc(o.SettingsByFile.All[:i], s.sameSuggestions) {
			continue
		}
		result := lint.Run(o.Projects.Models(), lint.Settings{Within: s.Within, Reserved: s.Reserved, Taken: taken, Host: o.Host,
			Up: o.Up, Suggested: o.before[s], Second: o.second})
		d.passed = append(d.passed, result.Passed...)
		d.Suppressed, d.suggested[s] = result.Suppressed, result.Suggested // the former are the same under all settings
		for _, f := range result.Findings {
			if mine := o.SettingsByFile.Of(f); mine.sameSuggestions(s) {
				d.add(mine, f, o.second != nil)
			}
		}
	}

	slices.SortStableFunc(d.Findings, byPlace)
	slices.SortStableFunc(d.All, byPlace)
	o.Results = d
}

// byPlace orders findings by place, at one place the worst first.
func byPlace(a, b lint.Finding) int {
	return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule))
}

// add adds a finding if its settings show it. Who asks about a second checkout is shown what both share, unless the rule is off.
func (d *Results) add(s *Settings, f lint.Finding, twice bool) {
	f, shown := s.applySeverity(f)
	shown = shown || twice && f.Shares() && f.Severity != lint.Off
	if f.Severity != lint.Off {
		d.All = append(d.All, f)
	}
	if shown {
		d.Findings = append(d.Findings, f)
	}
}
