package lint

import (
	"maps"
	"slices"
)

// The range from which Linux gives ports to outgoing connections unless told otherwise, inclusive.
// Source: net.ipv4.ip_local_port_range.
var linuxEphemeral = portRange{32768, 60999}

// portRange is a range of ports, both ends inclusive.
type portRange [2]uint16

func (r portRange) has(p uint16) bool { return r[0] <= p && p <= r[1] }

// ephemeral is the range from which the machine gives ports to outgoing connections, as far as it was read.
func (h *Host) ephemeral() portRange {
	if h.asked() && h.Ephemeral[1] != 0 {
		return h.Ephemeral
	}
	return linuxEphemeral
}

// asked reports whether this machine's sockets are those of the engine.
func (h *Host) asked() bool { return h != nil && h.Engine.Local }

// advice remembers what one Run suggested, so that two suggestions never meet.
type advice struct {
	ground Ground            // with every binding in sight, and what was suggested already
	moves  map[Span]uint16   // new lowest host port, by the place of the old one
	passed map[uint16]string // what was passed over, and why
	names  map[*Project]map[Span]string
	naming *naming
	many   map[*Project]map[Span]bool // items that several services have
}

func newAdvice(projects []*Project, settings Settings) *advice {
	a := &advice{ground: GroundOf(settings.Host, func(*Container) bool { return false }), moves: map[Span]uint16{},
		passed: map[uint16]string{}, names: map[*Project]map[Span]string{}, naming: newNaming(projects), many: map[*Project]map[Span]bool{}}
	a.ground.Low, a.ground.High = settings.Low, settings.High
	for p := range settings.Reserved {
		a.ground.Take(p, p, "the settings leave it out")
	}
	for p, who := range settings.Taken {
		a.ground.Take(p, p, who)
	}
	a.ground.TakeWritten(projects...)
	return a
}

// free finds width ports in a row near old that nothing in sight uses, and keeps them.
func (a *advice) free(old uint16, width int) (first uint16, ok bool) {
	for _, from := range []int{int(a.ground.Near(old)), 1024} {
		for p := from; p+width-1 <= 65535; {
			closed := a.closed(p, width)
			if closed == 0 {
				a.take(p, width)
				return uint16(p), true
			}
			p = closed + 1
		}
	}
	return 0, false
}

// closed is the first of width ports that a suggestion must not take, 0 when all are open.
func (a *advice) closed(first, width int) int {
	for p := first; p < first+width; p++ {
		if why := a.ground.Shut(uint16(p)); why != "" {
			a.passed[uint16(p)] = why
			return p
		}
	}
	return 0
}

func (a *advice) take(first, width int) {
	a.ground.Take(uint16(first), uint16(first+width-1), "it is suggested for another port already")
}

// skips are the ports that were passed over, in their order.
func (a *advice) skips() []Skip {
	var all Picked
	for _, port := range slices.Sorted(maps.Keys(a.passed)) {
		all.skip(port, a.passed[port])
	}
	return all.Skips
}

// grow makes room for width ports in a row: from old on, where have of them are the caller's already, else nearby.
func (a *advice) grow(old uint16, have, width int) (uint16, bool) {
	if next := int(old) + have; int(old)+width-1 <= 65535 && a.closed(next, width-have) == 0 {
		a.take(next, width-have)
		return old, true
	}
	return a.free(old, width)
}

// move suggests another lowest host port for an item.
func (a *advice) move(it Item) (uint16, bool) {
	first, _ := it.Range()
	return a.remember(it.Head().Port, func() (uint16, bool) { return a.free(first, it.Width()) })
}

// keep suggests port itself for a new binding, or ports near it where those are not free.
func (a *advice) keep(place Span, port uint16, width int) (uint16, bool) {
	return a.remember(place, func() (uint16, bool) {
		if int(port)+width-1 > 65535 || a.closed(int(port), width) != 0 {
			return a.free(port, width)
		}
		a.take(int(port), width)
		return port, true
	})
}

// remember gives one place the same answer within a Run.
func (a *advice) remember(place Span, suggest func() (uint16, bool)) (uint16, bool) {
	if to, ok := a.moves[place]; ok {
		return to, true
	}
	to, ok := suggest()
	if ok && place.Known() {
		a.moves[place] = to
	}
	return to, ok
}

// name suggests the variable that may hold the host port of an item.
func (a *advice) name(p *Project, it Item) string {
	if a.names[p] == nil {
		a.names[p] = a.naming.items(p)
	}
	return a.names[p][it.Head().Entry]
}

// shared reports whether another service has the same written item, through `extends` or an alias: an edit of it would
// change both.
func (p *Pass) shared(it Item) bool {
	many := p.advice.many
	if many[p.Project] == nil {
		many[p.Project] = p.Project.sharedItems()
	}
	return many[p.Project][it.Head().Entry]
}

func (p *Project) sharedItems() map[Span]bool {
	owner, many := map[Span]string{}, map[Span]bool{}
	for _, b := range p.Bindings() {
		if first, seen := owner[b.Entry]; seen && first != b.Service {
			many[b.Entry] = true
		} else {
			owner[b.Entry] = b.Service
		}
	}
	return many
}
