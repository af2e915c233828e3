package up

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/lint"
)

// decide decides about what the last reading found in the way, each port and each variable once: whether that helped,
// the next reading tells.
func (m *relocation) decide(ctx context.Context) error {
	names, spots := map[string]bool{}, map[portKey]bool{}
	var numbers []lint.Item
	for _, f := range m.state.certain() {
		it, ok := m.itemOf(f)
		if !ok {
			return errStill
		}
		b, at := it.Head(), portKeysOf(m.base.project)
		switch {
		case names[b.Var] || spots[at[b]]:
		case m.follows(b.Var):
			names[b.Var] = true
			if err := m.moveVariable(ctx, it); err != nil {
				return err
			}
		case m.env != nil && b.Var != "":
			return freeport.Unmovable(fmt.Sprintf("no value of %s in an env file helps %q: use --move", b.Var, it.Service.Name))
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
func (m *relocation) itemOf(f lint.Finding) (lint.Item, bool) {
	it, ok := m.state.itemOf(f)
	if !ok || m.state == m.base {
		return it, ok
	}
	b := bindingAt(m.base.project, portKeysOf(m.state.project)[it.Head()])
	if b == nil {
		return lint.Item{}, false
	}
	return m.base.project.Service(b.Service).Item(b), true
}

// follows reports whether a variable may move a port: one that was tried in an earlier round has not helped.
func (m *relocation) follows(name string) bool {
	_, tried := m.vars[name]
	return name != "" && !tried && !m.stuck[name] && !usedInside(m.base.project, name)
}

// moveVariable gives the variable of an item a value that suits everything that it gives a host port.
func (m *relocation) moveVariable(ctx context.Context, it lint.Item) error {
	b, p := it.Head(), m.base.project
	wish := m.picker.WishFor(it)
	wish.Width, wish.Protos, wish.HostIP = wishOf(p, b.Var, m.width(it))
	if err := m.picker.Inherit(ctx, b.Var, freeport.KeyOf(it)); err != nil {
		return err
	}
	got, err := m.picker.Pick(ctx, wish)
	m.vars[b.Var] = move{first: got.First, width: wish.Width, gives: portKeysWith(p, b.Var)}
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
func (m *relocation) fix(ctx context.Context, items []lint.Item) error {
	first, spots := items[0], portKeysOf(m.base.project)
	wish := m.picker.WishFor(first)
	wish.Key, wish.Width, wish.Protos = freeport.KeyOf(first), m.width(first), nil
	for _, it := range items {
		if !slices.Contains(wish.Protos, it.Head().Proto) {
			wish.Protos = append(wish.Protos, it.Head().Proto)
		}
		if it.Head().HostIP != wish.HostIP {
			wish.HostIP = netip.Addr{} // the number must be free at all addresses
		}
	}
	if old, again := m.fixed[spots[first.Head()]]; again {
		m.picker.Avoid(lint.PortsFrom(old.first, old.width), "another port of the project has it")
	}
	got, err := m.picker.Pick(ctx, wish)
	if err != nil {
		return err
	}

	for _, it := range items {
		m.place(it, got.First, wish.Width)
	}
	return nil
}

// place gives an item the host ports from first on.
func (m *relocation) place(it lint.Item, first uint16, width int) {
	spots := portKeysOf(m.base.project)
	for i, b := range it.Bindings {
		if len(it.Bindings) == 1 {
			m.fixed[spots[b]] = move{first: first, width: width}
		} else {
			m.fixed[spots[b]] = move{first: first + uint16(i), width: 1}
		}
	}
}

// width is how many host ports an item needs: one for each container where its service is started several times, unless
// it has a fixed port for each of several container ports.
func (m *relocation) width(it lint.Item) int {
	for _, service := range m.before.plan.Starts {
		if service.Name == it.Service.Name && len(it.Bindings) == 1 {
			return max(it.Width(), service.Replicas)
		}
	}
	return it.Width()
}
