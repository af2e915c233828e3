package lint

import (
	"net/netip"
	"slices"
	"strings"
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

// inEngine lists the containers of the engine that keep their port through this `up`.
func (s scene) inEngine(b Bound, e Endpoint) []hold {
	var out []hold
	for _, seat := range s.seats[e.key()] {
		c, refused := s.host.Engine.refuses(e, seat.port.Endpoint)
		if seat.freed || !refused || s.settled(b, seat) {
			continue
		}
		if s.plan.may[seat.container] && !s.asks(seat) {
			c = unsure(recreated)
		}
		out = join(out, hold{clash: c, blocker: Blocker{Kind: ByContainer, Container: seat.container, Span: seat.port.Span, UID: -1}})
	}
	return out
}

// settled reports whether a container of ours has its port by right: another replica of the binding's own service, or a
// service that asks for this very port, which duplicate-port reports when both do.
func (s scene) settled(b Bound, t seat) bool {
	return s.plan.may[t.container] && (t.container.Service == b.Service.Name || b.Binding.Fixed() && s.asks(t))
}

// asks reports whether a container's service will have the same port, even if `up` recreates the container.
func (s scene) asks(t seat) bool { return s.fixed[written{t.container.Service, t.port.key()}] }

// inSwarm lists the swarm services that take the port on every node. A node takes it with a socket, of dockerd's or of its
// book of ports, when the service has its first task, so that the kernel has the last word. Source: moby
// daemon/libnetwork/service_linux.go addLBBackend.
func (s scene) inSwarm(e Endpoint) []hold {
	c := unsure("the engine takes it as soon as a task of the service runs")
	if probe := s.probes[e.plain()]; probe != nil && probe.Result == Free {
		return nil
	} else if probe != nil && probe.Result == InUse {
		c = unsure()
	}
	var out []hold
	for _, p := range s.host.Swarm {
		if p.Ingress && p.Proto == e.Proto && p.Port == e.Addr.Port() {
			out = append(out, hold{clash: c, blocker: Blocker{Kind: BySwarm, Swarm: p.Service, UID: -1}})
		}
	}
	return out
}

// inKernel lists the sockets in the way that nothing said so far explains.
func (s scene) inKernel(b Bound, e Endpoint, known []hold) []hold {
	probe := s.probes[e.plain()]
	if probe == nil || !s.refusing(probe) {
		return nil
	}
	leaves := slices.ContainsFunc(s.seats[e.key()], func(t seat) bool { return (t.freed || s.settled(b, t)) && t.explains(e) })
	var out []hold
	for _, h := range serious(probe.Holders, leaves) {
		t, found := s.owner(e.Proto, h)
		switch {
		case found && (t.freed || s.settled(b, t)):
		case found:
			out = join(out, s.byContainer(t, probe, h))
		case h.Owner.Process.forwarder() != nil && (len(known) > 0 || s.restarts(e)):
		default:
			out = join(out, hold{clash: s.surely(probe, h), blocker: newBlocker(h, s.host.Engine)})
		}
	}
	if len(probe.Holders) == 0 && probe.Result == InUse && !leaves && len(known) == 0 {
		return []hold{{clash: unsure(), blocker: Blocker{Kind: ByUnknown, UID: -1}}}
	}
	return withoutKnown(out, known)
}

// restarts reports whether a container that crashes and comes back has the port now and then, which port-taken-later reports:
// the engine may have started it since it was asked.
func (s scene) restarts(e Endpoint) bool {
	return slices.ContainsFunc(s.host.Containers, func(c Container) bool {
		return c.State == "restarting" && c.Wants([]Endpoint{e})
	})
}

// byContainer is a container whose socket is in the way: one with host networking, or one that Docker lists otherwise.
func (s scene) byContainer(t seat, p *Probe, h Holder) hold {
	b := newBlocker(h, s.host.Engine)
	b.Kind, b.Container, b.Span = ByContainer, t.container, t.port.Span
	c := s.surely(p, h)
	if s.plan.may[t.container] && c.certainty == Certain {
		c = unsure(recreated)
	}
	return hold{clash: c, blocker: b}
}

// withoutKnown drops the containers that the engine itself has named already, once it is told which process serves them.
func withoutKnown(holds, known []hold) []hold {
	return slices.DeleteFunc(holds, func(h hold) bool {
		i := slices.IndexFunc(known, func(k hold) bool { return k.blocker.Container == h.blocker.Container })
		if h.blocker.Kind != ByContainer || i < 0 {
			return false
		}
		known[i].blocker.learn(h.blocker)
		return true
	})
}

// refusing reports whether a probe speaks of sockets in the way. What a rootless engine may not bind is reserved-port's.
func (s scene) refusing(p *Probe) bool {
	switch p.Result {
	case InUse, NotTested:
		return true
	case NotAllowed:
		return !s.host.Engine.Rootless
	default:
		return false
	}
}

// explains reports whether the container's own socket may be what refuses an endpoint.
func (t seat) explains(e Endpoint) bool {
	o := t.port.Endpoint
	return o.Overlaps(e) || o.Addr.Addr().IsUnspecified()
}

// serious drops the connections of a server that is listed too, or that leaves: they are its own.
func serious(holders []Holder, leaves bool) []Holder {
	if !leaves && !slices.ContainsFunc(holders, func(h Holder) bool { return !passing(h) }) {
		return holders
	}
	return slices.DeleteFunc(slices.Clone(holders), passing)
}

func passing(h Holder) bool { return h.State == Connection || h.State == Closing }

// owner finds the container behind a socket: its own process, or a port that it publishes at the socket's address. A
// forwarder may bind another address than the one it forwards for.
func (s scene) owner(proto string, h Holder) (seat, bool) {
	local := Endpoint{Proto: proto, Addr: h.Local}.plain()
	seats := s.seats[local.key()]
	for _, t := range seats {
		if t.port.plain() == local {
			return t, true
		}
	}
	if len(seats) > 0 && h.Owner.Process.forwarder() != nil {
		return seats[0], true
	}
	id := h.Owner.ContainerID
	if len(id) < 12 {
		return seat{}, false
	}
	for full, c := range s.ids {
		if strings.HasPrefix(full, id) || strings.HasPrefix(id, full) && len(full) >= 12 {
			return seat{container: c, freed: slices.Contains(s.plan.Freed, c)}, true
		}
	}
	return seat{}, false
}

// surely is how sure it is that a socket keeps the engine out. Source: linux
// net/ipv4/inet_connection_sock.c inet_csk_bind_conflict; moby #48132 for UDP.
func (s scene) surely(p *Probe, h Holder) clash {
	switch {
	case h.State == Connection || h.State == Closing:
		return clash{certainty: Possible}
	case s.host.foreign() && h.Local.Addr().Unmap() != p.Addr.Addr().Unmap():
		return unsure(elsewhere)
	case p.Result != InUse && h.State == BoundOnly, p.Result != InUse && h.State == Datagram && !s.strictUDP():
		return unsure("this user may not try it")
	}
	return unsure()
}

// foreign reports whether the machine's rules for addresses are not Linux's.
func (h *Host) foreign() bool { return h.OS != "" && h.OS != "linux" }

// strictUDP reports whether the engine shares no UDP port with anyone.
func (s scene) strictUDP() bool {
	shares, open := s.host.Engine.within(release{28, 0, 0}, release{29, 0, 0}, "unknown")
	return !shares && open == ""
}
