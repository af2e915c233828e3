package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

func newExplain(w run.Process, g *run.Flags) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "explain [RULE | \"ENGINE ERROR TEXT\" | -]",
		Short: "Explain a rule, or what is said when a port or a container name is refused",
		Long: "Explain a rule, or what an engine or Compose says when it refuses a port or a container name.\n\n" +
			"Without an argument: the list of rules. With the text of an error: what it means, and who has the port or\n" +
			"the name on this machine now. With -, the text is read from standard input, and passed on to standard error\n" +
			"as it comes, so that nothing of it is lost; where nothing was refused, nothing is added.\n\n" +
			"Exit code 0: explained. 2: no rule of that name, or no refusal in the text.\n" +
			"With -, 0: nothing was refused. 1: a refusal was explained. 2: could not read the text.",
		Example: "  portlint explain port-in-use\n" +
			"  portlint explain \"Bind for 0.0.0.0:8080 failed: port is already allocated\"\n" +
			"  portlint explain 'Conflict. The container name \"/web\" is already in use by container \"4b825dc6…\"'\n" +
			"  docker compose up -d 2>&1 | portlint explain -",
		ValidArgsFunction: cobra.FixedCompletions(run.RuleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", whoFormats)(nil, []string{format}); err != nil {
				return err
			}
			return explain(cmd.Context(), w, *g, format, args)
		},
	}

	cmd.Flags().StringVar(&format, "format", format, "output `NAME` for an error: text, json")
	g.RegisterEngine(cmd.Flags())
	return cmd
}

func explain(ctx context.Context, w run.Process, g run.Flags, format string, args []string) error {
	text := strings.Join(args, " ") // people forget the quotes
	switch {
	case format != "text" && (len(args) == 0 || len(args) == 1 && run.KnownRule(args[0]) == nil):
		return fmt.Errorf("--format %s is about an engine's error: the rules are text", format)
	case len(args) == 0:
		return listRules(w)
	case text == "-":
		return explainOutput(context.WithoutCancel(ctx), w, g, format) // ctrl-c was for who wrote it
	case len(args) > 1 && run.KnownRule(args[0]) == nil:
		return fmt.Errorf("expected at most one rule, not %d", len(args))
	case strings.Contains(text, " ") || len(refusal.Parse(text)) > 0:
		return explainText(ctx, w, g, format, text)
	}

	return explainRule(w, text)
}

// explainOutput passes standard input on as it comes, unless somebody types it, and explains what was refused in it.
func explainOutput(ctx context.Context, w run.Process, g run.Flags, format string) error {
	in, said := w.Stdin, &refusal.Output{}
	if !run.IsTerminal(w.Stdin) {
		in = io.TeeReader(in, w.Stderr)
	}
	if _, err := io.Copy(said, in); err != nil {
		return fmt.Errorf("cannot read standard input: %w", err)
	}
	refusals := said.Refusals()
	switch {
	case len(refusals) > 0:
		if err := printDiagnosis(ctx, w, g, format, refusals); err != nil {
			return err
		}
		return run.ErrFindings
	case format == "text":
		return nil
	}

	none := diagnose.Refusals(ctx, w, g, nil)
	return none.Print(w.Stdout, format, false)
}

// explainText says what an engine's error means.
func explainText(ctx context.Context, w run.Process, g run.Flags, format, text string) error {
	refusals := refusal.Parse(text)
	if len(refusals) == 0 {
		return errors.New(`no refused port or name in that text: expected an engine's error, as in "Bind for 0.0.0.0:8080 failed: port is already allocated"`)
	}
	return printDiagnosis(ctx, w, g, format, refusals)
}

// printDiagnosis says what refusals mean, and who is in the way now.
func printDiagnosis(ctx context.Context, w run.Process, g run.Flags, format string, refusals []refusal.Refusal) error {
	if err := g.UnknownContext(w); err != nil {
		return err
	}
	d := diagnose.Refusals(ctx, w, g, refusals)
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	color, err := run.UseColor("auto", w)
	if err != nil {
		return err
	}
	return d.Print(w.Stdout, format, color)
}

func listRules(w run.Process) error {
	table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range lint.Rules {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.Name, r.Severity, r.Summary)
	}
	return table.Flush()
}

func explainRule(w run.Process, name string) error {
	if err := run.KnownRule(name); err != nil {
		return err
	}
	page, ok := lint.Page(name)
	if !ok {
		return fmt.Errorf("the rule %q has no page", name)
	}
	_, err := fmt.Fprint(w.Stdout, page)
	return err
}
