package up

import (
	"context"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// commit writes what the plan needs, and says what was moved. It is the last thing before Compose runs.
func (m *relocation) commit(ctx context.Context, program composeProgram) error {
	var err error
	if m.env != nil {
		err = m.env.write(m.w)
	} else {
		err = m.override.write(ctx, program)
	}
	if err == nil {
		m.report(program)
	}
	return err
}

// report says what was moved, each port once.
func (m *relocation) report(program composeProgram) {
	m.tellName(program)
	for _, text := range m.reported {
		run.Logf(m.w.Stderr, "%s", text)
	}
	was := map[portKey]*lint.Binding{}
	for b, at := range portKeysOf(m.before.project) {
		was[at] = b
	}
	spots := portKeysOf(m.base.project)
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
func (m *relocation) how(name string) string {
	if m.env != nil {
		return name + ", kept in " + run.Relative(m.w.Dir, m.env.fileOf(name))
	}
	return name + ", for this run"
}
