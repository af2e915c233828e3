package lint

import (
	"fmt"
	"slices"
)

var sharedPort = Rule{
	Name: "shared-port", Severity: Info, Certainty: Possible,
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
	apart := func(a, b Bound, port uint16) (clash, bool) {
		overlap, _, _ := Engine{}.meets(a, b, port)
		return clash{certainty: Possible}, overlap && owner[a.Service].Dir != owner[b.Service].Dir &&
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
	how := "both"
	if len(dirs) > 2 {
		how = fmt.Sprintf("%d projects:", len(dirs))
	}
	first := g.members[0]
	f := first.Service.Item(first.Binding).finding(fmt.Sprintf("%s is published by %s %s; only one of them can run at a time",
		g.want(), how, quoted(names)))
	f.Project, f.Service = owner[first.Service].Label(), ""
	for _, m := range g.members[1:] {
		f.Related = append(f.Related, m.equal(fmt.Sprintf("%s of %q in project %q", m.Binding.Want(), m.Service.Name,
			owner[m.Service].Name)))
	}
	f.Fixes = []Fix{{Title: "give each project host ports of its own, as variables with defaults", Safety: Manual}}
	p.Report(f)
}
