package lint

import (
	"cmp"
	"slices"
)

// PortStatus is who has the host ports of one binding at this moment.
type PortStatus struct {
	Silent  bool     // the engine binds no port for it
	Known   bool     // everything that decides was looked at
	Free    int      // host ports of the binding that can be bound
	Ours    []Owner  // running containers of the checkout that have one of them, or have another one in its place
	At      []uint16 // the host ports that those have, sorted
	Moved   bool     // they have others than the files ask for
	Holders []Owner  // all others that have one of them, each once
}

// Published are the endpoints of all ports of the projects, of services that `up` starts or not: what must be probed for
// [Host.Now]. It needs the Host's Engine and Networks; the result is sorted.
func (h *Host) Published(projects []*Project) []Endpoint {
	var out []Endpoint
	for _, p := range projects {
		for i := range p.Services {
			for _, b := range h.bound(&p.Services[i]) {
				for port := range b.Binding.All() {
					out = append(out, b.Endpoints(port)...)
				}
			}
		}
	}

	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Or(cmp.Compare(a.Proto, b.Proto), a.Addr.Compare(b.Addr)) })
	return slices.Compact(out)
}

// Asked are the host ports that the services of a project that `up` starts ask for, on the engine's networks. It needs the Host's
// Engine and Networks.
func (h *Host) Asked(p *Project) []Bound {
	var out []Bound
	for i := range p.Services {
		if p.Services[i].Active {
			out = append(out, h.bound(&p.Services[i])...)
		}
	}
	return out
}

// bound are the bindings of a service on the engine's networks.
func (h *Host) bound(s *Service) []Bound {
	here := *s
	here.Network = h.network(s.Network)
	return here.bound()
}

// PortStatuses says for every binding of a project, by service and in their order, who has its host ports.
func (h *Host) PortStatuses(p *Project) map[*Binding]PortStatus {
	out := map[*Binding]PortStatus{}
	s := newOccupancy(h.standing(p), h)
	for i := range p.Services {
		service := &p.Services[i]
		bound := h.bound(service)
		for j := range service.Bindings {
			b := &service.Bindings[j]
			switch {
			case len(bound) == 0:
				out[b] = PortStatus{Silent: true, Known: true}
			case b.First == 0:
				out[b] = s.statusOfPick(bound[j])
			default:
				out[b] = s.portStatus(bound[j])
			}
		}
	}

	return out
}

// portStatus asks for every host port of a binding.
func (o occupancy) portStatus(b Bound) PortStatus {
	n := PortStatus{Known: o.host.Engine.Version != "" && !o.host.blindTo(BlindEngine) && !o.unseen(b)}
	for port := range b.Binding.All() {
		conflicts := o.conflicts(b, port)
		for _, c := range conflicts {
			n.add(o.plan.home, c.owner, port)
		}
		if len(conflicts) == 0 {
			n.Free++
		}
	}

	if len(n.Ours) == 0 {
		n.Moved = o.replicasAt(&n, b, b.movedTo)
	}
	return n
}

// statusOfPick finds the ports that the engine chose for running containers of the service.
func (o occupancy) statusOfPick(b Bound) PortStatus {
	n := PortStatus{Known: !b.Binding.Unknown && o.host.Engine.Version != "", Free: 1}
	if b.Binding.Unknown {
		n.Free = 0
	}
	o.replicasAt(&n, b, func(ports []PublishedPort) []PublishedPort {
		return slices.DeleteFunc(slices.Clone(ports), func(p PublishedPort) bool {
			return p.Target != b.Binding.Target || p.Proto != b.Binding.Proto || b.Service.writesPort(p)
		})
	})
	return n
}

// replicasAt adds the running containers of the service in this checkout that have some of their ports for a binding.
func (o occupancy) replicasAt(n *PortStatus, b Bound, having func([]PublishedPort) []PublishedPort) (found bool) {
	for _, c := range o.plan.staying {
		replica := c.Service == b.Service.Name && !c.OneOff && !c.Hook
		if !replica || !o.plan.home.Runs(c) {
			continue
		}
		for _, p := range having(c.Bound) {
			n.add(o.plan.home, Owner{Kind: OwnerContainer, Container: c, Span: p.Span, UID: -1, Local: p.Addr}, p.Addr.Port())
			found = true
		}
	}
	return found
}

// writesPort reports whether a binding of the service asks for a port by its number.
func (s *Service) writesPort(p PublishedPort) bool {
	return slices.ContainsFunc(s.Bindings, func(o Binding) bool { return o.First != 0 && o.names(p) && o.reaches(p) })
}

// reaches reports whether a port that a container has lies at the address of the binding.
func (b *Binding) reaches(p PublishedPort) bool {
	ip := p.Addr.Addr().Unmap()
	if !b.HostIP.IsValid() || b.HostIP.IsUnspecified() {
		return !ip.IsValid() || ip.IsUnspecified()
	}
	return ip == b.HostIP.Unmap()
}

// movedTo are the ports that a container of the service has in place of those that the binding asks for: at the same
// address for the same container port, and written nowhere. Of several bindings that are alike in all of this, each has
// its own, in the order of the numbers.
func (b Bound) movedTo(ports []PublishedPort) []PublishedPort {
	alike := func(o *Binding) bool {
		return o.First != 0 && o.Proto == b.Binding.Proto && o.Target == b.Binding.Target && o.HostIP == b.Binding.HostIP
	}
	var moved []PublishedPort
	var numbers []uint16
	for _, p := range ports {
		asked := p.Proto == b.Binding.Proto && p.Target == b.Binding.Target && b.Binding.reaches(p)
		if asked && !b.Service.writesPort(p) {
			moved, numbers = append(moved, p), append(numbers, p.Addr.Port())
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)

	var missing []*Binding
	for i := range b.Service.Bindings {
		o := &b.Service.Bindings[i]
		has := func(p PublishedPort) bool { return o.names(p) && o.reaches(p) }
		if alike(o) && !slices.ContainsFunc(ports, has) {
			missing = append(missing, o)
		}
	}
	slices.SortStableFunc(missing, func(a, b *Binding) int { return cmp.Compare(a.First, b.First) })
	at := slices.Index(missing, b.Binding)
	switch {
	case at < 0:
		return nil
	case len(missing) != len(numbers):
		return moved
	}
	return slices.DeleteFunc(moved, func(p PublishedPort) bool { return p.Addr.Port() != numbers[at] })
}

// add keeps a owner, once, and the port if it is a container of the project's checkout.
func (n *PortStatus) add(home *Project, b Owner, port uint16) {
	list := &n.Holders
	if b.Kind == OwnerContainer && b.Container.Project == home.Name && home.foreign(b.Container) {
		b.checkout = b.Container.WorkingDir
	}

	if b.Kind == OwnerContainer && home.Runs(b.Container) {
		list = &n.Ours
		if at, known := slices.BinarySearch(n.At, port); !known {
			n.At = slices.Insert(n.At, at, port)
		}
	}

	if !slices.ContainsFunc(*list, func(o Owner) bool { return o.key() == b.key() }) {
		*list = append(*list, b)
	}
}
