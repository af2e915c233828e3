package lint

// race looks for bindings whose host ports others may take before they start. The engine hands out pools round robin
// from a place that it does not tell, and services start in parallel but for depends_on.
type race struct {
	plan    Plan
	engine  Engine
	span    Ports // from which the engine picks
	bound   []Bound
	pools   []Bound // of bound
	pickers []Bound // of bound: the engine picks their host port
	// held tells the host ports that something else has already; nil when no machine is known.
	held                func(b Bound, p uint16) bool
	leftWithoutPortMemo map[*Binding]bool
}

// newRace looks at all services that should run; where an engine is known only at those that are not up yet.
func (p *Pass) newRace() race {
	r := race{plan: p.Plan, engine: p.engine(), bound: p.Plan.Bound(), span: p.Host.ephemeral(),
		leftWithoutPortMemo: map[*Binding]bool{}}
	if p.Host != nil {
		r.bound, r.held = p.Plan.toBind(), p.occupancy.heldBy(Possible)
	}

	for _, b := range r.bound {
		if b.Binding.Pool() {
			r.pools = append(r.pools, b)
		}
		if b.Binding.Ephemeral() {
			r.pickers = append(r.pickers, b)
		}
	}

	return r
}

// mayLosePort are the bindings that may find no host port left because the pool, with the other pools, started first.
func (r race) mayLosePort(pool Bound) []Bound {
	var out []Bound
	items := itemSet{}
	for _, v := range r.bound {
		if r.leftWithoutPort(v) && r.mayTake(pool, v) && items.add(v) {
			out = append(out, v)
		}
	}
	return out
}

// mayTake reports whether taker may get a host port that loser asks for, before loser starts. Inside one container
// engines from 27 on bind exact ports first.
func (r race) mayTake(taker, loser Bound) bool {
	a, b := taker.Binding, loser.Binding
	if a == b || !a.Overlaps(b.Ports) {
		return false
	}
	if overlap, _ := r.engine.overlaps(taker, loser, a.Common(b.Ports).First); !overlap {
		return false
	}
	if taker.Service == loser.Service {
		return a.Pool() && (b.Pool() || !r.engine.bindsExactPortsFirst())
	}
	return !r.comesTooLate(taker, loser)
}

// comesTooLate reports whether a taker starts only once the loser has its host port, or has given its own back before.
func (r race) comesTooLate(taker, loser Bound) bool {
	return r.plan.startsAfter(taker.Service.Name, loser.Service.Name) || r.plan.endsBefore(taker.Service.Name, loser.Service.Name)
}

// triesHeldPort reports whether an engine that may try such ports tries, for a pool, a host port that another
// binding has on another address. Source: moby libnetwork/portallocator RequestPortsInRange.
func (r race) triesHeldPort(pool, other Bound) bool {
	a, b := pool.Binding, other.Binding
	if a == b || !a.Overlaps(b.Ports) || !r.engine.mayTryHeldPort(pool, other) {
		return false
	}
	if r.engine.oneForBoth(pool, other) || r.plan.apart(pool.Service.Name, other.Service.Name) {
		return false
	}

	for _, x := range pool.Endpoints(b.First) {
		for _, y := range other.Endpoints(b.First) {
			if overlap, _ := r.engine.compare(x, y); overlap && x != y { // RootlessKit makes one of addresses that the engine tells apart
				return true
			}
		}
	}

	return false
}

// leftWithoutPort reports whether others may leave the loser fewer host ports than it needs. A fixed port meets a fixed port in
// duplicate-port.
func (r race) leftWithoutPort(loser Bound) bool {
	without, known := r.leftWithoutPortMemo[loser.Binding]
	if !known {
		without = r.short(loser)
		r.leftWithoutPortMemo[loser.Binding] = without
	}
	return without
}

func (r race) short(loser Bound) bool {
	left, others := r.room(loser, loser.Binding.Ports), r.bound
	if loser.Binding.Fixed() {
		others = r.pools
	}

	for _, o := range others {
		if !r.mayTake(o, loser) && !r.siblings(o, loser) {
			continue
		}
		common := r.room(loser, o.Binding.Common(loser.Binding.Ports))
		left -= min(o.units(), common)
	}

	return left < loser.units()
}

// siblings reports whether a fixed port of the loser's own container lies in the loser, a pool.
func (r race) siblings(fixed, loser Bound) bool {
	if fixed.Service != loser.Service || !fixed.Binding.Fixed() || !loser.Binding.Pool() {
		return false
	}
	overlap, _ := r.engine.overlaps(fixed, loser, fixed.Binding.First)
	return overlap && loser.Binding.Contains(fixed.Binding.First)
}

// room counts the ports of a range that the binding may still have.
func (r race) room(b Bound, of Ports) int {
	n := of.Width()
	if r.held == nil {
		return n
	}

	for port := range of.All() {
		if r.held(b, port) {
			n--
		}
	}

	return n
}

// enginePicks are the bindings of other services for which the engine may pick the loser's fixed host port.
func (r race) enginePicks(loser Bound) []Bound {
	first := loser.Binding.First
	if !loser.Binding.Fixed() || !r.span.Contains(first) || !r.engine.picksInOrder() {
		return nil
	}

	var out []Bound
	items := itemSet{}
	for _, o := range r.pickers {
		if o.Service == loser.Service || r.comesTooLate(o, loser) {
			continue
		}
		if overlap, _ := r.engine.overlaps(o, loser, first); overlap && items.add(o) {
			out = append(out, o)
		}
	}

	return out
}
