package lint

import (
	"cmp"
	"net/netip"
	"slices"
)

// overfullPools finds the sets of pools and fixed ports for which no placement exists. On one address every pool is an
// interval of ports, and for intervals Hall's condition needs a look only from the start of one to the end of another.
// On a machine some ports are held already: held tells those that a binding can't have, and is nil for none.
func (e Engine) overfullPools(bound []Bound, held func(b Bound, p uint16) bool) []group {
	if !slices.ContainsFunc(bound, func(b Bound) bool { return b.Binding.Pool() }) {
		return nil
	}

	var groups []group
	seen := map[string]bool{}
	for _, at := range places(bound) {
		for _, rest := range clusters(at.on(bound, e)) {
			for g, ok := overfullAt(rest, held); ok; g, ok = overfullAt(rest, held) {
				rest = g.without(rest)
				if !seen[g.items()] {
					seen[g.items()] = true
					groups = append(groups, g)
				}
			}
		}
	}

	return groups
}

// overfullPools finds those of one `up`, each once.
func (p *Pass) overfullPools(bound []Bound, held func(b Bound, p uint16) bool) []group {
	var groups []group
	seen := map[string]bool{}
	for _, set := range p.Plan.together(bound) {
		for _, g := range p.engine().overfullPools(set, held) {
			if !seen[g.items()] {
				seen[g.items()] = true
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// clusters parts bindings whose host ports have nothing to do with one another.
func clusters(bound []Bound) [][]Bound {
	slices.SortStableFunc(bound, func(a, b Bound) int { return cmp.Compare(a.Binding.First, b.Binding.First) })
	var out [][]Bound
	last := 0
	for _, b := range bound {
		if n := len(out); n == 0 || int(b.Binding.First) > last {
			out = append(out, []Bound{b})
		} else {
			out[n-1] = append(out[n-1], b)
		}
		last = max(last, int(b.Binding.Last))
	}

	return out
}

// without are the bindings that are not in an overfull pool: what else can't be placed among them is another one.
func (g group) without(bound []Bound) []Bound {
	all := Ports{First: g.ports[0], Last: g.ports[len(g.ports)-1]}
	return slices.DeleteFunc(slices.Clone(bound), func(b Bound) bool { return all.Covers(b.Binding.Ports) })
}

// place is one address of one protocol.
type place struct {
	proto string
	addr  netip.Addr
}

// places are the addresses that pools ask for, in order.
func places(bound []Bound) []place {
	var out []place
	for _, b := range bound {
		if b.Binding.First == 0 {
			continue
		}
		for _, e := range b.Endpoints(b.Binding.First) {
			out = append(out, place{e.Proto, e.Addr.Addr()})
		}
	}

	slices.SortFunc(out, func(a, b place) int { return cmp.Or(cmp.Compare(a.proto, b.proto), a.addr.Compare(b.addr)) })
	return slices.Compact(out)
}

// on selects the bindings that take their port on the address.
func (at place) on(bound []Bound, engine Engine) []Bound {
	var out []Bound
	for _, b := range bound {
		if b.Binding.First == 0 || b.uncertainty() != "" {
			continue
		}
		if slices.ContainsFunc(b.Endpoints(1), func(e Endpoint) bool { return at.covers(e, engine) }) {
			out = append(out, b)
		}
	}
	return out
}

// covers reports whether the engine surely refuses an endpoint while the address has its port.
func (at place) covers(e Endpoint, engine Engine) bool {
	c, refused := engine.refuses(e, Endpoint{Proto: at.proto, Addr: netip.AddrPortFrom(at.addr, e.Addr.Port())})
	return refused && c.certainty == Certain
}

// overfullAt returns the narrowest interval of ports that holds fewer than must fit into it.
func overfullAt(bound []Bound, held func(Bound, uint16) bool) (best group, found bool) {
	pools, fixed := split(bound)
	fixed = closed(pools, fixed, held)
	for _, low := range pools {
		need := 0
		for _, high := range pools {
			if high.Binding.First < low.Binding.First {
				continue
			}
			need += high.units()
			all := Ports{First: low.Binding.First, Last: high.Binding.Last}
			room := all.Width() - within(fixed, all)
			narrower := !found || all.Width() < len(best.ports)
			if need > room && narrower {
				best, found = newOverfullPool(bound, all), true
			}
		}
	}

	return best, found
}

// split sorts pools by their end and lists the distinct fixed ports.
func split(bound []Bound) (pools []Bound, fixed []uint16) {
	for _, b := range bound {
		if b.Binding.Pool() {
			pools = append(pools, b)
		} else {
			fixed = append(fixed, b.Binding.First)
		}
	}

	slices.SortStableFunc(pools, func(a, b Bound) int { return cmp.Compare(a.Binding.Last, b.Binding.Last) })
	slices.Sort(fixed)
	return pools, slices.Compact(fixed)
}

// closed adds to the fixed ports those that none of the pools around them can have.
func closed(pools []Bound, fixed []uint16, held func(Bound, uint16) bool) []uint16 {
	if held == nil {
		return fixed
	}

	open, taken := map[uint16]bool{}, map[uint16]bool{}
	for _, b := range pools {
		for port := range b.Binding.All() {
			if held(b, port) {
				taken[port] = true
			} else {
				open[port] = true
			}
		}
	}

	for p := range taken {
		if !open[p] {
			fixed = append(fixed, p)
		}
	}

	slices.Sort(fixed)
	return slices.Compact(fixed)
}

// units is how many host ports the binding takes from its range: one for each replica that can fit at all.
func (b Bound) units() int { return min(max(1, b.Service.Replicas), b.Binding.Width()) }

// within counts the sorted ports that lie in a range.
func within(sorted []uint16, all Ports) int {
	low, _ := slices.BinarySearch(sorted, all.First)
	high, found := slices.BinarySearch(sorted, all.Last)
	if found {
		high++
	}
	return high - low
}

func newOverfullPool(bound []Bound, all Ports) group {
	g := group{conflict: conflict{certainty: Certain}, ports: slices.Collect(all.All())}
	items := itemSet{}
	for _, b := range bound {
		if !all.Covers(b.Binding.Ports) {
			continue
		}
		g.need += b.units()
		if items.add(b) {
			g.members = append(g.members, b)
		}
	}

	slices.SortStableFunc(g.members, compareBound)
	return g
}
