package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
)

func newUp(w run.Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up [COMPOSE UP ARGS...]",
		Short: "Start the project with docker compose once every port is sure to bind",
		Long: "Start the project with docker compose once every port is sure to bind.\n\n" +
			"What stands after up goes to docker compose up as it is. Before anything is pulled, built, stopped or\n" +
			"started, all ports are looked at. When one is taken for certain, portlint lists all that are and starts\n" +
			"nothing; nor does it where another directory has containers of the project's name, which docker compose\n" +
			"would replace. On a terminal it asks what to do, unless there is a -y. What is only possible, and what\n" +
			"could not be looked at, is said on standard error, and docker compose decides.\n\n" +
			"With -d it says in the end where everything is published.\n\n" +
			"Exit code 1: a port or the name is taken, nothing was started. 2: could not look. Else that of docker compose.",
		Example: "  portlint up -d                        docker compose up -d, or nothing at all\n" +
			"  portlint up -d --move                 on other ports where these are taken\n" +
			"  portlint -f dev.yaml up --build web   the same words as for docker compose",
		DisableFlagParsing: true,
		ValidArgsFunction: func(cmd *cobra.Command, words []string, begun string) ([]string, cobra.ShellCompDirective) {
			return upWords(cmd, w, words, begun)
		},
		RunE: func(cmd *cobra.Command, words []string) error { return up(cmd, w, words) },
	}
	new(upLine).own(cmd.Flags())
	return cmd
}

// up takes the whole command line, with the word up in it.
func up(cmd *cobra.Command, w run.Process, words []string) error {
	line, err := parseUp(words)
	switch {
	case err != nil:
		return err
	case line.help:
		return cmd.Help()
	}
	if err := errors.Join(line.globals.OneEngine("up"), line.globals.UnknownContext(w)); err != nil {
		return err
	}
	ctx := cmd.Context()
	program, err := findCompose(ctx, w)
	if err != nil {
		return err
	}
	w = program.world(w)
	if line.unclear { // Compose says what is wrong with it
		return become(w, program.path, program.command(&line), nil)
	}
	in := &keptInput{from: w.Stdin}
	for {
		now := line
		child, s, err := prepare(ctx, w, &now, words, in, program)
		switch {
		case ctx.Err() != nil: // Compose does not run yet
			return run.ErrInterrupt
		case err != nil:
			return err
		}
		stdin, err := in.again()
		if err != nil {
			return err
		}

		err = launch(ctx, child, &now, s, program, stdin)
		lost := s.lostPorts(ctx, w, &now, err)
		if len(lost) == 0 || line.tries == mostRetries {
			if err != nil && now.returns() {
				s.printFailure(ctx, child, &now, program)
			}
			return err
		}
		line.lost, line.tries = append(line.lost, lost...), line.tries+1
		run.Logf(w.Stderr, "%s was taken before the containers were started: tried again on another port (%d of %d)",
			listOf(lost), line.tries, mostRetries)
	}
}

// prepare comes back when everything can be started, with the process as Compose will see it. It changes the line where
// ports had to be moved.
func prepare(ctx context.Context, w run.Process, line *upLine, words []string, in *keptInput, program composeProgram) (run.Process, *upState, error) {
	reading := w
	reading.Stdin = in
	s, err := lookUp(ctx, reading, line)
	if err != nil {
		return w, nil, err
	}
	if s.refusedFor(line.up.Services) { // Compose says which it does not know
		return w, s, nil
	}
	if !line.resumes() {
		sayEarlier(w, s.project, s.earlier(w), "--move")
	}

	child := w
	if s.blocked() || line.resumes() && s.project.RunsAs != "" || line.move && len(s.earlier(w)) > 0 {
		m, err := settle(ctx, reading, line, s, words, canAsk(w, line))
		if err != nil {
			return w, nil, err
		}
		if err := m.commit(ctx, program); err != nil {
			return w, nil, err
		}
		child, *line, s = m.now, m.line, m.state
		child.Stdin = w.Stdin
	}
	s.sayTakeovers(w, line)
	s.takeOver(line)
	return child, s, s.printDoubts(w)
}

// launch becomes Compose, or waits for it where it comes back with something to tell about, or may have to be run again.
func launch(ctx context.Context, w run.Process, line *upLine, s *upState, program composeProgram, stdin *os.File) error {
	if !line.returns() && !line.retries() {
		return become(w, program.path, program.command(line), stdin)
	}
	err := runChild(w, program.path, program.command(line), stdin)
	if err == nil && line.returns() {
		s.printURLs(ctx, w, line, program)
	}
	return err
}

// settle moves what is in the way where that is wished. Else, and where that is no help, it says all that is in the way,
// and asks where somebody can be asked. It fails with errFindings when nothing may be started.
func settle(ctx context.Context, w run.Process, line *upLine, s *upState, words []string, keys *os.File) (*mover, error) {
	var failed error
	if (line.move || line.write) && s.movable(line) {
		m, err := movePorts(ctx, w, line, s, line.write)
		if err == nil || ctx.Err() != nil || !s.blocked() {
			return m, err
		}
		failed = err
	}
	if err := s.print(w.Stdout); err != nil {
		return nil, err
	}
	run.Logf(w.Stderr, "nothing was pulled, built, created or stopped")
	switch {
	case failed != nil:
		return nil, isConflict(w, failed)
	case line.doubt != "":
		run.Logf(w.Stderr, "no port is moved, because %s", line.doubt)
		return nil, run.ErrFindings
	case !s.movable(line) && !s.sameName():
		return nil, run.ErrFindings
	case keys != nil:
		return choose(ctx, w, line, s, keys)
	}
	suggest(w, words, line, s)
	return nil, run.ErrFindings
}

// isConflict says why ports could not be moved, and tells a conflict that stays from what portlint could not do.
func isConflict(w run.Process, err error) error {
	var still unmovable
	var none *noPort
	if errors.As(err, &still) || errors.As(err, &none) {
		run.Logf(w.Stderr, "%v", err)
		return run.ErrFindings
	}
	return err
}
