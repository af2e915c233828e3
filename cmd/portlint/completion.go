package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(w run.Process) *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a completion script for a shell",
		Example:   "  source <(portlint completion bash)",
		ValidArgs: shells,
		Args:      oneOf("shell", shells),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(w.Stdout, true)
			case "zsh":
				return faultless(w.Stdout, root.GenZshCompletion)
			case "fish":
				return faultless(w.Stdout, func(out io.Writer) error { return root.GenFishCompletion(out, true) })
			default:
				return root.GenPowerShellCompletionWithDesc(w.Stdout)
			}
		},
	}
}

// faultless is a script of cobra 1.10 without two faults: a word such as fixed-port=off is taken for a flag, with all that
// stands before its last "=", and fish's string takes a word that begins with "--" for a flag of its own.
func faultless(w io.Writer, script func(io.Writer) error) error {
	var text bytes.Buffer
	if err := script(&text); err != nil {
		return err
	}
	_, err := strings.NewReplacer("'-.*='", "'^-[^=]*='", `string split --max 1 \t $`, `string split --max 1 -- \t $`).WriteString(w, text.String())
	return err
}

// oneOf demands exactly one argument, out of a list.
func oneOf(what string, known []string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("expected one %s: %s", what, run.OrList(known))
		}
		for _, k := range known {
			if k == args[0] {
				return nil
			}
		}
		return fmt.Errorf("unknown %s %q, expected %s", what, args[0], run.OrList(known))
	}
}

// noArgs refuses every argument.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, got %q", cmd.Name(), args[0])
	}
	return nil
}
