package main

import (
	"context"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// commit writes what the plan needs, and says what was moved. It is the last thing before Compose runs.
func (m *mover) commit(ctx context.Context, program composeProgram) error {
	var err error
	if m.env != nil {
		err = m.env.write(m.w)
	} else {
		err = m.override.write(ctx, program)
	}
	if err == nil {
		m.tell(program)
	}
	return err
}

// tell says what was moved, each port once.
func (m *mover) tell(program composeProgram) {
	m.tellName(program)
	for _, text := range m.told {
		run.Logf(m.w.Stderr, "%s", text)
	}
	was := map[spot]*lint.Binding{}
	for b, at := range spotsOf(m.before.project) {
		was[at] = b
	}
	spots := spotsOf(m.base.project)
	for _, b := range m.base.project.Bindings() {
		at, written := spots[b]
		to, how := b.PortText(), m.how(b.Var)
		if fixed, ok := m.fixed[at]; ok {
			to, how = fixed.ports(), "for this run"
		}
		if old := was[at]; written && old != nil && old.PortText() != to {
			run.Logf(m.w.Stderr, "%q moves from %s to %s (%s)", b.Service, old.Want(), to, how)
		}
	}
}

// how a variable moves a port.
func (m *mover) how(name string) string {
	if m.env != nil {
		return name + ", kept in " + run.Relative(m.w.Dir, m.env.fileOf(name))
	}
	return name + ", for this run"
}
