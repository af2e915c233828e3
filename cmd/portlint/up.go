package main

import (
	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
)

func newUp(w run.Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [COMPOSE UP ARGS...]",
		Short: "Start the project with docker compose once every port is sure to bind",
		Long: "Start the project with docker compose once every port is sure to bind.\n\n" +
			"What stands after up goes to docker compose up as it is. Global flags stand before it, as in\n" +
			"portlint --timeout 10 up -d: behind it, --timeout is Compose's.\n\n" +
			"Before anything is pulled, built, stopped or started, all ports are looked at. When one is taken for\n" +
			"certain, portlint lists all that are and starts nothing; nor does it where another directory has\n" +
			"containers of the project's name, which docker compose would replace. On a terminal it asks what to do,\n" +
			"unless there is a -y. What is only possible, and what could not be looked at, is said on standard\n" +
			"error, and docker compose decides.\n\n" +
			"With -d it says in the end where everything is published, and with --env-file FILE behind up it writes\n" +
			"that to a file.\n\n" +
			"Exit code 1: a port or the name is taken, nothing was started; or --env-file was given, and a service is not up.\n" +
			"2: could not look. Else that of docker compose.",
		Example: "  portlint up -d                        docker compose up -d, or nothing at all\n" +
			"  portlint up -d --move                 on other ports where these are taken\n" +
			"  portlint up -d --env-file ports.env   and the ports in that file\n" +
			"  portlint -f dev.yaml up --build web   the same words as for docker compose",
		DisableFlagParsing: true,
		ValidArgsFunction: func(cmd *cobra.Command, words []string, begun string) ([]string, cobra.ShellCompDirective) {
			return up.Complete(cmd, w, words, begun)
		},
		RunE: func(cmd *cobra.Command, words []string) error { return up.Run(cmd.Context(), w, words, cmd.Help) },
	}

	up.RegisterFlags(cmd.Flags())
	return cmd
}
