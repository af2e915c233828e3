package lint

import (
	"fmt"
	"slices"
)

var unusableLinks = Rule{
	Name: "unusable-links", Severity: Error, Certainty: Certain, Live: true,
	Summary: "`links` with which the engine refuses the container",
	Check:   checkUnusableLinks,
}

// checkUnusableLinks looks at the services of which `up` makes a container. Compose sends the links to containers that there are.
// Source: compose pkg/compose/create.go, getLinks.
func checkUnusableLinks(p *Pass) {
	if !p.Host.Engine.refusesLinks() || p.up.PodmanCompose {
		return
	}

	made := p.Host.replicas(p.Project.Name)
	started := func(l Link) bool {
		return l.Service == "" || len(made[l.Service]) > 0 ||
			slices.ContainsFunc(p.Plan.Starts, func(s *Service) bool { return s.Name == l.Service && !s.Provider })
	}
	for _, s := range p.Plan.Starts {
		i := slices.IndexFunc(s.Links, started)
		if i < 0 || s.Provider || len(made[s.Name]) >= s.Replicas {
			continue
		}
		l := s.Links[i]
		f := Finding{Service: s.Name, Span: l.Span, Message: fmt.Sprintf("Podman refuses the %s of %q", l.Key, s.Name),
			shorter: []string{"Podman takes no " + l.Key}}
		f.Fixes = []Fix{advise(l.instead())}
		if !f.Span.Known() {
			f.Span = s.Span
		}
		p.Report(f)
	}
}

// instead is how a service reaches the container without the link.
func (l Link) instead() string {
	if l.Service == "" {
		return "leave them out, and put both containers on one network: its name leads to it there"
	}
	return fmt.Sprintf("leave them out: on the project's network %q is reached by its name, and depends_on says what starts first", l.Service)
}
