package lint

import "fmt"

var reservedPort = Rule{
	Name: "reserved-port", Severity: Error, Certainty: Certain, Live: true,
	Summary: "a host port that can't be bound although nobody holds it",
	Check:   checkReservedPort,
}

func checkReservedPort(p *Pass) {
	s := p.occupancy
	done := itemSet{}
	for _, b := range p.Plan.toBind() {
		if !b.Binding.Known() {
			continue
		}
		if refused := s.reserved(b); refused != nil && done.add(b) {
			p.reportReserved(b, refused)
		}
	}
}

// reserved finds the first port of a binding that the system keeps; of a pool only when it keeps all of them.
func (o occupancy) reserved(b Bound) *Probe {
	var first *Probe
	for port := range b.Binding.All() {
		refused := o.forbidden(b, port)
		if refused == nil {
			return nil
		}
		if first == nil {
			first = refused
		}
	}
	return first
}

func (o occupancy) forbidden(b Bound, port uint16) *Probe {
	for _, e := range b.Endpoints(port) {
		switch probe := o.probes[e.plain()]; {
		case probe == nil:
		case isReserved(probe), probe.Result == NotAllowed && o.host.Engine.UserPorts():
			return probe
		}
		if refused := o.reservedForwarder(e); refused != nil {
			return refused
		}
	}
	return nil
}

func (p *Pass) reportReserved(b Bound, probe *Probe) {
	item := b.Service.Item(b.Binding)
	port, addr := probe.Addr.Port(), probe.Addr.Addr()
	f := item.finding(fmt.Sprintf("%s of %q cannot be bound", item.Want(), b.Service.Name), item.Want()+" cannot be bound")
	move := p.moveFix
	switch probe.Result {
	case NotLocal:
		f.note(NoteWhy, fmt.Sprintf("this machine has no address %s", addr))
		f.Fixes = []Fix{advise("publish it on an address of this machine, such as 127.0.0.1")}
		move = func([]Item, ...Item) []Fix { return nil }
	case Excluded:
		f.note(NoteWhy, probe.whyExcluded())
	default:
		f.note(NoteWhy, fmt.Sprintf("%d is a privileged port, and this engine is rootless", port))
		f.Fixes = []Fix{advise(fmt.Sprintf("let users bind it: sysctl net.ipv4.ip_unprivileged_port_start=%d", port))}
		if unread := p.engine().unreadLowPorts(); unread != "" {
			f.note(NotePossible, unread)
			f.Certainty = Possible
		}
	}

	f.Fixes = append(move([]Item{item}), f.Fixes...)
	f.note(NotePossible, b.uncertainty())
	if b.uncertainty() != "" {
		f.Certainty = Possible
	}
	p.Report(f)
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}
