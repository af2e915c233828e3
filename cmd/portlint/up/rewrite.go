package up

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// rewrite lets variables stand where numbers do, with those numbers as their defaults, so that an env file can move the
// ports. The edits are proved as those of `check --fix` are: without values for the variables Compose loads the same project.
func (m *relocation) rewrite(ctx context.Context, items []lint.Item) error {
	s := m.base
	all := lint.Run([]*lint.Project{s.project}, lint.Settings{Host: m.state.host, Up: m.line.Options, Severity: map[string]lint.Severity{"fixed-port": lint.Info}})
	found := slices.DeleteFunc(all.Findings, func(f lint.Finding) bool {
		return f.Rule != "fixed-port" || f.Binding == nil || !slices.ContainsFunc(items, func(it lint.Item) bool { return f.Binding.Entry == it.Head().Entry })
	})
	o, err := m.line.globals.Options(m.now, false)
	if err != nil {
		return err
	}
	o.Overlay = m.line.overlay
	plan, _, err := m.env.Prove(ctx, []edit.Target{{Options: o, Loaded: s.all.All[0]}}, found, lint.Safe)
	if err != nil {
		return err
	}

	for _, it := range items {
		if err := rewritten(plan, it); err != nil {
			return err
		}
	}

	m.env.Add(plan.Changes...)
	m.unmoved = nil
	for _, made := range plan.Made {
		b := made.Finding.Binding
		told := fmt.Sprintf("%s: the host port %s of %q is written as %s now", run.Relative(m.w.Dir, b.Entry.File), b.Text,
			made.Finding.Service, strings.TrimPrefix(made.Fix.Title, "write "))
		if !slices.Contains(m.reported, told) { // tcp and udp are two items
			m.reported = append(m.reported, told)
		}
	}

	return nil
}

// rewritten fails where a plan leaves the number of an item as it is.
func rewritten(plan edit.Plan, it lint.Item) error {
	is := func(f lint.Finding) bool { return f.Binding.Entry == it.Head().Entry }
	if slices.ContainsFunc(plan.Made, func(made edit.Made) bool { return is(made.Finding) }) {
		return nil
	}
	why := ""
	for _, refused := range plan.Refused {
		if is(refused.Finding) {
			why = ", because " + refused.Why
		}
	}
	return freeport.Unmovable(fmt.Sprintf("%q publishes %s, which is written as a number, and can't become a variable%s: use --move", it.Service.Name, it.Want(), why))
}
