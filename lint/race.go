package lint

// race looks for bindings whose host ports others may take before they start. The engine hands out pools round robin
// from a place that it does not tell, and services start in parallel but for depends_on.
type race struct {
	plan    Plan
	bound   []Bound
	pools   []Bound // of bound
	pickers []Bound // of bound: the engine picks their host port
}

func newRace(plan Plan) race {
	r := race{plan: plan, bound: plan.Bound()}
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

// victims are the bindings that may find no host port left because the pool, with the other pools, started first.
func (r race) victims(pool Bound) []Bound {
	var out []Bound
	items := itemSet{}
	for _, v := range r.bound {
		if r.mayTake(pool, v) && r.starves(v) && items.add(v) {
			out = append(out, v)
		}
	}
	return out
}

// mayTake reports whether taker may get a host port that victim asks for, before victim starts. Inside one container
// engines from 27 on bind exact ports first.
func (r race) mayTake(taker, victim Bound) bool {
	a, b := taker.Binding, victim.Binding
	if a == b || a.First == 0 || b.First == 0 || a.Last < b.First || b.Last < a.First {
		return false
	}
	if overlap, _ := taker.meets(victim, max(a.First, b.First)); !overlap {
		return false
	}
	if taker.Service == victim.Service {
		return a.Pool() && b.Fixed()
	}
	return !r.plan.After(taker.Service.Name, victim.Service.Name)
}

// starves reports whether others may leave the victim fewer host ports than it needs. A fixed port meets a fixed port in
// duplicate-port.
func (r race) starves(victim Bound) bool {
	left, others := victim.Binding.Width(), r.bound
	if victim.Binding.Fixed() {
		others = r.pools
	}
	for _, o := range others {
		if !r.mayTake(o, victim) {
			continue
		}
		common := int(min(o.Binding.Last, victim.Binding.Last)) - int(max(o.Binding.First, victim.Binding.First)) + 1
		left -= min(o.units(), common)
	}
	return left < victim.units()
}

// picks are the bindings of other services for which the engine may pick the victim's fixed host port.
func (r race) picks(victim Bound) []Bound {
	first := victim.Binding.First
	if !victim.Binding.Fixed() || first < ephemeralFirst || first > ephemeralLast {
		return nil
	}
	var out []Bound
	items := itemSet{}
	for _, o := range r.pickers {
		if o.Service == victim.Service || r.plan.After(o.Service.Name, victim.Service.Name) {
			continue
		}
		if overlap, _ := o.meets(victim, first); overlap && items.add(o) {
			out = append(out, o)
		}
	}
	return out
}
