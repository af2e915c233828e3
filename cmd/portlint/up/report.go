package up

import (
	"context"
	"fmt"
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

// report says what was moved, each port, name and subnet once.
func (m *relocation) report(program composeProgram) {
	m.tellName(program)
	for _, text := range m.reported {
		run.Logf(m.w.Stderr, "%s", text)
	}
	for _, p := range m.movedPorts() {
		run.Logf(m.w.Stderr, "%q moves from %s to %s (%s)", p.old.Service, p.old.Want(), p.to, p.how)
	}
	for _, t := range m.movedTexts() {
		run.Logf(m.w.Stderr, "%s moves from %s to %s (%s)", t.whose(), run.Escape(t.old.Label()), run.Escape(t.to), t.how)
		relocate.LogStale(m.w, m.before.project, m.before.all.Sources, t.old)
	}
	for _, name := range slices.Sorted(maps.Keys(m.plan.Values())) {
		if _, port := m.plan.Move(name).(relocate.PortMove); !port {
			continue
		}
		relocate.LogUsedElsewhere(m.w, m.before.project, m.before.all.Sources, name)
	}
}

// movedPort is a port that is another one than in the files.
type movedPort struct {
	old *lint.Binding
	to  string
	how string // by which variable, and for how long
}

// movedPorts are the ports that were moved, each once.
func (m *relocation) movedPorts() []movedPort {
	var all []movedPort
	for _, service := range m.before.project.Services {
		for nth := range service.Bindings {
			at, old := relocate.Place{Service: service.Name, Nth: nth}, &service.Bindings[nth]
			by, now := at.Binding(m.base.project), at.Binding(m.state.project) // with the variables alone, and with all
			stayed := now == nil || now.PortText() == old.PortText()
			if by == nil || stayed || !old.Known() {
				continue
			}
			how := "for this run"
			if by.PortText() == now.PortText() {
				how = m.how(by.Var)
			}
			all = append(all, movedPort{old, now.PortText(), how})
		}
	}
	return all
}

// changes are all that was moved, in a few words each, such as "web -> 8081".
func (m *relocation) changes() []string {
	var all []string
	if m.name != "" && m.name != m.before.project.Name {
		all = append(all, fmt.Sprintf("project %s -> %s", run.Escape(m.before.project.Label()), m.name))
	}
	for _, p := range m.movedPorts() {
		what := run.Escape(p.old.Service)
		several := func(b lint.Binding) bool { return b.PortText() != p.old.PortText() }
		if slices.ContainsFunc(m.before.project.Service(p.old.Service).Bindings, several) {
			what += " " + p.old.PortText()
		}
		all = append(all, what+" -> "+p.to)
	}
	for _, t := range m.movedTexts() {
		all = append(all, t.short()+" -> "+run.Escape(t.to))
	}

	var once []string // 127.0.0.1 and [::1], and tcp and udp, are moved together
	for _, change := range all {
		if !slices.Contains(once, change) {
			once = append(once, change)
		}
	}
	return once
}

// files are those in which values are kept, as people see them from here.
func (m *relocation) files() []string {
	if m.env == nil {
		return nil
	}
	var files []string
	for _, file := range m.env.Files() {
		files = append(files, run.Escape(run.Relative(m.w.Dir, file)))
	}
	return files
}

// how a variable moves a port.
func (m *relocation) how(name string) string {
	if m.env != nil {
		return name + ", kept in " + run.Relative(m.w.Dir, m.env.Of(name))
	}
	return name + ", for this run"
}
