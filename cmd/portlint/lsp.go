package main

import (
	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/lsp"
	"github.com/portlint/portlint/cmd/portlint/run"
)

func newLSP(w run.Process, g *run.Flags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Speak the Language Server Protocol on standard input and output, for editors",
		Long: "Speak the Language Server Protocol on standard input and output, for editors.\n\n" +
			"Open Compose files are checked while one types, as they stand in the editor, saved or not. When one is opened\n" +
			"or saved, the engine and the sockets of its machine are asked as well. A hover over a port says who has it now,\n" +
			"and every fix that is proved is a code action.\n\n" +
			"The editor's initializationOptions may hold {\"static\": true} and {\"level\": \"info\"}, which mean what the flags\n" +
			"of check mean.\n\n" +
			"Exit code 0: the editor asked for a shutdown first. 1: it did not.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return lsp.Serve(cmd.Context(), w, *g) },
	}

	cmd.Flags().Bool("stdio", true, "talk on standard input and output, the only way there is")
	g.RegisterEngine(cmd.Flags())
	return cmd
}
