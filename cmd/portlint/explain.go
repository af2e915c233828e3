package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

func newExplain(w world, g *globals) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "explain [RULE | \"ENGINE ERROR TEXT\" | -]",
		Short: "Explain a rule, or what an engine says when it refuses a port",
		Long: "Explain a rule, or what an engine says when it refuses a port.\n\n" +
			"Without an argument: the list of rules. With the text of an error: what the engine means, and who has the\n" +
			"port on this machine now. With -, the text is read from standard input, and passed on to standard error as\n" +
			"it comes, so that nothing of it is lost.\n\n" +
			"Exit code 0: explained. 2: no rule of that name, or no refused port in the text.",
		Example: "  portlint explain port-in-use\n" +
			"  portlint explain \"Bind for 0.0.0.0:8080 failed: port is already allocated\"\n" +
			"  docker compose up -d 2>&1 | portlint explain -",
		ValidArgsFunction: cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", whoFormats)(nil, []string{format}); err != nil {
				return err
			}
			return explain(cmd.Context(), w, *g, format, args)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "output `NAME` for an error: text, json")
	g.registerEngine(cmd.Flags())
	return cmd
}

func explain(ctx context.Context, w world, g globals, format string, args []string) error {
	text := strings.Join(args, " ") // people forget the quotes
	switch {
	case format != "text" && (len(args) == 0 || len(args) == 1 && knownRule(args[0]) == nil):
		return fmt.Errorf("--format %s is about an engine's error: the rules are text", format)
	case len(args) == 0:
		return listRules(w)
	case text == "-":
		said, err := tee(w)
		if err != nil {
			return fmt.Errorf("cannot read standard input: %w", err)
		}
		return explainError(context.WithoutCancel(ctx), w, g, format, said) // ctrl-c was for who wrote it
	case len(args) > 1 && knownRule(args[0]) == nil:
		return fmt.Errorf("expected at most one rule, not %d", len(args))
	case strings.Contains(text, " ") || len(dockerapi.ParseError(text)) > 0:
		return explainError(ctx, w, g, format, text)
	}
	return explainRule(w, text)
}

// maxError bounds what is kept of standard input: the end of it, where the errors are.
const maxError = 4 << 20

// tee reads standard input to its end and passes it on as it comes, unless somebody types it.
func tee(w world) (string, error) {
	in := w.stdin
	if !isTerminal(w.stdin) {
		in = io.TeeReader(in, w.stderr)
	}
	var said bytes.Buffer
	for {
		_, err := io.CopyN(&said, in, maxError)
		if more := said.Len() - maxError; more > 0 {
			said.Next(more)
		}
		if errors.Is(err, io.EOF) {
			return said.String(), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// explainError says what an engine's error means, and who is in the way now.
func explainError(ctx context.Context, w world, g globals, format, text string) error {
	if err := g.unknownContext(w); err != nil {
		return err
	}
	d := diagnose(ctx, w, g, text)
	if ctx.Err() != nil {
		return errInterrupt
	}
	if len(d.refusals) == 0 {
		return errors.New(`no refused port in that text: expected an engine's error, as in "Bind for 0.0.0.0:8080 failed: port is already allocated"`)
	}
	color, err := useColor("auto", w)
	if err != nil {
		return err
	}
	return d.print(w.stdout, format, color)
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
