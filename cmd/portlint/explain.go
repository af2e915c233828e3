package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
	"github.com/portlint/portlint/lint/report"
)

// explainFormats are the formats of explain.
var explainFormats = []string{"text", "json"}

// explainFlags are the flags of explain, as given.
type explainFlags struct{ format, color string }

func newExplain(w run.Process, g *run.Flags) *cobra.Command {
	o := explainFlags{format: "text", color: "auto"}
	cmd := &cobra.Command{
		Use:   "explain [RULE | \"ERROR TEXT\" | -]",
		Short: "Explain a rule, or what says that a port or a container name is taken",
		Long: "Explain a rule, or what says that a port or a container name is taken.\n\n" +
			"With the text of an error, of an engine or of another program (Node, Python, nginx, PostgreSQL, Redis,\n" +
			"ssh ...): what it means, and who has the port or the name now. Where the text names no port, as \"That\n" +
			"port is already in use.\", the project's and the usual ones that are held now. With -, the text is read from\n" +
			"standard input, and passed on to standard error as it comes, so that nothing of it is lost; where nothing\n" +
			"was refused, nothing is added.\n\n" +
			"Without an argument: the containers of the engine that failed to start because of a port or a name;\n" +
			"where there is none, the list of rules, which explain rules prints as well.\n\n" +
			"Exit code 0: explained. 2: no rule of that name, or no refusal in the text.\n" +
			"With -, 0: nothing was refused. 1: a refusal was explained. 2: could not read the text.",
		Example: "  portlint explain                                what failed to start\n" +
			"  portlint explain port-in-use                    a rule\n" +
			"  portlint explain \"Bind for 0.0.0.0:8080 failed: port is already allocated\"\n" +
			"  portlint explain 'The container name \"/web\" is already in use by container'\n" +
			"  docker compose up -d 2>&1 | portlint explain -  what it was refused\n" +
			"  npm run dev 2>&1 | portlint explain -",
		ValidArgsFunction: cobra.FixedCompletions(append(run.RuleNames(), allRules), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", explainFormats)(nil, []string{o.format}); err != nil {
				return err
			}
			return explain(cmd.Context(), w, *g, o, args)
		},
	}

	cmd.Flags().StringVar(&o.format, "format", o.format, "output `NAME` for an error: text, json")
	cmd.Flags().StringVar(&o.color, "color", o.color, "`WHEN` to use color for an error: auto, always, never")
	g.RegisterEngine(cmd.Flags())
	return cmd
}

// allRules is the word for the list of rules.
const allRules = "rules"

func explain(ctx context.Context, w run.Process, g run.Flags, o explainFlags, args []string) error {
	text := strings.Join(args, " ") // people forget the quotes
	aboutRules := text == allRules || len(args) == 1 && run.KnownRule(args[0]) == nil
	_, err := run.UseColor(o.color, w)
	switch {
	case err != nil:
		return err
	case o.format != "text" && aboutRules:
		return fmt.Errorf("--format %s is about an error: the rules are text", o.format)
	case len(args) == 0:
		return explainFailed(ctx, w, g, o)
	case text == allRules:
		return listRules(w)
	case text == "-":
		return explainOutput(context.WithoutCancel(ctx), w, g, o) // ctrl-c was for who wrote it
	case len(args) > 1 && run.KnownRule(args[0]) == nil:
		return fmt.Errorf("expected at most one rule, not %d", len(args))
	case strings.Contains(text, " ") || len(refusal.ParseAny(text)) > 0:
		return explainText(ctx, w, g, o, text)
	}

	if _, err := run.ParsePort(text); err == nil {
		return fmt.Errorf("%s is a port: `portlint who %s` says who has it", text, text)
	}
	return explainRule(w, text)
}

