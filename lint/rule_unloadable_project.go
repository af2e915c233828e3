package lint

import (
	"maps"
	"slices"
	"strings"
)

var unloadableProject = Rule{
	Name: "unloadable-project", Severity: Error, Certainty: Certain,
	Summary: "Compose itself would refuse the project",
	Check:   checkUnloadableProject,
	Stack:   checkDefects,
}

func checkUnloadableProject(p *Pass) {
	checkDefects(p)
	checkNothingSelected(p)
}

func checkDefects(p *Pass) {
	for _, d := range p.Project.Defects {
		f := Finding{Span: d.Span, Message: "docker compose refuses this file", Notes: []Note{{Label: NoteWhy, Text: d.Reason}}}
		if !f.Span.Known() && len(p.Project.Files) > 0 {
			f.Span = Span{File: p.Project.Files[0]}
		}

		if d.Hint != "" {
			f.Fixes = []Fix{{Title: d.Hint, Safety: Manual}}
		}
		p.Report(f)
	}
}

// checkNothingSelected finds projects of which `up` has nothing to start, which Compose refuses. That is an info where no profile is
// on, because it may be as it is meant, and a warning where one is: it may come from an .env that is there for another file.
func checkNothingSelected(p *Pass) {
	if !p.Project.Idle() || len(p.up.Services) > 0 {
		return
	}

	f := Finding{Severity: Info}
	if len(p.Project.Files) > 0 {
		f.Span = Span{File: p.Project.Files[0]}
	}

	written := p.Project.profilesOff()
	why := "the project has no services"
	switch {
	case len(written) > 0 && len(p.Project.on()) > 0:
		f.Severity = Warning
		why = "no service is in a profile that is on"
		f.Fixes = []Fix{advise("the profiles of this project: " + strings.Join(written, ", "))}
	case len(written) > 0:
		why = "every service is in a profile, and none is on"
		f.Fixes = []Fix{advise("turn one on with --profile: " + strings.Join(written, ", "))}
	}

	f.Message = "docker compose up starts nothing"
	f.note(NoteWhy, why+`; it ends with "no service selected"`)
	p.Report(f)
}

// Idle reports whether `up` without service names has nothing to start: there are no services, or all are in profiles that are off.
// Of a project that was not read as a whole nobody knows.
func (p *Project) Idle() bool {
	return len(p.Defects) == 0 && !slices.ContainsFunc(p.Blind, Blind.decides) &&
		!slices.ContainsFunc(p.Services, func(s Service) bool { return s.Active })
}

// on are the profiles that were turned on, by name.
func (p *Project) on() []string {
	return slices.DeleteFunc(slices.Clone(p.Profiles), func(name string) bool { return name == "" })
}

// profilesOff are the profiles of services that `up` leaves alone, sorted by name, each once.
func (p *Project) profilesOff() []string {
	names := map[string]bool{}
	for _, s := range p.Services {
		if s.Active {
			continue
		}
		for _, name := range s.Profiles {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
