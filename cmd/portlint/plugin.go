package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/plugin"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// nameAsPlugin lets help and usage say `docker portlint`.
func nameAsPlugin(root *cobra.Command) {
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "docker portlint"}
	root.Flags().Lookup("version").Usage = "version for docker portlint"
	for _, cmd := range root.Commands() {
		cmd.Example = strings.ReplaceAll(cmd.Example, "  portlint", "  docker portlint")
	}
}

func newPlugin(w run.Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "Make portlint a command of docker, with a hint after a docker compose up that failed",
		Long: "Make portlint a command of docker: docker portlint check, docker portlint who 8080.\n\n" +
			"With docker 29.3 and newer, a docker compose up that failed on a port also prints who has it, under\n" +
			"\"What's next:\". Older ones take no notice of that.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}

	var noHint bool
	install := &cobra.Command{
		Use:   "install",
		Short: "Put portlint where docker finds it, and turn the hint on",
		Long: "Put portlint into the directory of docker's plugins for this user: a link to this program, on Windows a\n" +
			"copy. Add the hint to docker's config.json, where every other byte stays.\n\n" +
			"DOCKER_CONFIG names another directory than ~/.docker.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return plugin.Install(cmd.Context(), w, noHint) },
	}

	install.Flags().BoolVar(&noHint, "no-hint", false, "leave docker's config.json alone")
	cmd.AddCommand(install, &cobra.Command{
		Use:   "uninstall",
		Short: "Take both away again, and leave docker's config.json as it was",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return plugin.Uninstall(cmd.Context(), w) },
	}, &cobra.Command{
		Use:   "status",
		Short: "Say what is installed, and whether docker will ask for the hint",
		Long:  "Say what is installed, and whether docker will ask for the hint.\n\nExit code 0: installed. 1: not installed.",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return plugin.Status(cmd.Context(), w) },
	})

	return cmd
}
