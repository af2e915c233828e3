package lint

import (
	"fmt"
	"slices"
)

// checkPools judges the pools among the ports that are held: one that has too few left can't start, and one that has
// enough may still fail, because the engine tries few ports that it does not know to be held. Source:
// moby daemon/libnetwork/portallocator RequestPortsInRange, drivers/bridge maxAllocatePortAttempts.
func (p *Pass) checkPools(s occupancy) {
	bound, reported := append(p.Plan.Bound(), p.Plan.stoppedRequests...), map[string]bool{}
	for _, g := range p.overfullPools(bound, nil) {
		reported[g.items()] = true // by duplicate-port
	}
	full := itemSet{}
	p.checkRoom(s, bound, Certain, reported, full)
	p.checkRoom(s, bound, Possible, reported, full)
	for _, b := range p.Plan.toBind() {
		if !b.Binding.Pool() {
			continue
		}
		// What runs already has its ports, wherever it could have others.
		p.checkRoom(s, b.Service.bound(), Possible, reported, full)
		if full.add(b) {
			p.checkTries(s, b)
		}
	}
}

// checkRoom reports the pools that have no room, counting what is held at least that surely.
func (p *Pass) checkRoom(s occupancy, bound []Bound, least Certainty, reported map[string]bool, full itemSet) {
	for _, g := range p.overfullPools(bound, s.heldBy(least)) {
		if reported[g.items()] || !s.anyNew(g) || slices.ContainsFunc(g.members, func(m Bound) bool { return full[m.itemOf()] }) {
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

	headlines := []string{fmt.Sprintf("%s has too few free ports for %s", g.want(), quoted(g.services())), g.want() + " has too few free ports"}
	if g.need == 1 {
		headlines = []string{fmt.Sprintf("%s has no free port for %s", g.want(), quoted(g.services())), g.want() + " has no free port"}
	}
	first := g.members[0]
	f := first.Service.Item(first.Binding).finding(headlines...)
	f.Certainty = g.certainty
	if g.need > 1 {
		f.note(NoteWhy, fmt.Sprintf("%d are needed", g.need))
	}
	if g.certainty < Certain {
		f.note(NotePossible, whyPossible(conflicts))
	}
	p.reportPool(s, first, conflicts, f)
}

// whyPossible says on what it depends whether a pool has room.
func whyPossible(conflicts []ownerConflict) string {
	for _, h := range conflicts {
		if why := h.possible(); why != "" {
			return why
		}
	}
	return "it depends on which of its ports the running containers keep"
}

// reportPool reports a pool with who holds its ports.
func (p *Pass) reportPool(s occupancy, b Bound, conflicts []ownerConflict, f Finding) {
	f.Notes = append(s.holders(conflicts), f.Notes...)
	if len(conflicts) > 0 {
		h := conflicts[0]
		f.Owner = &h.owner
		f.Related = h.owner.related(h.port, b.Binding.Proto)
		f.Fixes = []Fix{howToFree(h.owner, s.plan)}
	}

	if f.Certainty != Certain {
		f.Severity = Warning
	}
	f.Fixes = append(f.Fixes, p.moveFix([]Item{b.Service.Item(b.Binding)})...)
	p.Report(f)
}

// mostHolders is how many holders of a pool's ports a finding names.
const mostHolders = 3

// holders says which ports are held by whom.
func (o occupancy) holders(conflicts []ownerConflict) []Note {
	ports := map[ownerKey][]uint16{}
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

	var notes []Note
	for _, h := range order[:min(len(order), mostHolders)] {
		n := o.plan.heldBy(h.owner)
		n.Text = runs(ports[h.owner.key()]) + ": " + n.Text
		notes = append(notes, n)
	}
	if more := len(order) - len(notes); more > 0 {
		notes = append(notes, Note{Label: NoteHeldBy, Text: fmt.Sprintf("%d more", more)})
	}
	return notes
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
	it := b.Service.Item(b.Binding)
	f := it.finding(fmt.Sprintf("%s of %q is partly taken", it.Want(), b.Service.Name), it.Want()+" is partly taken")
	f.Certainty = Possible
	f.note(NotePossible, who)
	p.reportPool(s, b, conflicts, f)
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
