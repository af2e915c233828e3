package lint

import (
	"net/netip"
	"slices"
	"strings"
)

// occupancy is what the containers that `up` starts find on the host.
type occupancy struct {
	plan   Plan
	host   *Host
	probes map[Endpoint]*Probe
	// forwards are the probes of the sockets that the engine's forwarder would open.
	forwards map[Endpoint]*Probe
	bound    map[socketKey][]boundPort
	ids      map[string]*Container
	fixed    map[written]bool
	memo     map[asked][]ownerConflict
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
	mayBeRecreated = "unless this `up` recreates it, which frees the port"
	elsewhere      = "this system may let both have it"
)

// boundPort is a host port that a running container has.
type boundPort struct {
	container *Container
	port      PublishedPort
	freed     bool
}

// ownerConflict is one thing that keeps a binding from a host port.
type ownerConflict struct {
	conflict
	owner Owner
	// lost: `up` succeeds all the same, and the port does not lead to its container.
	lost bool
	says string // in place of the sentence about the owner, "" for that
	port uint16
	at   []Endpoint // of the binding, where it meets the owner
}

// possible says on what it depends whether the owner is in the way, "" where it certainly is.
func (h ownerConflict) possible() string {
	switch {
	case h.mayEnd() && h.owner.Kind == OwnerConnection:
		return "the connection comes and goes"
	case h.mayEnd():
		return "the port is free again within a minute"
	}
	if h.lost {
		return "`up` succeeds all the same; " + h.why
	}
	return h.why
}

// mayEnd reports whether the owner is a connection that may well be gone when `up` runs, or what is left of one.
func (h ownerConflict) mayEnd() bool {
	return h.certainty < Certain && (h.owner.Kind == OwnerConnection || h.owner.Kind == OwnerClosing)
}

func newOccupancy(plan Plan, h *Host) occupancy {
	s := occupancy{plan: plan, host: h, probes: map[Endpoint]*Probe{}, forwards: map[Endpoint]*Probe{}, bound: map[socketKey][]boundPort{}, ids: map[string]*Container{},
		fixed: map[written]bool{}, memo: map[asked][]ownerConflict{}}
	if h.asked() {
		for i := range h.Probes {
			s.probes[h.Probes[i].plain()] = &h.Probes[i]
		}
	}

	for i := range h.Forwarded {
		s.forwards[h.Forwarded[i].plain()] = &h.Forwarded[i]
	}

	for i := range h.Containers {
		s.ids[h.Containers[i].ID] = &h.Containers[i]
	}

	for _, b := range plan.Bound() {
		if b.Binding.Fixed() {
			s.fixed[written{b.Service.Name, socketKey{b.Binding.Proto, b.Binding.First}}] = true
		}
	}

	s.addPorts(plan.freed, true)
	s.addPorts(plan.staying, false)
	return s
}

func (o occupancy) addPorts(containers []*Container, freed bool) {
	for _, c := range containers {
		for _, p := range c.Bound {
			k := p.key()
			o.bound[k] = append(o.bound[k], boundPort{c, p, freed})
		}
	}
}

func (e Endpoint) key() socketKey { return socketKey{e.Proto, e.Addr.Port()} }

// plain writes an IPv4 address one way only.
func (e Endpoint) plain() Endpoint {
	return Endpoint{Proto: e.Proto, Addr: netip.AddrPortFrom(e.Addr.Addr().Unmap(), e.Addr.Port())}
}

// conflicts lists what keeps the binding from host port p, each once.
func (o occupancy) conflicts(b Bound, p uint16) []ownerConflict {
	k := asked{b.Binding, p}
	if out, done := o.memo[k]; done {
		return out
	}
	out := o.findConflicts(b, p)
	o.memo[k] = out
	return out
}

func (o occupancy) findConflicts(b Bound, p uint16) []ownerConflict {
	var out []ownerConflict
	for _, e := range b.Endpoints(p) {
		here := o.inEngine(b, e)
		here = append(here, o.inSwarm(e)...)
		if o.host.Engine.Forwarder == nil || o.host.Engine.Local {
			here = append(here, o.inKernel(b, e, here)...)
		}
		here = append(here, o.forwarded(b, e, here)...)
		for _, h := range here {
			h.port, h.at = p, []Endpoint{e}
			if why := b.uncertainty(); why != "" {
				h.conflict = certainUnless(why)
			}
			out = addConflict(out, h)
		}
	}
	return out
}

