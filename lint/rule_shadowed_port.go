package lint

import (
	"fmt"
	"net/netip"
)

var shadowedPort = Rule{
	Name: "shadowed-port", Severity: Warning, Certainty: Possible, Live: true,
	Summary: "a host port that can be bound, and that another one hides",
	Check:   checkShadowedPort,
}

func checkShadowedPort(p *Pass) {
	s := p.occupancy
	done := itemSet{}
	for _, b := range p.Plan.toBind() {
		if !b.Binding.Fixed() || len(s.conflicts(b, b.Binding.First)) > 0 {
			continue
		}
		if h, how := s.shadow(b); h != nil && done.add(b) {
			p.reportShadow(s, b, h, how)
		}
	}
}

// shadow finds a server that answers in the place of the binding.
func (o occupancy) shadow(b Bound) (*ownerConflict, string) {
	for _, e := range b.Endpoints(b.Binding.First) {
		if probe := o.probes[e.plain()]; probe != nil && probe.Result == Free {
			if h := o.server(b, probe); h != nil {
				return h, "has it too, and only one of the two is reached"
			}
		}
	}

	for _, e := range b.otherLoopback() {
		for _, t := range o.bound[e.key()] {
			if t.port.Overlaps(e) && !t.freed && !o.plan.own(t.container) {
				return &ownerConflict{owner: Owner{Kind: OwnerContainer, Container: t.container, Span: t.port.Span, UID: -1, Local: t.port.Addr},
					port: b.Binding.First}, answers(e)
			}
		}
		if probe := o.probes[e.plain()]; probe != nil && probe.Result == InUse {
			if h := o.server(b, probe); h != nil {
				return h, answers(e)
			}
		}
	}
	return nil, ""
}

func answers(e Endpoint) string {
	return fmt.Sprintf("has %s: what asks for localhost may reach that one", e)
}

// server is the first holder of a probe that serves, and is no container of ours.
func (o occupancy) server(b Bound, probe *Probe) *ownerConflict {
	for _, h := range probe.Holders {
		if h.State != Listening && h.State != Datagram {
			continue
		}
		t, found := o.containerBehind(probe.Proto, h)
		switch {
		case !found:
			return &ownerConflict{owner: newOwner(h, o.host), port: b.Binding.First}
		case !t.freed && !o.plan.own(t.container):
			return &ownerConflict{owner: o.containerConflict(t, probe, h).owner, port: b.Binding.First}
		}
	}
	return nil
}

// otherLoopback are the sockets that `localhost` may mean beside those of a binding that has one family only.
func (b Bound) otherLoopback() []Endpoint {
	ends := b.Endpoints(b.Binding.First)
	if len(ends) != 1 {
		return nil
	}

	a := ends[0].Addr.Addr()
	if !a.IsLoopback() && !a.IsUnspecified() {
		return nil
	}
	other := netip.IPv6Loopback()
	if a.Is6() {
		other = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}

	return []Endpoint{{Proto: b.Binding.Proto, Addr: netip.AddrPortFrom(other, b.Binding.First)}}
}

func (p *Pass) reportShadow(s occupancy, b Bound, h *ownerConflict, how string) {
	item := b.Service.Item(b.Binding)
	want := b.wantOn([]uint16{h.port})
	f := item.finding(fmt.Sprintf("%s of %q may be shadowed", want, b.Service.Name), want+" may be shadowed")
	f.note(NotePossible, fmt.Sprintf("it can be bound, but %s %s", s.subject(h.owner), how))
	f.Owner, f.Related = &h.owner, h.owner.related(h.port, b.Binding.Proto)
	f.Fixes = append([]Fix{howToFree(h.owner, s.plan)}, p.moveFix([]Item{item})...)
	p.Report(f)
}

// subject names the owner as the beginning of a clause.
func (o occupancy) subject(b Owner) string {
	switch b.Kind {
	case OwnerContainer:
		return containerSentence(b.Container, o.plan)
	case OwnerProcess:
		b.Process.Command = ""
		return b.program()
	default:
		return "something else"
	}
}
