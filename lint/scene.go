package lint

import (
	"net/netip"
)

// scene is what the containers that `up` starts find on the host.
type scene struct {
	plan   Plan
	host   *Host
	probes map[Endpoint]*Probe
	seats  map[socketKey][]seat
	ids    map[string]*Container
	fixed  map[written]bool
	memo   map[asked][]hold
}

// asked is one host port of one binding.
type asked struct {
	binding *Binding
	port    uint16
}

// written is a fixed host port of a service, as the files have it.
type written struct {
	service string
	socketKey
}

// Why it is open whether something keeps a port.
const (
	recreated = "unless this `up` recreates it, which frees the port"
	elsewhere = "this system may let both have it"
)

// seat is a host port that a running container has.
type seat struct {
	container *Container
	port      PublishedPort
	freed     bool
}

// hold is one thing that keeps a binding from a host port.
type hold struct {
	clash
	blocker Blocker
	port    uint16
	at      []Endpoint // of the binding, where it meets the blocker
}

func newScene(plan Plan, h *Host) scene {
	s := scene{plan: plan, host: h, probes: map[Endpoint]*Probe{}, seats: map[socketKey][]seat{}, ids: map[string]*Container{},
		fixed: map[written]bool{}, memo: map[asked][]hold{}}
	if h.asked() {
		for i := range h.Probes {
			s.probes[h.Probes[i].plain()] = &h.Probes[i]
		}
	}
	for i := range h.Containers {
		s.ids[h.Containers[i].ID] = &h.Containers[i]
	}
	for _, b := range plan.Bound() {
		if b.Binding.Fixed() {
			s.fixed[written{b.Service.Name, socketKey{b.Binding.Proto, b.Binding.First}}] = true
		}
	}
	s.seat(plan.Freed, true)
	s.seat(plan.Kept, false)
	return s
}

func (s scene) seat(containers []*Container, freed bool) {
	for _, c := range containers {
		for _, p := range c.Bound {
			k := p.key()
			s.seats[k] = append(s.seats[k], seat{c, p, freed})
		}
	}
}

func (e Endpoint) key() socketKey { return socketKey{e.Proto, e.Addr.Port()} }

// plain writes an IPv4 address one way only.
func (e Endpoint) plain() Endpoint {
	return Endpoint{Proto: e.Proto, Addr: netip.AddrPortFrom(e.Addr.Addr().Unmap(), e.Addr.Port())}
}

// holds lists what keeps the binding from host port p, each once.
func (s scene) holds(b Bound, p uint16) []hold {
	k := asked{b.Binding, p}
	if out, done := s.memo[k]; done {
		return out
	}
	out := s.look(b, p)
	s.memo[k] = out
	return out
}

func (s scene) look(b Bound, p uint16) []hold {
	var out []hold
	for _, e := range b.Endpoints(p) {
		here := s.inEngine(b, e)
		here = append(here, s.inSwarm(e)...)
		here = append(here, s.inKernel(b, e, here)...)
		for _, h := range here {
			h.port, h.at = p, []Endpoint{e}
			if why := b.doubt(); why != "" {
				h.clash = unsure(why)
			}
			out = join(out, h)
		}
	}
	return out
}

// join adds a hold, or its endpoint to the one of the same blocker.
func join(holds []hold, h hold) []hold {
	for i := range holds {
		if holds[i].blocker.key() == h.blocker.key() {
			holds[i].at = append(holds[i].at, h.at...)
			if h.certainty > holds[i].certainty {
				holds[i].clash = h.clash
			}
			return holds
		}
	}
	return append(holds, h)
}
