package lint

import (
	"fmt"
	"slices"
)

var sharedPort = Rule{
	Name: "shared-port", Severity: Info, Certainty: Certain,
	Summary:  "projects of different directories publish the same host port",
	CheckAll: checkSharedPort,
}

func checkSharedPort(p *Pass) {
	if !several(p.Projects) {
		return
	}

	owner := map[*Service]*Project{}
	var bound []Bound
	for _, project := range p.Projects {
		for _, b := range publishing(project) {
			owner[b.Service] = project
			bound = append(bound, b)
		}
	}

	apart := func(a, b Bound, port uint16) (conflict, bool) {
		c, conflicts := Engine{}.conflicts(a, b, port)
		return c, conflicts && owner[a.Service].Dir != owner[b.Service].Dir &&
			(a.Binding.Entry != b.Binding.Entry || !a.Binding.Entry.Known())
	}
	for _, g := range collide(bound, apart) {
		p.reportShared(g, owner)
	}
}

// several reports whether the projects are of more than one directory.
func several(projects []*Project) bool {
	return slices.ContainsFunc(projects, func(p *Project) bool { return p.Dir != projects[0].Dir })
}

// publishing are the bindings of a project's services, whether their profile is on or not.
func publishing(project *Project) []Bound {
	var out []Bound
	for i := range project.Services {
		s := &project.Services[i]
		if s.Network.Publishing != Published || s.Replicas == 0 {
			continue
		}
		for j := range s.Bindings {
			out = append(out, Bound{s, &s.Bindings[j]})
		}
	}
	return out
}

func (p *Pass) reportShared(g group, owner map[*Service]*Project) {
	var names, dirs []string
	for _, m := range g.members {
		project := owner[m.Service]
		if !slices.Contains(dirs, project.Dir) {
			dirs, names = append(dirs, project.Dir), append(names, project.Label())
		}
	}

	effect := fmt.Sprintf("only one of %s can run at a time", quoted(names))
	if len(dirs) > 2 && !g.sameAddress() {
		effect = fmt.Sprintf("not all of %s can run at a time", quoted(names))
	}
	if g.certainty < Certain {
		effect = fmt.Sprintf("%s may be unable to run at a time%s", quoted(names), g.unless())
	}

	first := g.members[0]
	f := first.Service.Item(first.Binding).finding(fmt.Sprintf("%s is published by %d projects", g.want(), len(dirs)))
	f.note(NoteWhy, effect)
	f.Certainty, f.Shared = g.certainty, len(g.ports)
	f.Project, f.Service = owner[first.Service].Label(), ""
	for _, m := range g.members[1:] {
		f.Related = append(f.Related, m.equal(fmt.Sprintf("%s of %q in project %q", m.Service.Item(m.Binding).Want(), m.Service.Name,
			owner[m.Service].Label())))
	}

	f.Fixes = []Fix{{Title: "give each project host ports of its own, as variables with defaults", Safety: Manual}}
	p.Report(f)
}
