package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newUp(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [COMPOSE UP ARGS...]",
		Short: "Start the project with docker compose once every port is sure to bind",
		Long: "Start the project with docker compose once every port is sure to bind.\n\n" +
			"What stands after up goes to docker compose up as it is. Before anything is pulled, built, stopped or\n" +
			"started, all ports are looked at. Is one taken for certain, portlint says which ones and by whom, and starts\n" +
			"nothing. What is only possible is said on standard error.\n\n" +
			"Exit code 1: a port is taken, nothing was started. 2: could not look. Else that of docker compose.",
		Example: "  portlint up -d                        docker compose up -d, or nothing at all\n" +
			"  portlint -f dev.yaml up --build web   the same words as for docker compose",
		DisableFlagParsing: true,
		RunE:               func(cmd *cobra.Command, words []string) error { return up(cmd, w, words) },
	}
	new(upLine).own(cmd.Flags())
	return cmd
}

// up takes the whole command line, with the word up in it.
func up(cmd *cobra.Command, w world, words []string) error {
	line, err := parseUp(words)
	switch {
	case err != nil:
		return err
	case line.help:
		return cmd.Help()
	case line.move || line.write:
		return errors.New("--move and --write are not there yet")
	}
	ctx := cmd.Context()
	program, err := findCompose(ctx, w)
	if err != nil {
		return err
	}
	in := &keptInput{from: w.stdin}
	reading := w
	reading.stdin = in
	s, err := lookUp(ctx, reading, &line)
	if err != nil {
		return err
	}
	if s.blocked() {
		if err := s.print(w.stdout); err != nil {
			return err
		}
		say(w.stderr, "nothing was pulled, built, created or stopped")
		return errFindings
	}
	if err := s.printDoubts(w); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return errors.New("stopped before anything was started")
	}
	stdin, err := in.again()
	if err != nil {
		return err
	}
	if !line.returns() {
		return become(w, program.path, program.command(&line), stdin)
	}
	if err := runChild(w, program.path, program.command(&line), stdin); err != nil {
		return err
	}
	s.printURLs(ctx, w, &line)
	return nil
}
