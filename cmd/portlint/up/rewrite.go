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

// rewrite lets variables stand where numbers, names and subnets do, with those as their defaults, so that an env file can move them.
// The edits are proved as those of `check --fix` are: without values for the variables Compose loads the same project.
func (m *relocation) rewrite(ctx context.Context, items []lint.Item, texts []lint.EngineText) error {
	s := m.base
	severity := map[string]lint.Severity{"fixed-port": lint.Info, "fixed-container-name": lint.Info, "fixed-subnet": lint.Info, "shared-network": lint.Info}
	all := lint.Run([]*lint.Project{s.project}, lint.Settings{Host: m.state.host, Up: m.line.Options, Severity: severity})
	found := slices.DeleteFunc(all.Findings, func(f lint.Finding) bool {
		asked := slices.ContainsFunc(items, func(it lint.Item) bool { return isFixed(f, it) }) ||
			slices.ContainsFunc(texts, func(t lint.EngineText) bool { return isFixedText(f, t) })
		return !asked
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
		what := fmt.Sprintf("%q publishes %s, which is written as a number, and can't become a variable", it.Service.Name, it.Want())
		if err := rewritten(plan, func(f lint.Finding) bool { return isFixed(f, it) }, what); err != nil {
			return err
		}
	}
	for _, t := range texts {
		what := fmt.Sprintf("%s %q can't become a variable", t.Kind, t.Label())
		if err := rewritten(plan, func(f lint.Finding) bool { return isFixedText(f, t) }, what); err != nil {
			return err
		}
	}

	m.env.Add(plan.Changes...)
	m.unmoved = nil
	for _, made := range plan.Made {
		if n := made.Finding.Name; n != nil {
			what := map[lint.NameKind]string{lint.NameOfContainer: "container name", lint.NameOfSubnet: "subnet", lint.NameOfNetwork: "network name"}[n.Kind]
			m.reported = append(m.reported, fmt.Sprintf("%s: the %s %s is written as %s now", run.Relative(m.w.Dir, n.Span.File), what, run.Escape(n.Label()),
				strings.TrimPrefix(made.Fix.Title, "write ")))
			continue
		}
		b := made.Finding.Binding
		text := fmt.Sprintf("%s: the host port %s of %q is written as %s now", run.Relative(m.w.Dir, b.Entry.File), b.Text,
			made.Finding.Service, strings.TrimPrefix(made.Fix.Title, "write "))
		if !slices.Contains(m.reported, text) { // tcp and udp are two items
			m.reported = append(m.reported, text)
		}
	}

	return nil
}

// isFixed reports whether a finding is about the number of an item.
func isFixed(f lint.Finding, it lint.Item) bool {
	return f.Rule == "fixed-port" && f.Binding != nil && f.Binding.Entry == it.Head().Entry
}

// isFixedText reports whether a finding is about a name or a subnet that no variable gives.
func isFixedText(f lint.Finding, t lint.EngineText) bool {
	rules := []string{"fixed-container-name", "fixed-subnet", "shared-network"}
	return slices.Contains(rules, f.Rule) && f.Name != nil && f.Name.Span == t.Span
}

// rewritten fails where a plan leaves what a finding is about as it is.
func rewritten(plan edit.Plan, is func(lint.Finding) bool, what string) error {
	if slices.ContainsFunc(plan.Made, func(made edit.Made) bool { return is(made.Finding) }) {
		return nil
	}
	why := ""
	for _, refused := range plan.Refused {
		if is(refused.Finding) {
			why = ", because " + refused.Why
		}
	}
	return freeport.Unmovable(what + why + ": use --move")
}
