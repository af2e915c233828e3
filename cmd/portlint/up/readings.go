package up

import (
	"context"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// readAgain reads the project as it would be with what was decided so far, and looks at the machine again.
func (m *relocation) readAgain(ctx context.Context) error {
	if err := m.tryVariables(ctx); err != nil {
		return err
	}
	if len(m.fixed) == 0 {
		m.state = m.base
		return m.state.probe(ctx, m.now, &m.line)
	}

	var moves []compose.Moved
	for b, at := range portKeysOf(m.base.project) {
		if to, ok := m.fixed[at]; ok {
			moves = append(moves, compose.Moved{Binding: b, To: lint.PortsFrom(to.first, to.width)})
		}
	}

	var err error
	if m.override, err = newOverride(m.w, m.base, moves); err != nil {
		return err
	}
	m.now, m.line = m.override.join(m.now, m.line, m.base)
	m.state, err = loadState(ctx, m.now, &m.line)
	return err
}

// tryVariables reads the project with the variables that were decided, and takes back those that have not moved what they
// should, or more than that: a variable may be only a part of a port, or be given a value elsewhere.
func (m *relocation) tryVariables(ctx context.Context) error {
	for {
		m.now, m.line = m.w, m.given
		err := m.setVariables()
		if err != nil {
			return err
		}
		if m.base, err = readUp(ctx, m.now, &m.line); err != nil {
			return err
		}
		useless := m.useless()
		if len(useless) == 0 {
			return nil
		}
		for _, name := range useless {
			m.takeBack(name)
		}
	}
}

// takeBack gives up a value that is no help. Where an address was lost, the next one has it; else there is none.
func (m *relocation) takeBack(name string) {
	to := m.vars[name]
	if ip := to.gives[0].hostIP; ip.IsValid() && !to.addr.IsValid() {
		to.addr = ip
		m.vars[name] = to
		return
	}
	delete(m.vars, name)
	m.stuck[name] = true
}

// setVariables gives the variables their values: in the environment of Compose, or in the env files.
func (m *relocation) setVariables() error {
	values := map[string]string{}
	for name, to := range m.vars {
		values[name] = to.value()
	}
	if m.name != "" {
		values[freeport.ProjectNameVar] = m.name
		m.line.name = m.name
	}
	if m.env == nil {
		m.now = m.now.With(values)
		return nil
	}

	var err error
	m.line.overlay, err = m.env.set(values)
	return err
}

// useless are the variables that do not give exactly the ports that they shall. In a project that Compose would refuse all
// are, or those that hold an address, which was a guess.
func (m *relocation) useless() []string {
	var all, guessed, wrong []string
	for _, name := range slices.Sorted(maps.Keys(m.vars)) {
		all = append(all, name)
		if m.vars[name].addr.IsValid() {
			guessed = append(guessed, name)
		}
		if !m.obeys(name) {
			wrong = append(wrong, name)
		}
	}

	switch {
	case len(m.base.project.Defects) == 0:
		return wrong
	case len(guessed) > 0:
		return guessed
	}
	return all
}

// obeys reports whether a variable gives what was decided.
func (m *relocation) obeys(name string) bool {
	to, p := m.vars[name], m.base.project
	return slices.Equal(portKeysWith(p, name), to.gives) && !slices.ContainsFunc(p.Items(), func(it lint.Item) bool {
		ports := it.Ports()
		return it.Head().Var == name && (ports.First != to.first || ports.Last > to.last())
	})
}
