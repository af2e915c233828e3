package lint

import (
	"fmt"
	"slices"
)

var duplicateContainerName = Rule{
	Name: "duplicate-container-name", Severity: Error, Certainty: Certain,
	Summary:  "two containers of one `up` get the same name",
	Check:    checkDuplicateContainerName,
	Profiles: true,
}

// checkDuplicateContainerName looks at all services that `up` looks at, those with no replica too, as Compose does.
// Source: compose-go types/project.go, CheckContainerNameUnicity; loader/validate.go, checkConsistency.
func checkDuplicateContainerName(p *Pass) {
	first := map[string]*Service{}
	for _, s := range p.namedServices() {
		if n := p.replicas(s); n > 1 {
			p.reportReplicasName(s, n)
		}
		if other := first[s.ContainerName.Text]; other != nil {
			p.reportSharedName(other, s)
		} else {
			first[s.ContainerName.Text] = s
		}
	}
	p.checkOrdinaryNames()
}

// namedServices are the services with a container name that `up` looks at, in the order of the text.
func (p *Pass) namedServices() []*Service {
	var out []*Service
	for i := range p.Project.Services {
		if s := &p.Project.Services[i]; s.ContainerName.Text != "" && p.Plan.selected[s.Name] {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *Service) int { return a.ContainerName.Span.Compare(b.ContainerName.Span) })
	return out
}

// replicas are the containers that the plan has of a service.
func (p *Pass) replicas(s *Service) int {
	for _, started := range p.Plan.Starts {
		if started.Name == s.Name {
			return started.Replicas
		}
	}
	return 0
}

// checkOrdinaryNames finds a container name that Compose gives to a container of another service, which only the engine refuses.
func (p *Pass) checkOrdinaryNames() {
	ordinary := p.Plan.ordinaryNames()
	for _, s := range p.namedServices() {
		if other := ordinary[s.ContainerName.Text]; other != nil && p.replicas(s) > 0 {
			p.Report(s.named(fmt.Sprintf("%q has the container name %q, which Compose gives to a container of %q; only one can have it", s.Name,
				s.ContainerName.Label(), other.Name)))
		}
	}
}

func (p *Pass) reportSharedName(first, second *Service) {
	f := second.named(fmt.Sprintf("%q and %q have the container name %q; docker compose refuses the project", first.Name, second.Name, second.ContainerName.Label()))
	f.Related = []Related{{Message: fmt.Sprintf("container name of %q", first.Name), Span: first.ContainerName.Span, entry: first.ContainerName.Span}}
	p.Report(f)
}

func (p *Pass) reportReplicasName(s *Service, n int) {
	f := s.named(fmt.Sprintf("%q has %d replicas but one container name, %q; only one can have it", s.Name, n, s.ContainerName.Label()))
	if s.ReplicasSpan.Known() {
		f.Related = []Related{{Message: fmt.Sprintf("%d replicas", n), Span: s.ReplicasSpan}}
	}
	p.Report(f)
}

// named starts a finding about the container name of the service.
func (s *Service) named(why string) Finding {
	return Finding{Service: s.Name, Span: s.nameSpan(), Message: fmt.Sprintf("container name %q is given twice", s.ContainerName.Label()),
		shorter: []string{"two containers of one name"}, Notes: []Note{{Label: NoteWhy, Text: why}}, Name: &Name{Kind: NameOfContainer, Value: s.ContainerName},
		Fixes: []Fix{advise("leave container_name out, or give each container a name of its own")}}
}

// nameSpan is where the name of the service's containers is written, else the service's key.
func (s *Service) nameSpan() Span {
	if s.ContainerName.Text == "" || !s.ContainerName.Span.Known() {
		return s.Span
	}
	return s.ContainerName.Span
}
