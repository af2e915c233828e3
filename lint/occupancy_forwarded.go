package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint/desktop"
)

// Of an engine in a virtual machine a forwarder opens the ports, on the desktop's own system. What becomes of one is for package
// desktop to say; here it meets what the engine's containers and this `up` have to do with the port.

// forwarded lists what keeps the forwarder of the engine from an endpoint that the engine publishes.
func (o occupancy) forwarded(b Bound, e Endpoint, known []ownerConflict) []ownerConflict {
	f := o.host.Engine.Forwarder
	if f == nil {
		return nil
	}

	sockets, none := f.Opens(e.Proto, e.Addr)
	if none != "" {
		return []ownerConflict{{conflict: certainUnless(none), lost: true, says: fmt.Sprintf("is not forwarded to %s", f.Place()), owner: Owner{Kind: OwnerUnknown, UID: -1}}}
	}

	var out []ownerConflict
	if inside := f.HeldInside(e.Proto, e.Addr); inside != "" && len(known) == 0 {
		out = append(out, ownerConflict{conflict: certainUnless("as it is set up by itself"), says: "is held by " + inside, owner: Owner{Kind: OwnerUnknown, UID: -1}})
	}
	for _, s := range sockets {
		probe := o.forwards[Endpoint{Proto: s.Proto, Addr: s.Addr}]
		if probe == nil || isReserved(probe) && f.Early {
			continue
		}
		if c, found := o.beforeForwarder(b, e, known, probe, f.Judge(s, seenOf(probe))); found {
			out = addConflict(out, c)
		}
	}
	return out
}

// seenOf is what a probe says, as the forwarder's rules read it.
func seenOf(p *Probe) desktop.Seen {
	trials := map[ProbeResult]desktop.Trial{Free: desktop.Free, InUse: desktop.InUse, NotLocal: desktop.NotLocal, NotAllowed: desktop.Denied, Excluded: desktop.Denied}
	seen := desktop.Seen{Trial: trials[p.Result], Listed: p.Listed, Administered: p.Administered}
	if p.Result == Excluded {
		seen.Range = cmp.Or(p.Reason, "the range of the port")
	}

	for _, h := range p.Holders {
		seen.Holders = append(seen.Holders, desktop.Holder{Addr: h.Local, V6Only: h.V6Only, Passing: isTransient(h),
			Name: h.Owner.Process.Name, Command: h.Owner.Process.Command, UID: h.Owner.UID})
	}
	return seen
}

// beforeForwarder is the conflict that an answer about the forwarder's socket comes to. What the forwarder itself has is there for
// a container that this `up` stops, or that was named already.
func (o occupancy) beforeForwarder(b Bound, e Endpoint, known []ownerConflict, probe *Probe, a desktop.Answer) (ownerConflict, bool) {
	if a.Outcome != desktop.Fails && a.Outcome != desktop.Dead {
		return ownerConflict{}, false
	}

	c := ownerConflict{owner: Owner{Kind: OwnerUnknown, UID: -1}, lost: a.Outcome == desktop.Dead}
	own := a.Holder < 0
	if a.Holder >= 0 {
		h := probe.Holders[a.Holder]
		c.owner, own = newOwner(h, o.host), h.Owner.Process.forwarder() != nil
		if t, found := o.containerBehind(e.Proto, h); found {
			c.owner.Kind, c.owner.Container, c.owner.Span = OwnerContainer, t.container, t.port.Span
		}
	}
	freed := slices.ContainsFunc(o.bound[e.key()], func(t boundPort) bool { return t.freed || o.keptByRight(b, t) })
	if own && (freed || len(known) > 0) {
		return ownerConflict{}, false
	}

	c.conflict = certainUnless(a.Why)
	if c.lost && a.Certain { // what `up` says of it is nothing
		c.conflict = certainUnless(o.host.Engine.Forwarder.Name() + " opens the port once the container runs, and tells a log alone that it could not")
	}
	return c, true
}

// isReserved reports whether a probe is about a port that nobody has and that can't be had.
func isReserved(p *Probe) bool {
	return p.Result == NotLocal || p.Result == Excluded && !p.Administered
}

// reservedForwarder finds a socket that a forwarder which opens ports before the container starts can't have, though nobody has it.
func (o occupancy) reservedForwarder(e Endpoint) *Probe {
	f := o.host.Engine.Forwarder
	if f == nil || !f.Early {
		return nil
	}

	sockets, _ := f.Opens(e.Proto, e.Addr)
	for _, s := range sockets {
		if probe := o.forwards[Endpoint{Proto: s.Proto, Addr: s.Addr}]; probe != nil && isReserved(probe) {
			return probe
		}
	}
	return nil
}

// notForwarded reports whether it can't be told whether the forwarder gets the sockets of an endpoint.
func (o occupancy) notForwarded(e Endpoint) bool {
	f := o.host.Engine.Forwarder
	sockets, _ := f.Opens(e.Proto, e.Addr)
	return slices.ContainsFunc(sockets, func(s desktop.Socket) bool {
		probe := o.forwards[Endpoint{Proto: s.Proto, Addr: s.Addr}]
		return probe == nil || f.Judge(s, seenOf(probe)).Outcome == desktop.NotChecked
	})
}

// ToForward are the sockets that the engine's forwarder would open for endpoints, each once.
func (h *Host) ToForward(want []Endpoint) []desktop.Socket {
	var all []desktop.Socket
	for _, e := range want {
		sockets, _ := h.Engine.Forwarder.Opens(e.Proto, e.Addr)
		for _, s := range sockets {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}
