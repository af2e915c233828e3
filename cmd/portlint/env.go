package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/reach"
	"github.com/portlint/portlint/lint/report"
)

func newEnv(w run.Process, g *run.Flags) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "env [-- COMMAND...]",
		Short: "Print where the project really runs, as variables, or run a command with them",
		Long: "Print the ports where the project really runs, those that the engine picked or\n" +
			"that were moved included, as variables; or run a command with them.\n\n" +
			"A port has the name of the variable that gives it in the Compose file, else\n" +
			"WEB_PORT after its service, WEB_80_PORT where the service publishes several.\n" +
			"What speaks HTTP has a WEB_URL too. The containers of a scaled service are\n" +
			"numbered, as in WEB_PORT_2; WEB_PORT is the first.\n\n" +
			"Exit code 1: services that publish ports are not up; they are named, and no\n" +
			"command is run. 2: could not look. Else that of the command.",
		Example: "  portlint env                                    WEB_PORT=32768\n" +
			"  portlint env -- npm test                        with these in its environment\n" +
			"  eval \"$(portlint env --format shell)\"\n" +
			"  portlint env --format github >> \"$GITHUB_ENV\"   in a workflow",
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return fmt.Errorf("expected -- before the command, as in %s -- %s", cmd.CommandPath(), args[0])
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error { return env(cmd.Context(), w, *g, format, args) },
	}

	cmd.Flags().StringVar(&format, "format", "", "output `NAME`: env (default), shell, json, github")
	return cmd
}

// envFormats are the formats of env.
var envFormats = []string{"env", "shell", "json", "github"}

func env(ctx context.Context, w run.Process, g run.Flags, format string, command []string) error {
	if format != "" && len(command) > 0 {
		return errors.New("--format is for what is printed: leave it out before a command")
	}
	if format == "" {
		format = "env"
	}
	if err := oneOf("format", envFormats)(nil, []string{format}); err != nil {
		return err
	}
	is, err := up.Reach(ctx, w, g)
	if err != nil {
		return err
	}
	logOnlyThere(w.Stderr, is.Variables, is.At)
	if len(is.Missing) == 0 && len(command) > 0 {
		return up.Exec(w.With(valuesOf(is.Variables)), command)
	}

	if len(command) == 0 {
		r := report.Report{Version: w.Version, Dir: w.Dir, NotChecked: is.NotChecked}
		if err := report.Environment(w.Stdout, r, is.Project.Label(), is.Variables, is.Missing, format); err != nil {
			return err
		}
	}
	return logMissing(w.Stderr, is.Missing, command)
}

// valuesOf are the values of variables by name.
func valuesOf(variables []reach.Variable) map[string]string {
	values := map[string]string{}
	for _, v := range variables {
		values[v.Name] = v.Value
	}
	return values
}

// logOnlyThere names the ports that nothing here reaches, because the machine of the engine keeps them to itself.
func logOnlyThere(out io.Writer, variables []reach.Variable, host string) {
	said := map[lint.PublishedPort]bool{}
	for _, v := range variables {
		if reach.OnlyThere(v.Port, host) && !said[v.Port] {
			said[v.Port] = true
			run.Logf(out, "%q cannot be reached from here: it is published at %s", v.Service, reach.At(v.Port, host))
		}
	}
}

// logMissing names the services that are not up.
func logMissing(out io.Writer, missing []reach.Missing, command []string) error {
	for _, m := range missing {
		run.Logf(out, "%q is not up: %s", m.Service, m.Why)
	}
	switch {
	case len(missing) == 0:
		return nil
	case len(command) > 0:
		run.Logf(out, "%q was not run", command[0])
	}
	return run.ErrFindings
}
