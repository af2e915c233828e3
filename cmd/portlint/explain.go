package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/lint"
)

func newExplain(w world) *cobra.Command {
	return &cobra.Command{
		Use:               "explain [RULE]",
		Short:             "Print a rule's page, or the list of rules",
		Args:              atMostOneRule,
		ValidArgsFunction: cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRules(w)
			}
			return explainRule(w, args[0])
		},
	}
}

func atMostOneRule(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("expected at most one rule, not %d", len(args))
	}
	return nil
}

func listRules(w world) error {
	table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	for _, r := range lint.Rules {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, r.Severity, r.Summary)
	}
	return table.Flush()
}

func explainRule(w world, name string) error {
	if err := knownRule(name); err != nil {
		return err
	}
	page, ok := lint.Page(name)
	if !ok {
		return fmt.Errorf("the rule %q has no page", name)
	}
	_, err := fmt.Fprint(w.stdout, page)
	return err
}
