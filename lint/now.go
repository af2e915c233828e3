package lint

import (
	"cmp"
	"slices"
)

// Now is who has the host ports of one binding at this moment.
type Now struct {
	Silent  bool      // the engine binds no port for it
	Known   bool      // everything that decides was looked at
	Free    int       // host ports of the binding that can be bound
	Ours    []Blocker // running containers of the project that have one of them
	Holders []Blocker // all others that have one of them, each once
}

// Published are the endpoints of all ports of the projects, of services that `up` starts or not: what must be probed for
// [Host.Now]. It needs the Host's Engine and Networks; the result is sorted.
func (h *Host) Published(projects []*Project) []Endpoint {
	var out []Endpoint
	for _, p := range projects {
		for i := range p.Services {
			for _, b := range h.bound(&p.Services[i]) {
				for port := int(b.Binding.First); b.Binding.First > 0 && port <= int(b.Binding.Last); port++ {
					out = append(out, b.Endpoints(uint16(port))...)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Or(cmp.Compare(a.Proto, b.Proto), a.Addr.Compare(b.Addr)) })
	return slices.Compact(out)
}

// bound are the bindings of a service on the engine's networks.
func (h *Host) bound(s *Service) []Bound {
	here := *s
	here.Network = h.network(s.Network)
	return here.bound()
}

// Now says for every binding of a project, by service and in their order, who has its host ports.
func (h *Host) Now(p *Project) map[*Binding]Now {
	out := map[*Binding]Now{}
	s := newScene(h.standing(p.Name), h)
	for i := range p.Services {
		service := &p.Services[i]
		bound := h.bound(service)
		for j := range service.Bindings {
			b := &service.Bindings[j]
			switch {
			case len(bound) == 0:
				out[b] = Now{Silent: true, Known: true}
			case b.First == 0:
				out[b] = s.picked(bound[j])
			default:
				out[b] = s.now(bound[j])
			}
		}
	}
	return out
}

// now asks for every host port of a binding.
func (s scene) now(b Bound) Now {
	n := Now{Known: s.host.Engine.Version != "" && !s.host.blindTo(BlindEngine) && !s.unseen(b)}
	for port := int(b.Binding.First); port <= int(b.Binding.Last); port++ {
		holds := s.holds(b, uint16(port))
		for _, hold := range holds {
			n.add(s.plan, hold.blocker)
		}
		if len(holds) == 0 {
			n.Free++
		}
	}
	return n
}

// picked finds the ports that the engine chose for running containers of the service.
func (s scene) picked(b Bound) Now {
	n := Now{Known: !b.Binding.Unknown && s.host.Engine.Version != "", Free: 1}
	if b.Binding.Unknown {
		n.Free = 0
	}
	for _, c := range s.plan.Kept {
		if !s.plan.ours(c) || c.Service != b.Service.Name {
			continue
		}
		for _, p := range c.Bound {
			if p.Target == b.Binding.Target && p.Proto == b.Binding.Proto {
				n.add(s.plan, Blocker{Kind: ByContainer, Container: c, Span: p.Span, UID: -1, Local: p.Addr})
			}
		}
	}
	return n
}

// add keeps a blocker, once.
func (n *Now) add(plan Plan, b Blocker) {
	list := &n.Holders
	if b.Kind == ByContainer && plan.ours(b.Container) {
		list = &n.Ours
	}
	if !slices.ContainsFunc(*list, func(o Blocker) bool { return o.key() == b.key() }) {
		*list = append(*list, b)
	}
}
