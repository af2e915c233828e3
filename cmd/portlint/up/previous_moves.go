package up

import (
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// previousMove is an item whose containers run on the ports that portlint gave it in an earlier run.
type previousMove struct {
	item  lint.Item
	lease leases.Lease
}

// previousMovesOf finds the items of a project that run where an earlier run has put them, although the files say another port.
func previousMovesOf(assigned leases.Tx, p *lint.Project, host *lint.Host) []previousMove {
	var all []previousMove
	for i := range p.Services {
		for _, it := range p.Services[i].Items() {
			first := it.Ports().First
			at := slices.IndexFunc(assigned.Leases, func(l leases.Lease) bool {
				ofItem := l.Key == freeport.RequestKey(it.Head()) || l.Key == freeport.KeyOf(it)
				return leasedTo(p, l.Dir, l.Project) && ofItem && l.First != first && runsOn(host, p, it, l)
			})
			if it.Written() && at >= 0 {
				all = append(all, previousMove{it, assigned.Leases[at]})
			}
		}
	}

	return all
}

// leasedTo reports whether a lease of a directory and a project is that of a checkout, be it under the name that it runs as.
func leasedTo(p *lint.Project, dir, project string) bool {
	runsAs := p.RunsAs != "" && project == p.RunsAs
	return dir == p.RealDir && (project == p.Name || runsAs)
}

// runsOn reports whether a container of this checkout has one of the ports of a lease for an item.
func runsOn(host *lint.Host, p *lint.Project, it lint.Item, l leases.Lease) bool {
	return slices.ContainsFunc(host.Containers, func(c lint.Container) bool {
		ofService := c.Project == l.Project && c.Service == it.Service.Name && !c.OneOff
		if !ofService || !p.Made(&c) {
			return false
		}

		return slices.ContainsFunc(c.Bound, func(b lint.PublishedPort) bool {
			return run.PortsOfLease(l).Contains(b.Addr.Port()) && b.Proto == it.Head().Proto && b.Target == it.Head().Target
		})
	})
}

// previousMoves finds what shall stay where --move put it, although its own ports may be free again: moved back, its containers
// would be made anew, and whoever uses them would not find them.
func (s *state) previousMoves(w run.Process) []previousMove {
	return slices.DeleteFunc(previousMovesOf(run.ReadLeases(w), s.project, s.host), func(e previousMove) bool {
		return !slices.ContainsFunc(s.plan.Starts, func(service *lint.Service) bool { return service.Name == e.item.Service.Name })
	})
}

// logPreviousMoves says what runs moved, each item once; up is the command that keeps it.
func logPreviousMoves(w run.Process, p *lint.Project, moves []previousMove, up string) {
	if p.RunsAs != "" {
		run.Logf(w.Stderr, "this checkout runs as project %q, not as %q: %s keeps that", p.RunsAs, p.Label(), up)
	}
	for _, e := range moves {
		run.Logf(w.Stderr, "%q runs moved, on %s and not on %s: %s keeps that", e.item.Service.Name, run.PortsOfLease(e.lease), e.item.Want(), up)
	}
}

// LogPreviousMoves is logPreviousMoves for all projects, on all machines that were asked.
func LogPreviousMoves(l *run.Projects, hosts ...*lint.Host) {
	assigned, up := run.ReadLeases(l.Process), "`portlint up --move`"
	if l.Process.Plugin {
		up = "`docker portlint up --move`"
	}

	for _, p := range l.Models() {
		var moves []previousMove
		for _, h := range hosts {
			for _, e := range previousMovesOf(assigned, p, h) {
				if !slices.ContainsFunc(moves, func(known previousMove) bool { return known.lease == e.lease && known.item.Head() == e.item.Head() }) {
					moves = append(moves, e)
				}
			}
		}
		logPreviousMoves(l.Process, p, moves, up)
	}
}

// resume decides as an earlier run did about what still runs, and reports whether there is any.
func (m *relocation) resume() bool {
	all := m.base.previousMoves(m.w)
	for _, e := range all {
		slot := relocate.PortsOfItems(e.item.OnePort(), run.PortsOfLease(e.lease).Width())
		if v, ok := freeport.PortVarOf(m.base.project, e.lease.Key); ok {
			slot = relocate.PortsOfVariable(v, run.PortsOfLease(e.lease).Width())
		}
		m.plan.Add(slot.At(e.lease.First))
	}

	texts := m.base.previousTexts(m.w)
	for _, e := range texts {
		m.plan.Add(relocate.TextOf(e.slot).At(e.value))
	}
	return len(all)+len(texts) > 0
}
