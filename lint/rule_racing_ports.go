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
	r := newRace(p.Plan, p.Host)
	crowded := crowds(r.bound, nil)
	for _, taker := range r.pools {
		if victims := r.victims(taker); len(victims) > 0 && !inOne(crowded, taker, victims[0]) {
			p.reportRace(taker, victims)
		}
	}
	done := itemSet{}
	for _, victim := range r.bound {
		if takers := r.picks(victim); len(takers) > 0 && done.add(victim) {
			p.reportPicker(victim, takers)
		}
	}
}

// inOne reports whether two bindings belong to one group, which duplicate-port reports.
func inOne(groups []group, a, b Bound) bool {
	return slices.ContainsFunc(groups, func(g group) bool {
		return g.has(a) && g.has(b)
	})
}

func (p *Pass) reportRace(taker Bound, victims []Bound) {
	v := victims[0]
	pool, loser := taker.Service.Item(taker.Binding), v.Service.Item(v.Binding)
	message := fmt.Sprintf("the pool %s of %q may take %s of %q first", pool.Want(), taker.Service.Name, loser.Want(), v.Service.Name)
	advice := fmt.Sprintf("give the pool a range without %s", loser.Ports())
	switch {
	case v.Service == taker.Service:
		message = fmt.Sprintf("the pool %s of %q may take the service's own %s first%s", pool.Want(),
			taker.Service.Name, loser.Want(), p.engine().upTo26())
	case p.Plan.After(v.Service.Name, taker.Service.Name):
		message += fmt.Sprintf(": %q starts before %q", taker.Service.Name, v.Service.Name)
	default:
		message += ": nothing says which of the two starts first"
		advice += fmt.Sprintf(", or let %q depend on %q", taker.Service.Name, v.Service.Name)
	}
	f := pool.finding(message)
	for _, v := range victims {
		f.Related = append(f.Related, v.related())
	}
	f.Fixes = []Fix{{Title: advice, Safety: Manual}}
	p.Report(f)
}

func (p *Pass) reportPicker(victim Bound, takers []Bound) {
	it, first := victim.Service.Item(victim.Binding), takers[0]
	f := it.finding(fmt.Sprintf("%s of %q is one of the host ports that the engine may pick for %q, which names none", it.Want(),
		victim.Service.Name, first.Service.Name))
	for _, t := range takers {
		f.Related = append(f.Related, t.equal(fmt.Sprintf("%q asks for any host port", t.Service.Name)))
	}
	f.Fixes = p.moveFix([]Item{it})
	p.Report(f)
}