// explainOutput passes standard input on as it comes, unless somebody types it, and explains what was refused in it.
func explainOutput(ctx context.Context, w run.Process, g run.Flags, o explainFlags) error {
	in, said := w.Stdin, &refusal.Output{}
	if !run.IsTerminal(w.Stdin) {
		in = io.TeeReader(in, w.Stderr)
	}
	if _, err := io.Copy(said, in); err != nil {
		return fmt.Errorf("cannot read standard input: %w", err)
	}
	refusals := said.AnyRefusals()
	switch {
	case len(refusals) > 0:
		if err := printDiagnosis(ctx, w, g, o, refusals); err != nil {
			return err
		}
		return run.ErrFindings
	case o.format == "text":
		return nil
	}

	none := diagnose.Refusals(ctx, w, g, nil)
	return none.Print(w.Stdout, o.format, false)
}

// explainFailed explains the containers that the engine could not start because of a port: it keeps what it said of each. Where there
// is none it says so, and lists the rules.
func explainFailed(ctx context.Context, w run.Process, g run.Flags, o explainFlags) error {
	if err := g.UnknownContext(w); err != nil {
		return err
	}
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	refusals, others := failedStarts(&host)
	if len(others) > 0 {
		run.Logf(w.Stderr, "failed to start for another reason than a port: %s", strings.Join(firstNamed(others), ", "))
	}
	switch {
	case len(refusals) > 0:
		return printDiagnosis(ctx, w, g, o, refusals)
	case o.format != "text":
		none := diagnose.Refusals(ctx, w, g, nil)
		none.Report.NotChecked = host.Blind
		return none.Print(w.Stdout, o.format, false)
	}

	run.Logf(w.Stderr, "%s", noneFailed(&host))
	if run.HasText(w.Stdin) {
		run.Logf(w.Stderr, "standard input was not read: `portlint explain -` explains its text")
	}
	return listRules(w)
}

// noneFailed says that no container failed because of a port, as far as the engine told.
func noneFailed(host *lint.Host) string {
	if host.NotListed || host.Engine.Version == "" {
		why := "it did not list its containers"
		if len(host.Blind) > 0 {
			why = host.Blind[0].Why
		}
		return "not checked: which containers failed to start: " + why
	}
	return "no container of " + host.Engine.Name + " failed to start because of a port"
}

// failedStarts are the refusals that the engine keeps with the containers that it could not start, the newest first, and which
// containers failed for another reason.
func failedStarts(host *lint.Host) (refusals []refusal.Refusal, others []string) {
	containers := slices.Clone(host.Containers)
	slices.SortStableFunc(containers, func(a, b lint.Container) int { return b.CreatedAt.Compare(a.CreatedAt) })
	for _, c := range containers {
		if c.Error == "" || c.Running() {
			continue
		}
		said := refusal.Parse("Error response from daemon: " + c.Error)
		if len(said) == 0 {
			others = append(others, strconv.Quote(c.Name))
		}
		for _, r := range said {
			r.Container, r.Service = c.Name, c.Service
			refusals = append(refusals, r)
		}
	}

	return refusals, others
}

// explainText says what an error means.
func explainText(ctx context.Context, w run.Process, g run.Flags, o explainFlags, text string) error {
	refusals := refusal.ParseAny(text)
	if len(refusals) == 0 {
		return errors.New("no refused port or name in that text: paste the whole error, pipe all of it as in `npm run dev 2>&1 | portlint explain -`, or ask about the port as in `portlint who 8080`")
	}
	return printDiagnosis(ctx, w, g, o, refusals)
}

// printDiagnosis says what refusals mean, and who is in the way now.
func printDiagnosis(ctx context.Context, w run.Process, g run.Flags, o explainFlags, refusals []refusal.Refusal) error {
	if err := g.UnknownContext(w); err != nil {
		return err
	}
	d := diagnose.Refusals(ctx, w, g, refusals)
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	color, err := run.UseColor(o.color, w)
	if err != nil {
		return err
	}
	return d.Print(w.Stdout, o.format, color)
}

func listRules(w run.Process) error {
	var longest int
	for _, r := range lint.Rules {
		longest = max(longest, len(r.Name))
	}

	for _, r := range lint.Rules {
		before := fmt.Sprintf("%-*s  %-*s  ", longest, r.Name, len(lint.Warning.String()), r.Severity)
		if _, err := fmt.Fprintln(w.Stdout, report.Fold(before+r.Summary, run.Width(w.Stdout), len(before))); err != nil {
			return err
		}
	}
	return nil
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
