package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint"
)

// answerAll decides about what the last reading found in the way, each port and each variable once: whether that helped,
// the next reading tells.
func (m *mover) answerAll(ctx context.Context) error {
	names, spots := map[string]bool{}, map[spot]bool{}
	var numbers []lint.Item
	for _, f := range m.state.certain() {
		it, ok := m.itemOf(f)
		if !ok {
			return errStill
		}
		b, at := it.Head(), spotsOf(m.base.project)
		switch {
		case names[b.Var] || spots[at[b]]:
		case m.follows(b.Var):
			names[b.Var] = true
			if err := m.moveVariable(ctx, it); err != nil {
				return err
			}
		case m.env != nil && b.Var != "":
			return unmovable(fmt.Sprintf("no value of %s in an env file helps %q: use --move", b.Var, it.Service.Name))
		default:
			pair := it.OnePort()
			for _, one := range pair {
				spots[at[one.Head()]] = true
			}
			if m.env != nil {
				numbers = append(numbers, pair...)
			} else if err := m.fix(ctx, pair); err != nil {
				return err
			}
		}
	}
	if len(numbers) > 0 {
		return m.rewrite(ctx, numbers)
	}
	return nil
}

// itemOf is the item of the user's files that a finding is about, wherever the last reading had it from.
func (m *mover) itemOf(f lint.Finding) (lint.Item, bool) {
	it, ok := m.state.itemOf(f)
	if !ok || m.state == m.base {
		return it, ok
	}
	b := bindingAt(m.base.project, spotsOf(m.state.project)[it.Head()])
	if b == nil {
		return lint.Item{}, false
	}
	return m.base.project.Service(b.Service).Item(b), true
}

// follows reports whether a variable may move a port: one that was tried in an earlier round has not helped.
func (m *mover) follows(name string) bool {
	_, tried := m.vars[name]
	return name != "" && !tried && !m.stuck[name] && !usedInside(m.base.project, name)
}

// moveVariable gives the variable of an item a value that suits everything that it gives a host port.
func (m *mover) moveVariable(ctx context.Context, it lint.Item) error {
	b, p := it.Head(), m.base.project
	wish := m.picker.wishFor(it)
	wish.Width, wish.Protos, wish.HostIP = wishOf(p, b.Var, m.width(it))
	if err := m.picker.inherit(ctx, b.Var, keyOf(it)); err != nil {
		return err
	}
	got, err := m.picker.pick(ctx, wish)
	m.vars[b.Var] = move{first: got.First, width: wish.Width, gives: spotsWith(p, b.Var)}
	return err
}

// wishOf is what all items with one variable ask for together.
func wishOf(p *lint.Project, name string, least int) (width int, protos []string, hostIP netip.Addr) {
	width, first := least, true
	for _, it := range p.Items() {
		b := it.Head()
		if b.Var != name {
			continue
		}
		width = max(width, it.Width())
		if !slices.Contains(protos, b.Proto) {
			protos = append(protos, b.Proto)
		}
		if !first && b.HostIP != hostIP {
			hostIP = netip.Addr{}
		} else {
			hostIP = b.HostIP
		}
		first = false
	}
	return width, protos, hostIP
}

// fix gives items that belong together other host ports of their own, whatever their variables say.
func (m *mover) fix(ctx context.Context, items []lint.Item) error {
	first, spots := items[0], spotsOf(m.base.project)
	wish := m.picker.wishFor(first)
	wish.Key, wish.Width, wish.Protos = keyOf(first), m.width(first), nil
	for _, it := range items {
		if !slices.Contains(wish.Protos, it.Head().Proto) {
			wish.Protos = append(wish.Protos, it.Head().Proto)
		}
		if it.Head().HostIP != wish.HostIP {
			wish.HostIP = netip.Addr{} // the number must be free at all addresses
		}
	}
	if old, again := m.fixed[spots[first.Head()]]; again {
		m.picker.avoid(lint.PortsFrom(old.first, old.width), "another port of the project has it")
	}
	got, err := m.picker.pick(ctx, wish)
	if err != nil {
		return err
	}
	for _, it := range items {
		m.place(it, got.First, wish.Width)
	}
	return nil
}

// place gives an item the host ports from first on.
func (m *mover) place(it lint.Item, first uint16, width int) {
	spots := spotsOf(m.base.project)
	for i, b := range it.Bindings {
		if len(it.Bindings) == 1 {
			m.fixed[spots[b]] = move{first: first, width: width}
		} else {
			m.fixed[spots[b]] = move{first: first + uint16(i), width: 1}
		}
	}
}

// keyOf names an item that no variable moves in the book of leases: by its place in the project, and by a number where
// several have that place.
func keyOf(it lint.Item) string {
	key, nth := placeKey(it.Head()), 0
	for _, o := range it.Service.Items() {
		switch {
		case o.Head() == it.Head() && nth == 0:
			return key
		case o.Head() == it.Head():
			return fmt.Sprintf("%s#%d", key, nth+1)
		case placeKey(o.Head()) == key && o.Written():
			nth++
		}
	}
	return key
}

// width is how many host ports an item needs: one for each container where its service is started several times, unless
// it has a fixed port for each of several container ports.
func (m *mover) width(it lint.Item) int {
	for _, service := range m.before.plan.Starts {
		if service.Name == it.Service.Name && len(it.Bindings) == 1 {
			return max(it.Width(), service.Replicas)
		}
	}
	return it.Width()
}