// addConflict adds a conflict, or its endpoint to the one of the same owner.
func addConflict(conflicts []ownerConflict, h ownerConflict) []ownerConflict {
	for i := range conflicts {
		if conflicts[i].owner.key() == h.owner.key() && conflicts[i].says == h.says {
			conflicts[i].at = append(conflicts[i].at, h.at...)
			if h.certainty > conflicts[i].certainty {
				conflicts[i].conflict = h.conflict
			}
			return conflicts
		}
	}
	return append(conflicts, h)
}

// inEngine lists the containers of the engine that keep their port through this `up`.
func (o occupancy) inEngine(b Bound, e Endpoint) []ownerConflict {
	var out []ownerConflict
	for _, port := range o.bound[e.key()] {
		c, refused := o.host.Engine.refuses(e, port.port.Endpoint)
		if port.freed || !refused || o.keptByRight(b, port) {
			continue
		}
		if o.plan.maybeRecreated[port.container] && !o.asksBeside(b, port) {
			c = certainUnless(mayBeRecreated)
		}
		out = addConflict(out, ownerConflict{conflict: c, owner: Owner{Kind: OwnerContainer, Container: port.container, Span: port.port.Span, UID: -1}})
	}
	return out
}

// keptByRight reports whether a container of ours has its port by right: another replica of the binding's own service, or a
// service that asks for this very port, which duplicate-port reports when both do.
func (o occupancy) keptByRight(b Bound, t boundPort) bool {
	return o.plan.maybeRecreated[t.container] && (t.container.Service == b.Service.Name || b.Binding.Fixed() && o.asksBeside(b, t))
}

// asksBeside reports whether a container's service will have the same port, even if `up` recreates the container, when the service of
// the binding needs it.
func (o occupancy) asksBeside(b Bound, t boundPort) bool {
	return o.fixed[written{t.container.Service, t.port.key()}] && !o.plan.apart(t.container.Service, b.Service.Name)
}

// inSwarm lists the swarm services that take the port on every node. A node takes it with a socket, of dockerd's or of its
// book of ports, when the service has its first task, so that the kernel has the last word. Source: moby
// daemon/libnetwork/service_linux.go addLBBackend.
func (o occupancy) inSwarm(e Endpoint) []ownerConflict {
	c := certainUnless("the engine takes it as soon as a task of the service runs")
	if probe := o.probes[e.plain()]; probe != nil && probe.Result == Free {
		return nil
	} else if probe != nil && probe.Result == InUse {
		c = certainUnless()
	}

	var out []ownerConflict
	for _, p := range o.host.Swarm {
		if p.Ingress && p.Proto == e.Proto && p.Port == e.Addr.Port() {
			out = append(out, ownerConflict{conflict: c, owner: swarmOwner(p)})
		}
	}

	return out
}

// inKernel lists the sockets in the way that nothing said so far explains.
func (o occupancy) inKernel(b Bound, e Endpoint, known []ownerConflict) []ownerConflict {
	probe := o.probes[e.plain()]
	if probe == nil || !o.refusing(probe) {
		return nil
	}

	freedByUp := slices.ContainsFunc(o.bound[e.key()], func(t boundPort) bool { return (t.freed || o.keptByRight(b, t)) && t.explains(e) })
	var out []ownerConflict
	for _, h := range withoutOwnConnections(probe.Holders, freedByUp) {
		t, found := o.containerBehind(e.Proto, h)
		switch {
		case found && (t.freed || o.keptByRight(b, t)):
		case found:
			out = addConflict(out, o.containerConflict(t, probe, h))
		case h.Owner.Process.forwarder() != nil && (len(known) > 0 || o.restarts(e)):
		default:
			out = addConflict(out, ownerConflict{conflict: o.certaintyOf(probe, h), owner: newOwner(h, o.host)})
		}
	}
	unknown := len(probe.Holders)+len(known) == 0
	if unknown && probe.Result == InUse && !freedByUp {
		return []ownerConflict{{conflict: certainUnless(), owner: Owner{Kind: OwnerUnknown, UID: -1}}}
	}
	return withoutKnown(out, known)
}

// restarts reports whether a container that crashes and comes back has the port now and then, which port-taken-later reports:
// the engine may have started it since it was asked.
func (o occupancy) restarts(e Endpoint) bool {
	return slices.ContainsFunc(o.host.Containers, func(c Container) bool {
		return c.State == "restarting" && c.Wants([]Endpoint{e})
	})
}

