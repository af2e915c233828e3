package up

import (
	"context"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
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

// report says what was moved, each port once.
func (m *relocation) report(program composeProgram) {
	m.tellName(program)
	for _, text := range m.reported {
		run.Logf(m.w.Stderr, "%s", text)
	}
	fixed := map[*lint.Binding]string{}
	for _, move := range m.plan.Fixed() {
		for _, o := range move.Overrides(m.base.project) {
			fixed[o.Binding] = o.To.String()
		}
	}
	for i := range m.base.project.Services {
		s := &m.base.project.Services[i]
		for nth := range s.Bindings {
			b := &s.Bindings[nth]
			old := relocate.Place{Service: s.Name, Nth: nth}.Binding(m.before.project)
			to, how := b.PortText(), m.how(b.Var)
			if fixed[b] != "" {
				to, how = fixed[b], "for this run"
			}
			if old != nil && old.Known() && old.PortText() != to {
				run.Logf(m.w.Stderr, "%q moves from %s to %s (%s)", b.Service, old.Want(), to, how)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.plan.Values())) {
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
