package lint

import (
	"fmt"
	"slices"
)

var missingExternal = Rule{
	Name: "missing-external", Severity: Error, Certainty: Certain, Live: true,
	Summary: "an external network or volume that the engine does not have",
	Check:   checkMissingExternal,
}

// checkMissingExternal looks for the external networks and volumes of the services that `up` looks at, with or without a replica:
// Compose does so before it makes anything. In a swarm it leaves a missing network to the engine, which may find it on another node.
// Source: compose pkg/compose/create.go, resolveExternalNetwork and ensureVolume.
func checkMissingExternal(p *Pass) {
	if p.Host.Engine.Version == "" {
		return
	}

	for _, n := range p.Plan.networks {
		unlisted := n.found == nil && !p.Host.NetworksNotListed
		if n.fate != networkExternal || n.Name.Text == "" || !unlisted {
			continue
		}
		f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name},
			Message: fmt.Sprintf("network %q does not exist", n.Key), shorter: []string{"this network does not exist"},
			Notes: []Note{{Label: NoteWhy, Text: fmt.Sprintf("it is external, and the engine has none of the name %q", n.Name.Label())}},
			Fixes: []Fix{createFix(p.Host.Engine, "network", n.Name)}}
		if p.Host.Nodes > 0 {
			f.Certainty, f.Severity = Possible, Warning
			f.note(NotePossible, "another node of its swarm may have it")
		}
		p.Report(f)
	}

	for _, v := range p.Plan.externalVolumes(p.Project) {
		if !p.Host.MissingVolumes[v.Name.Text] {
			continue
		}
		f := Finding{Span: v.Name.Span, Name: &Name{Kind: NameOfVolume, Value: v.Name},
			Message: fmt.Sprintf("volume %q does not exist", v.Key), shorter: []string{"this volume does not exist"},
			Notes: []Note{{Label: NoteWhy, Text: fmt.Sprintf("it is external, and the engine has none of the name %q", v.Name.Label())}},
			Fixes: []Fix{createFix(p.Host.Engine, "volume", v.Name)}}
		if !f.Span.Known() {
			f.Span = v.Span
		}
		p.Report(f)
	}
}

// createFix is how something that has to be there is made.
func createFix(e Engine, kind string, name Value) Fix {
	const otherwise = "leave `external` out, and the project has one of its own"
	if name.Title != "" || !plainWord(name.Text) {
		return advise("make it, or " + otherwise)
	}
	return Fix{Title: "make it, or " + otherwise, Safety: Manual, Command: ShellLine(e.Client.Words(kind, "create", name.Text))}
}

// externalVolumes are the volumes of somebody else that a service needs which `up` looks at.
func (plan Plan) externalVolumes(p *Project) []ProjectVolume {
	var out []ProjectVolume
	for _, v := range p.Volumes {
		used := slices.ContainsFunc(p.Services, func(s Service) bool { return plan.selected[s.Name] && slices.Contains(s.Volumes, v.Key) })
		if used && v.External && v.Name.Text != "" {
			out = append(out, v)
		}
	}
	return out
}

// ExternalVolumes are the names of the volumes that the projects expect on the engine.
func (h *Host) ExternalVolumes(projects []*Project, up UpOptions) []string {
	var names []string
	for _, p := range up.reads(projects) {
		for _, v := range PlanUp(p, h, up).externalVolumes(p) {
			names = append(names, v.Name.Text)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// UnlistedNetworks says of which networks it can't be known whether `up` gets them, because the engine did not list those that it has.
func (h *Host) UnlistedNetworks(projects []*Project, up UpOptions) []Blind {
	if !h.NetworksNotListed {
		return nil
	}
	var out []Blind
	for _, p := range up.reads(projects) {
		for _, n := range PlanUp(p, h, up).networks {
			if why := n.needsList(); why != "" {
				out = append(out, Blind{What: fmt.Sprintf("network %q", n.Key), Why: "the engine did not tell its networks: " + why, Span: p.spanOf(n.ProjectNetwork)})
			}
		}
	}
	return out
}

// needsList says what of a network only the networks of the engine tell, "" for nothing.
func (n neededNetwork) needsList() string {
	switch {
	case n.External:
		return "whether it is there is not known"
	case len(n.requests()) > 0:
		return "whether its subnet is free is not known"
	case n.Name.Span.Known():
		return "whether somebody has its name is not known"
	}
	return ""
}
