package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// rewrite lets a variable stand where a number does, with that number as its default, so that an env file can move the
// port. The edit is proved as those of `check --fix` are: without a value for the variable Compose loads the same project.
func (m *mover) rewrite(ctx context.Context, s *upState, it lint.Item) error {
	number := fmt.Sprintf("%q publishes %s, which is written as a number", it.Service.Name, it.Want())
	all := lint.Run([]*lint.Project{s.project}, lint.Settings{Host: s.host, Up: m.line.up, Severity: map[string]lint.Severity{"fixed-port": lint.Info}})
	found := slices.DeleteFunc(all.Findings, func(f lint.Finding) bool {
		return f.Rule != "fixed-port" || f.Binding == nil || f.Binding.Entry != it.Head().Entry
	})
	o, err := m.line.globals.options(m.now, false)
	if err != nil {
		return err
	}
	o.Overlay = m.line.overlay
	target := []edit.Target{{Options: o, Loaded: s.all.projects[0]}}
	others, err := newOthers(m.w, false, mostEntries).of(ctx, target, found, o.Overlay)
	if err != nil {
		return err
	}
	plan, err := edit.Rehearse(ctx, append(target, others...), found, lint.Safe)
	switch {
	case err != nil:
		return err
	case len(plan.Refused) > 0:
		return fmt.Errorf("%s, and can't become a variable, because %s: use --move", number, plan.Refused[0].Why)
	case len(plan.Made) == 0:
		return fmt.Errorf("%s, and can't become a variable: use --move", number)
	}
	for _, c := range plan.Changes {
		m.env.rewrite(c)
	}
	m.told = append(m.told, fmt.Sprintf("%s: the host port %s of %q is written as %s now", relative(m.w.dir, it.Head().Entry.File), it.Head().Text,
		it.Service.Name, strings.TrimPrefix(plan.Made[0].Fix.Title, "write ")))
	return nil
}

// rewrite keeps the new text of a file, and the text that it has on the disk.
func (e *envFiles) rewrite(c edit.Change) {
	if first, again := e.rewritten[c.File]; again {
		c.Old, c.Created = first.Old, first.Created
	}
	e.rewritten[c.File] = c
}
