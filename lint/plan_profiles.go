package lint

import (
	"slices"
	"strings"
)

// unasked are the profiles that are written and that this `up` leaves off, by name; none where one is on, or where services
// are named: then whoever asks has chosen.
func (o UpOptions) unasked(p *Project) []string {
	if len(p.on()) > 0 || len(o.Services) > 0 || o.Stack {
		return nil
	}
	return p.profilesOff()
}

// withProfile is the project with one profile on.
func (p *Project) withProfile(name string) *Project {
	out := *p
	out.Services = slices.Clone(p.Services)
	for i := range out.Services {
		s := &out.Services[i]
		s.Active = s.Active || slices.Contains(s.Profiles, name)
	}
	return &out
}

// checkProfiles applies a rule to each profile by itself, as one `up` beside the services that start anyway. Two services of
// different profiles are alternatives. What was said of this `up` is not said again, and what holds for several profiles is
// said once.
func checkProfiles(pass Pass, v view, said []Finding, settings Settings) {
	var found []Finding
	report := pass.report
	for _, name := range settings.Up.unasked(v.project) {
		pass.Project, pass.profile = v.project.withProfile(name), name
		pass.Plan = PlanUp(pass.Project, settings.Host, settings.Up)
		pass.report = func(f Finding) {
			f.Profiles = []string{name}
			if !slices.ContainsFunc(said, f.repeats) {
				found = addProfile(found, f)
			}
		}
		pass.Rule.Check(&pass)
	}

	for _, f := range found {
		f.Severity, f.Certainty = min(f.Severity, Warning), min(f.Certainty, Possible)
		f.note(NoteWhen, f.profileFlags())
		report(f)
	}
}

// repeats reports whether a finding is about a place that an earlier one is about.
func (f Finding) repeats(earlier Finding) bool {
	return f.Span == earlier.Span || slices.ContainsFunc(f.Related, func(r Related) bool { return r.Span == earlier.Span })
}

// addProfile adds a finding, or its profile to the same one.
func addProfile(found []Finding, f Finding) []Finding {
	i := slices.IndexFunc(found, f.Same)
	if i < 0 {
		return append(found, f)
	}
	found[i].Profiles = append(found[i].Profiles, f.Profiles...)
	return found
}

// profileFlags are the flags of Compose with which the finding holds: any one of them.
func (f Finding) profileFlags() string {
	flags := make([]string, len(f.Profiles))
	for i, name := range f.Profiles {
		flags[i] = "--profile " + name
	}
	return strings.Join(flags, " or ")
}

// profileFix is what to do about services that can't start together once a profile is on.
func profileFix() []Fix {
	return []Fix{advise("give each a host port of its own, or a profile of its own")}
}

// publishers are the bindings of a project that ask for the port of an endpoint, on an address that overlaps, in the order of
// the services, whether `up` starts them or not: of several services only one can run at a time.
func (p *Project) publishers(e Endpoint) []Bound {
	var out []Bound
	for i := range p.Services {
		for _, b := range p.Services[i].bound() {
			n := e.Addr.Port()
			if !b.Binding.Contains(n) {
				continue
			}
			if slices.ContainsFunc(b.Endpoints(n), e.Overlaps) {
				out = append(out, b)
			}
		}
	}
	return out
}
