package up

import (
	"context"
	"fmt"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/lint"
)

// decide decides about what the last reading found in the way, each port and each variable once: whether that helped,
// the next reading tells.
func (m *relocation) decide(ctx context.Context) error {
	decided := map[string]bool{} // variables and moves
	var numbers []lint.Item
	for _, f := range m.state.certain() {
		it, ok := m.itemOf(f)
		if !ok {
			return errStill
		}

		b := it.Head()
		v, follows := m.follows(b.Var)
		pair := it.OnePort()
		slot := relocate.PortsOfItems(pair, m.width(pair[0]))
		key := slot.At(0).Key()
		var err error
		switch {
		case decided[b.Var] || decided[key]:
		case follows:
			decided[b.Var] = true
			err = m.move(ctx, relocate.PortsOfVariable(v, m.width(it)).Inheriting(it))
		case m.env != nil && b.Var != "":
			err = freeport.Unmovable(fmt.Sprintf("no value of %s in an env file helps %q: use --move", b.Var, it.Service.Name))
		case m.env != nil:
			decided[key] = true
			numbers = append(numbers, pair...)
		default:
			decided[key] = true
			err = m.move(ctx, slot)
		}
		if err != nil {
			return err
		}
	}

	if len(numbers) > 0 {
		return m.rewrite(ctx, numbers)
	}
	return nil
}

// move gives a slot another value. One that it had before was no help.
func (m *relocation) move(ctx context.Context, slot relocate.Ports) error {
	if old, again := m.plan.Move(slot.At(0).Key()).(relocate.PortMove); again {
		m.picker.Avoid(old.To, "another port of the project has it")
	}
	to, err := slot.Choose(ctx, m.picker)
	if err == nil {
		m.plan.Add(to)
	}
	return err
}

// itemOf is the item of the user's files that a finding is about, wherever the last reading had it from.
func (m *relocation) itemOf(f lint.Finding) (lint.Item, bool) {
	it, ok := m.state.itemOf(f)
	if !ok || m.state == m.base {
		return it, ok
	}
	at := relocate.PlacesOf(it)[0]
	return m.base.project.Service(at.Service).Item(at.Binding(m.base.project)), true
}

// follows is the variable that may move a port: it gives nothing else of the project, and one that was tried in an earlier round
// has not helped.
func (m *relocation) follows(name string) (freeport.PortVar, bool) {
	v, ok := freeport.PortVarOf(m.base.project, name)
	return v, ok && !m.plan.Tried(name) && v.Stays(m.base.project) == ""
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
