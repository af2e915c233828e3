package lint

import (
	"cmp"
	"slices"
)

// EndpointsNeeded are the endpoints that `up` would bind for the projects, and those that could hide them: what must be probed
// before the rules can speak. It needs the Host's Engine, Containers and Networks; the result is sorted.
func (h *Host) EndpointsNeeded(projects []*Project, up UpOptions) []Endpoint {
	var out []Endpoint
	for _, p := range up.reads(projects) {
		for _, b := range PlanUp(p, h, up).toBind() {
			for port := range b.Binding.All() {
				out = append(out, b.Endpoints(port)...)
			}
			if b.Binding.Fixed() {
				out = append(out, b.otherLoopback()...)
			}
		}
	}

	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Or(cmp.Compare(a.Proto, b.Proto), a.Addr.Compare(b.Addr)) })
	return slices.Compact(out)
}

// Wants reports whether the container has, or asks for, one of the endpoints.
func (c *Container) Wants(endpoints []Endpoint) bool {
	return slices.ContainsFunc(slices.Concat(c.Bound, c.Wanted), func(p PublishedPort) bool {
		return slices.ContainsFunc(endpoints, func(e Endpoint) bool {
			return p.Proto == e.Proto && p.Ports().Contains(e.Addr.Port())
		})
	})
}

// Locate says where the Compose file of a container's own project writes its name and its host ports, as far as it still does.
func (c *Container) Locate(p *Project) {
	s := p.Service(c.Service)
	if s == nil {
		return
	}
	if s.ContainerName.Text == c.Name {
		c.nameSpan = s.ContainerName.Span
	}
	for _, ports := range [][]PublishedPort{c.Bound, c.Wanted} {
		for i := range ports {
			if ports[i].Span = s.writes(ports[i]); !ports[i].Span.Known() {
				ports[i].Span = s.movedFrom(ports[i], ports)
			}
		}
	}
}

// movedFrom is where the files write another host port in whose place a container has this one: an earlier run has moved
// it. It is the zero Span where that is not one place.
func (s *Service) movedFrom(port PublishedPort, all []PublishedPort) Span {
	var at Span
	for i := range s.Bindings {
		b := Bound{s, &s.Bindings[i]}
		if !slices.Contains(b.movedTo(all), port) || b.Binding.Span() == at {
			continue
		}
		if at.Known() {
			return Span{}
		}
		at = b.Binding.Span()
	}
	return at
}

// writes finds the binding that a published port comes from; one that the engine chose comes from an item without one.
func (s *Service) writes(port PublishedPort) Span {
	i := slices.IndexFunc(s.Bindings, func(b Binding) bool {
		number, ip := port.Addr.Port(), port.Addr.Addr()
		sameTarget := port.Target == 0 || b.Target == port.Target
		samePort := b.Contains(number) || number == 0 && !b.Known()
		sameAddress := !b.HostIP.IsValid() || !ip.IsValid() || b.HostIP.Unmap() == ip.Unmap()
		return b.Proto == port.Proto && sameTarget && samePort && sameAddress
	})
	if i < 0 {
		return Span{}
	}
	return s.Bindings[i].Span()
}

// WantedTimes says how many containers of one `up` ask for each fixed host port, of those that more than one asks for. Each profile that
// is written counts as one `up` beside the services that always start: where several `up` are possible it is the most.
func (p *Project) WantedTimes() map[*Binding]int {
	most := map[*Binding]int{}
	p.countWanted(func(s *Service) bool { return s.Active }, most)
	for _, name := range (UpOptions{}).unasked(p) {
		p.countWanted(func(s *Service) bool { return s.Active || slices.Contains(s.Profiles, name) }, most)
	}
	return most
}

// countWanted counts for the `up` that starts the chosen services.
func (p *Project) countWanted(starts func(*Service) bool, most map[*Binding]int) {
	at := map[socketKey][]Bound{}
	for i := range p.Services {
		s := &p.Services[i]
		if !starts(s) || s.Replicas == 0 {
			continue
		}
		for _, b := range s.bound() {
			if b.Binding.Fixed() {
				k := socketKey{b.Binding.Proto, b.Binding.First}
				at[k] = append(at[k], b)
			}
		}
	}

	for k, bound := range at {
		for _, b := range bound {
			n := b.Service.Replicas
			for _, o := range bound {
				if _, conflict := (Engine{}).conflicts(b, o, k.port); conflict && o.Binding != b.Binding {
					n += o.Service.Replicas
				}
			}
			if n > 1 {
				most[b.Binding] = max(most[b.Binding], n)
			}
		}
	}
}
