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
	s := p.scene
	done := itemSet{}
	for _, b := range p.Plan.Demands() {
		if !b.Binding.Fixed() || len(s.holds(b, b.Binding.First)) > 0 {
			continue
		}
		if h, how := s.shadow(b); h != nil && done.add(b) {
			p.reportShadow(s, b, h, how)
		}
	}
}

// shadow finds a server that answers in the place of the binding.
func (s scene) shadow(b Bound) (*hold, string) {
	for _, e := range b.Endpoints(b.Binding.First) {
		if probe := s.probes[e.plain()]; probe != nil && probe.Result == Free {
			if h := s.server(b, probe); h != nil {
				return h, "has it too, and only one of the two is reached"
			}
		}
	}
	for _, e := range b.twins() {
		for _, t := range s.seats[e.key()] {
			if t.port.Overlaps(e) && !t.freed && !s.plan.own(t.container) {
				return &hold{blocker: Blocker{Kind: ByContainer, Container: t.container, Span: t.port.Span, UID: -1, Local: t.port.Addr},
					port: b.Binding.First}, answers(e)
			}
		}
		if probe := s.probes[e.plain()]; probe != nil && probe.Result == InUse {
			if h := s.server(b, probe); h != nil {
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
func (s scene) server(b Bound, probe *Probe) *hold {
	for _, h := range probe.Holders {
		if h.State != Listening && h.State != Datagram {
			continue
		}
		t, found := s.owner(probe.Proto, h)
		switch {
		case !found:
			return &hold{blocker: newBlocker(h, s.host.Engine), port: b.Binding.First}
		case !t.freed && !s.plan.own(t.container):
			return &hold{blocker: s.byContainer(t, probe, h).blocker, port: b.Binding.First}
		}
	}
	return nil
}

// twins are the sockets that `localhost` may mean besides those of a binding that has one family only.
func (b Bound) twins() []Endpoint {
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

func (p *Pass) reportShadow(s scene, b Bound, h *hold, how string) {
	item := b.Service.Item(b.Binding)
	f := item.finding(fmt.Sprintf("%s of %q can be bound, but %s %s", b.wantOn([]uint16{h.port}), b.Service.Name, s.subject(h.blocker), how))
	f.Owner, f.Related = &h.blocker, h.blocker.related(h.port, b.Binding.Proto)
	f.Fixes = append([]Fix{s.frees(h.blocker)}, p.moveFix([]Item{item})...)
	p.Report(f)
}

// subject names the blocker as the beginning of a clause.
func (s scene) subject(b Blocker) string {
	switch b.Kind {
	case ByContainer:
		return s.whichContainer(b.Container)
	case ByProcess:
		b.Process.Command = ""
		return b.program()
	default:
		return "something else"
	}
}
