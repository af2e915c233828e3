package main

import (
	"slices"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// earlier is an item whose containers run on the ports that portlint gave it in an earlier run.
type earlier struct {
	item  lint.Item
	lease leases.Lease
}

// earlier finds what shall stay where --move put it, although its own ports may be free again: moved back, its containers
// would be made anew, and whoever uses them would not find them.
func (s *upState) earlier(w world) []earlier {
	state, err := stateDir(w)
	if err != nil {
		return nil
	}
	var all []earlier
	book := (leases.Book{Dir: state, Now: time.Now}).Peek()
	for _, service := range s.plan.Starts {
		for _, it := range s.project.Service(service.Name).Items() {
			first, _ := it.Range()
			i := slices.IndexFunc(book, func(l leases.Lease) bool {
				return l.Asks(compose.RealPath(s.project.Dir), s.project.Name) && (l.Key == wishKey(it.Head()) || l.Key == keyOf(it)) &&
					l.First != first && s.runs(it, l)
			})
			if it.Written() && i >= 0 {
				all = append(all, earlier{it, book[i]})
			}
		}
	}
	return all
}

// runs reports whether a container of this checkout has one of the ports of a lease for an item.
func (s *upState) runs(it lint.Item, l leases.Lease) bool {
	return slices.ContainsFunc(s.host.Containers, func(c lint.Container) bool {
		return isCheckout(&c, s.project) && c.Service == it.Service.Name && slices.ContainsFunc(c.Bound, func(p lint.PublishedPort) bool {
			port := p.Addr.Port()
			return l.First <= port && port <= l.Last && p.Proto == it.Head().Proto && p.Target == it.Head().Target
		})
	})
}

// resume decides as an earlier run did about what still runs, and reports whether there is any.
func (m *mover) resume() bool {
	all := m.before.earlier(m.w)
	for _, e := range all {
		b, width := e.item.Head(), int(e.lease.Last)-int(e.lease.First)+1
		if e.lease.Key == b.Var {
			m.vars[b.Var] = move{first: e.lease.First, width: width, gives: spotsWith(m.base.project, b.Var)}
			continue
		}
		for _, it := range together(e.item) {
			m.place(it, e.lease.First, width)
		}
	}
	return len(all) > 0
}
