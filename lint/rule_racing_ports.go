package lint

import (
	"fmt"
	"slices"
)

var racingPorts = Rule{
	Name: "racing-ports", Severity: Warning, Certainty: Possible,
	Summary: "a pool or a port that the engine picks can take a host port that another service needs",
	Check:   checkRacingPorts,
}

func checkRacingPorts(p *Pass) {
	r := p.newRace()
	overfull := p.overfullPools(r.bound, nil)
	reported := map[[2]itemOf]bool{}
	for _, taker := range r.pools {
		byOrder := map[startOrder][]Bound{}
		for _, v := range r.mayLosePort(taker) {
			if inOne(overfull, taker, v) || reported[[2]itemOf{v.itemOf(), taker.itemOf()}] {
				continue
			}
			reported[[2]itemOf{taker.itemOf(), v.itemOf()}] = true
			o := p.order(taker, v)
			byOrder[o] = append(byOrder[o], v)
		}

		for _, o := range []startOrder{oneContainer, takerFirst, noOrder} {
			if losers := byOrder[o]; len(losers) > 0 {
				p.reportRace(taker, losers, o)
			}
		}
	}

	p.reportHeldPorts(r, overfull, reported)

	done := itemSet{}
	for _, loser := range r.bound {
		if takers := r.enginePicks(loser); len(takers) > 0 && done.add(loser) {
			p.reportPicker(loser, takers)
		}
	}
}

// reportHeldPorts reports the pools for which the engine may try a port that another binding has on another address, but
// for the pairs that were told.
func (p *Pass) reportHeldPorts(r race, overfull []group, reported map[[2]itemOf]bool) {
	for _, pool := range r.pools {
		for _, o := range r.bound {
			pair := [2]itemOf{pool.itemOf(), o.itemOf()}
			if reported[pair] || reported[[2]itemOf{pair[1], pair[0]}] {
				continue
			}
			if r.triesHeldPort(pool, o) && !inOne(overfull, pool, o) {
				reported[pair] = true
				p.reportStumble(pool, o)
			}
		}
	}
}

// inOne reports whether two bindings belong to one group, which duplicate-port reports.
func inOne(groups []group, a, b Bound) bool {
	return slices.ContainsFunc(groups, func(g group) bool {
		return g.has(a) && g.has(b)
	})
}

// startOrder is what the files say of the start of a pool's container and of those that may lose their host port to it.
type startOrder int

const (
	oneContainer startOrder = iota
	takerFirst
	noOrder
)

func (p *Pass) order(taker, loser Bound) startOrder {
	switch {
	case taker.Service == loser.Service:
		return oneContainer
	case p.Plan.startsAfter(loser.Service.Name, taker.Service.Name):
		return takerFirst
	default:
		return noOrder
	}
}

func (p *Pass) reportRace(taker Bound, losers []Bound, o startOrder) {
	var wants, wantsOf, ports []string
	for _, v := range losers {
		it := v.Service.Item(v.Binding)
		wants, ports = append(wants, it.Want()), append(ports, it.PortText())
		wantsOf = append(wantsOf, fmt.Sprintf("%s of %q", it.Want(), v.Service.Name))
	}

	pool, owners := taker.Service.Item(taker.Binding), group{members: losers}.services()
	headlines := []string{fmt.Sprintf("%q may take %s", taker.Service.Name, listed(wantsOf)), fmt.Sprintf("%q may take %s", taker.Service.Name, listed(wants)),
		"a pool may take " + listed(wants)}
	possible := fmt.Sprintf("the pool %s of %q comes first where it starts first", pool.Want(), taker.Service.Name)
	title := "give the pool a range without " + listed(ports)
	switch {
	case o == oneContainer:
		headlines = []string{fmt.Sprintf("%q may take its own %s", taker.Service.Name, listed(wants)), "a pool may take " + listed(wants)}
		possible = fmt.Sprintf("the engine may give it to the pool %s first%s", pool.Want(), p.engine().upTo26(losers[0]))
	case o == takerFirst:
		possible = fmt.Sprintf("the pool %s of %q may get it: %q starts before %s", pool.Want(), taker.Service.Name, taker.Service.Name, quoted(owners))
	case len(owners) == 1:
		possible += ", and nothing says which of the two does"
		title += fmt.Sprintf(", or let %q depend on %q", taker.Service.Name, owners[0])
	default:
		possible += ", and nothing says which of them does"
		title += fmt.Sprintf(", or let %q depend on %s", taker.Service.Name, quoted(owners))
	}

	f := pool.finding(headlines...)
	f.note(NotePossible, possible)
	for _, v := range losers {
		f.Related = append(f.Related, v.related())
	}
	f.Fixes = []Fix{{Title: title, Safety: Manual}}
	p.Report(f)
}

func (p *Pass) reportStumble(pool, other Bound) {
	it, o := pool.Service.Item(pool.Binding), other.Service.Item(other.Binding)
	with := fmt.Sprintf("%s of %q", o.Want(), other.Service.Name)
	if pool.Service == other.Service {
		with = "the service's own " + o.Want()
	}
	why := "engines up to 26 don't see that, and give up when they try one"
	switch {
	case p.engine().givesUpAtHeld():
		why = "this engine does not see that, and gives up when it tries one"
	case p.engine().listensLast():
		why = "this engine may choose one host port for both, and can't listen on it twice"
	}
	f := it.finding(fmt.Sprintf("%s of %q may fail", it.Want(), pool.Service.Name), it.Want()+" may fail")
	f.note(NotePossible, fmt.Sprintf("it shares host ports with %s on another address: %s", with, why))
	f.Related = []Related{other.related()}
	f.Fixes = []Fix{{Title: "give the pool a range without " + o.PortText(), Safety: Manual}}
	p.Report(f)
}

func (p *Pass) reportPicker(loser Bound, takers []Bound) {
	it, first := loser.Service.Item(loser.Binding), takers[0]
	f := it.finding(fmt.Sprintf("%s of %q may go to %q", it.Want(), loser.Service.Name, first.Service.Name), fmt.Sprintf("%s of %q may be taken", it.Want(), loser.Service.Name),
		it.Want()+" may be taken")
	f.note(NotePossible, fmt.Sprintf("%q names no host port, and the engine may pick this one", first.Service.Name))
	for _, t := range takers {
		f.Related = append(f.Related, t.equal(fmt.Sprintf("%q asks for any host port", t.Service.Name)))
	}
	f.Fixes = p.moveFix([]Item{it})
	p.Report(f)
}
