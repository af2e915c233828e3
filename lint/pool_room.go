package lint

import (
	"fmt"
	"slices"
	"strings"
)

// checkPools judges the pools among the ports that are held: one that has too few left can't start, and one that has
// enough may still fail, because the engine tries few ports that it does not know to be held. Source:
// moby daemon/libnetwork/portallocator RequestPortsInRange, drivers/bridge maxAllocatePortAttempts.
func (p *Pass) checkPools(s occupancy) {
	bound, told := append(p.Plan.Bound(), p.Plan.stoppedRequests...), map[string]bool{}
	for _, g := range p.engine().overfullPools(bound, nil) {
		told[g.items()] = true // by duplicate-port
	}
	full := itemSet{}
	p.checkRoom(s, bound, Certain, told, full)
	p.checkRoom(s, bound, Possible, told, full)
	for _, b := range p.Plan.ToBind() {
		if !b.Binding.Pool() {
			continue
		}
		// What runs already has its ports, wherever it could have others.
		p.checkRoom(s, b.Service.bound(), Possible, told, full)
		if full.add(b) {
			p.checkTries(s, b)
		}
	}
}

// checkRoom reports the pools that have no room, counting what is held at least that surely.
func (p *Pass) checkRoom(s occupancy, bound []Bound, least Certainty, told map[string]bool, full itemSet) {
	for _, g := range p.engine().overfullPools(bound, s.heldBy(least)) {
		if told[g.items()] || !s.anyNew(g) || slices.ContainsFunc(g.members, func(m Bound) bool { return full[m.itemOf()] }) {
			continue
		}
		g.certainty = least
		p.reportFull(s, g)
		for _, m := range g.members {
			full.add(m)
		}
	}
}

// heldBy tells the ports of a pool that something holds at least that surely.
func (o occupancy) heldBy(least Certainty) func(Bound, uint16) bool {
	return func(b Bound, p uint16) bool {
		return slices.ContainsFunc(o.conflicts(b, p), func(h ownerConflict) bool { return h.certainty >= least })
	}
}

// anyNew reports whether one of the services still has to get its ports.
func (o occupancy) anyNew(g group) bool {
	return slices.ContainsFunc(g.members, func(m Bound) bool {
		return o.plan.newContainers[m.Service] > 0 || slices.Contains(o.plan.stoppedRequests, m)
	})
}

func (p *Pass) reportFull(s occupancy, g group) {
	var conflicts []ownerConflict
	for _, port := range g.ports {
		for _, m := range g.members {
			if m.Binding.Contains(port) {
				conflicts = append(conflicts, s.conflicts(m, port)...)
			}
		}
	}

	first := g.members[0]
	message := fmt.Sprintf("%s has too few free host ports for %s, %d are needed", g.want(), quoted(g.services()), g.need)
	if g.need == 1 {
		message = fmt.Sprintf("%s has no free host port for %s", g.want(), quoted(g.services()))
	}
	p.reportPool(s, first, conflicts, message, g.certainty)
}

// reportPool reports a pool with who holds its ports.
func (p *Pass) reportPool(s occupancy, b Bound, conflicts []ownerConflict, message string, c Certainty) {
	item := b.Service.Item(b.Binding)
	f := item.finding(message + s.holders(conflicts))
	f.Certainty = c
	if len(conflicts) > 0 {
		h := conflicts[0]
		f.Owner = &h.owner
		f.Related = h.owner.related(h.port, b.Binding.Proto)
		f.Fixes = []Fix{howToFree(h.owner, s.plan)}
	}

	if c != Certain {
		f.Severity = Warning
	}
	f.Fixes = append(f.Fixes, p.moveFix([]Item{item})...)
	p.Report(f)
}

// mostHolders is how many holders of a pool's ports a message names.
const mostHolders = 3

// holders says which ports are held by whom.
func (o occupancy) holders(conflicts []ownerConflict) string {
	ports := map[string][]uint16{}
	var order []ownerConflict
	for _, h := range conflicts {
		k := h.owner.key()
		if ports[k] == nil {
			order = append(order, h)
		}
		if !slices.Contains(ports[k], h.port) {
			ports[k] = append(ports[k], h.port)
		}
	}

	var said []string
	for _, h := range order[:min(len(order), mostHolders)] {
		is := " is "
		if len(ports[h.owner.key()]) > 1 {
			is = " are "
		}
		said = append(said, runs(ports[h.owner.key()])+is+ownerSentence(h.owner, o.plan))
	}

	if more := len(order) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	if len(said) == 0 {
		return ""
	}
	return ": " + strings.Join(said, "; ")
}

// checkTries reports a pool in which the engine may meet more held ports in a row than it tries.
func (p *Pass) checkTries(s occupancy, b Bound) {
	streak := s.streak(b)
	tries, who := p.engine().triesOfPool()
	switch {
	case len(streak) == 0 || len(streak) < tries:
		return
	case tries > 1:
		who = "the engine gives up after 10 such ports in a row"
	}

	var conflicts []ownerConflict
	for _, port := range streak {
		conflicts = append(conflicts, s.conflicts(b, port)...)
	}
	message := fmt.Sprintf("the pool %s of %q has free host ports, but %s", b.Service.Item(b.Binding).Want(), b.Service.Name, who)
	p.reportPool(s, b, conflicts, message, Possible)
}

// streak is the longest row of ports that the engine would try in vain, going round: what its own containers hold it
// knows, and passes over for free.
func (o occupancy) streak(b Bound) []uint16 {
	var row, best []uint16
	first, last := int(b.Binding.First), int(b.Binding.Last)
	for i := 0; i < 2*(last-first+1); i++ {
		port := uint16(first + i%(last-first+1))
		switch known, held := o.tried(b, port); {
		case known:
		case !held:
			row = nil
		case !slices.Contains(row, port):
			row = append(row, port)
		}

		if len(row) > len(best) {
			best = slices.Clone(row)
		}
	}

	return best
}

// tried says whether the engine knows that its containers have the port, and whether it would fail to bind it. Up to 28.2
// it knows only of the very same address.
func (o occupancy) tried(b Bound, port uint16) (known, held bool) {
	for _, e := range b.Endpoints(port) {
		for _, t := range o.bound[e.key()] {
			_, refused := o.host.Engine.refuses(e, t.port.Endpoint)
			counts := o.host.Engine.countsOtherAddresses() || t.port.plain() == e.plain()
			if refused && counts && !t.freed {
				return true, false
			}
		}
	}
	return false, len(o.conflicts(b, port)) > 0
}