// containerConflict is a container whose socket is in the way: one with host networking, or one that Docker lists otherwise.
func (o occupancy) containerConflict(t boundPort, p *Probe, h Holder) ownerConflict {
	b := newOwner(h, o.host)
	b.Kind, b.Container, b.Span = OwnerContainer, t.container, t.port.Span
	c := o.certaintyOf(p, h)
	if o.plan.maybeRecreated[t.container] && c.certainty == Certain {
		c = certainUnless(mayBeRecreated)
	}
	return ownerConflict{conflict: c, owner: b}
}

// withoutKnown drops the containers that the engine itself has named already, once it is told which process serves them.
func withoutKnown(conflicts, known []ownerConflict) []ownerConflict {
	return slices.DeleteFunc(conflicts, func(h ownerConflict) bool {
		i := slices.IndexFunc(known, func(k ownerConflict) bool { return k.owner.Container == h.owner.Container })
		if h.owner.Kind != OwnerContainer || i < 0 {
			return false
		}
		known[i].owner.learn(h.owner)
		return true
	})
}

// refusing reports whether a probe speaks of sockets in the way. What a rootless engine may not bind is reserved-port's.
func (o occupancy) refusing(p *Probe) bool {
	switch p.Result {
	case InUse, NotTested:
		return true
	case NotAllowed:
		return !o.host.Engine.UserPorts()
	default:
		return false
	}
}

// explains reports whether the container's own socket may be what refuses an endpoint.
func (t boundPort) explains(e Endpoint) bool {
	o := t.port.Endpoint
	return o.Overlaps(e) || o.Addr.Addr().IsUnspecified()
}

// withoutOwnConnections drops the connections of a server that is listed too, or that leaves: they are its own.
func withoutOwnConnections(holders []Holder, freedByUp bool) []Holder {
	if !freedByUp && !slices.ContainsFunc(holders, func(h Holder) bool { return !isTransient(h) }) {
		return holders
	}
	return slices.DeleteFunc(slices.Clone(holders), isTransient)
}

func isTransient(h Holder) bool { return h.State == Connection || h.State == Closing }

// containerBehind finds the container behind a socket: its own process, or a port that it publishes at the socket's address. A
// forwarder may bind another address than the one it forwards for.
func (o occupancy) containerBehind(proto string, h Holder) (boundPort, bool) {
	local := Endpoint{Proto: proto, Addr: h.Local}.plain()
	ports := o.bound[local.key()]
	for _, t := range ports {
		if t.port.plain() == local {
			return t, true
		}
	}
	if len(ports) > 0 && h.Owner.Process.forwarder() != nil {
		return ports[0], true
	}
	id := h.Owner.ContainerID
	if len(id) < 12 {
		return boundPort{}, false
	}

	for full, c := range o.ids {
		if strings.HasPrefix(full, id) || strings.HasPrefix(id, full) && len(full) >= 12 {
			return boundPort{container: c, freed: slices.Contains(o.plan.freed, c)}, true
		}
	}

	return boundPort{}, false
}

// certaintyOf is how sure it is that a socket keeps the engine out. A connection on a port that the machine gives to no
// connection is there because a program bound the port on purpose, as one does that listens. Source: linux
// net/ipv4/inet_connection_sock.c inet_csk_bind_conflict; moby #48132 for UDP.
func (o occupancy) certaintyOf(p *Probe, h Holder) conflict {
	maybeKernels := !o.host.Ephemeral.Known() || o.host.Ephemeral.Contains(h.Local.Port())
	onPurpose := !maybeKernels && p.Result == InUse && !o.host.foreign()
	switch {
	case h.State == Closing, h.State == Connection && !onPurpose:
		return conflict{certainty: Possible}
	case o.host.foreign() && h.Local.Addr().Unmap() != p.Addr.Addr().Unmap():
		return certainUnless(elsewhere)
	case p.Result != InUse && h.State == BoundOnly, p.Result != InUse && h.State == Datagram && o.host.Engine.mayShareUDP():
		return certainUnless("this user may not try it")
	}
	return certainUnless()
}

// foreign reports whether the machine's rules for addresses are not Linux's.
func (h *Host) foreign() bool { return h.OS != "" && h.OS != "linux" }
