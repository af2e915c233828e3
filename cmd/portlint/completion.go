package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(w world) *cobra.Command {
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
				return root.GenBashCompletionV2(w.stdout, true)
			case "zsh":
				return root.GenZshCompletion(w.stdout)
			case "fish":
				return root.GenFishCompletion(w.stdout, true)
			default:
				return root.GenPowerShellCompletionWithDesc(w.stdout)
			}
		},
	}
}

// oneOf demands exactly one argument, out of a list.
func oneOf(what string, known []string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("expected one %s: %s", what, orList(known))
		}
		for _, k := range known {
			if k == args[0] {
				return nil
			}
		}
		return fmt.Errorf("unknown %s %q, expected %s", what, args[0], orList(known))
	}
}

// noArgs refuses every argument.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, got %q", cmd.Name(), args[0])
	}
	return nil
}
