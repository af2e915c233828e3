package up

import (
	"context"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// commit writes what the plan needs, and says what was moved. It is the last thing before Compose runs.
func (m *relocation) commit(ctx context.Context, program composeProgram) error {
	switch {
	case m.env != nil:
		if err := m.env.Write(m.w); err != nil {
			return err
		}
	case m.override.Path != "":
		if err := program.replaces(ctx); err != nil {
			return err
		}
		if err := m.override.Write(); err != nil {
			return err
		}
	}
	m.report(program)
	return nil
}

// report says what was moved, each port, name and subnet once.
func (m *relocation) report(program composeProgram) {
	m.tellName(program)
	for _, text := range m.reported {
		run.Logf(m.w.Stderr, "%s", text)
	}
	for _, service := range m.before.project.Services {
		for nth := range service.Bindings {
			at, old := relocate.Place{Service: service.Name, Nth: nth}, &service.Bindings[nth]
			by, now := at.Binding(m.base.project), at.Binding(m.state.project) // with the variables alone, and with all
			if by == nil || now == nil || !old.Known() || now.PortText() == old.PortText() {
				continue
			}
			how := "for this run"
			if by.PortText() == now.PortText() {
				how = m.how(by.Var)
			}
			run.Logf(m.w.Stderr, "%q moves from %s to %s (%s)", service.Name, old.Want(), now.PortText(), how)
		}
	}
	m.reportTexts()
	for _, name := range slices.Sorted(maps.Keys(m.plan.Values())) {
		if _, port := m.plan.Move(name).(relocate.PortMove); !port {
			continue
		}
		relocate.LogUsedElsewhere(m.w, m.before.project, m.before.all.Sources, name)
	}
}

// how a variable moves a port.
func (m *relocation) how(name string) string {
	if m.env != nil {
		return name + ", kept in " + run.Relative(m.w.Dir, m.env.Of(name))
	}
	return name + ", for this run"
}
