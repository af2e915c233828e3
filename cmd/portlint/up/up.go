// Package up stands in place of `docker compose up`: it understands the command line as Compose does, looks at the ports, moves or
// asks about what is in the way, and then becomes Compose.
package up

import (
	"context"
	"errors"
	"os"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// Run takes the whole command line, with the word up in it. help prints what the command is for.
func Run(ctx context.Context, w run.Process, words []string, help func() error) error {
	line, err := ParseLine(words)
	switch {
	case err != nil:
		return err
	case line.help:
		return help()
	}
	if err := errors.Join(line.globals.OneEngine("up"), line.globals.UnknownContext(w), line.checkEnvFile(w)); err != nil {
		return err
	}
	program, err := findCompose(ctx, w)
	if err != nil {
		return err
	}
	if line.Options.PodmanCompose = program.isPodmanCompose(); line.Options.PodmanCompose {
		run.Logf(w.Stderr, "podman-compose reads Compose files in a way of its own: what is looked at is what docker compose would do with the engine at its socket")
	}
	w = program.process(w)
	if line.malformed { // Compose says what is wrong with it
		return replaceProcess(w, program.path, program.command(&line), nil)
	}
	in := &inputBuffer{from: w.Stdin}
	for {
		now := line
		child, s, err := prepare(ctx, w, &now, words, in, program)
		switch {
		case ctx.Err() != nil: // Compose does not run yet
			return run.ErrInterrupt
		case err != nil:
			return err
		}
		stdin, err := in.reopen()
		if err != nil {
			return err
		}

		err = launch(ctx, child, &now, s, program, stdin)
		if err == nil {
			asked := w
			asked.Stdin = in
			return s.writeEnv(ctx, asked, line.globals, &now)
		}
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
func prepare(ctx context.Context, w run.Process, line *Line, words []string, in *inputBuffer, program composeProgram) (run.Process, *state, error) {
	reading := w
	reading.Stdin = in
	s, err := loadState(ctx, reading, line)
	if err == nil {
		err = s.decideFor(ctx, program, w, line)
	}
	if err != nil {
		return w, nil, err
	}
	if s.refusesServices(line.Options.Services) { // Compose says which it does not know
		return w, s, nil
	}
	if !line.resumes() {
		logPreviousMoves(w, s.project, s.previousMoves(w), "--move")
		s.logPreviousTexts(w)
	}

	child := w
	if s.needsMoves(w, line) {
		m, err := resolveConflicts(ctx, reading, line, s, words, canAsk(w, line))
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

// needsMoves reports whether something has to have another value before Compose runs: what others have, what an earlier run moved and
// this one keeps there, and a project that runs under another name.
func (s *state) needsMoves(w run.Process, line *Line) bool {
	if s.blocked() || line.resumes() && s.project.RunsAs != "" {
		return true
	}
	return line.move && len(s.previousMoves(w))+len(s.previousTexts(w)) > 0
}

// launch becomes Compose, or waits for it where it comes back with something to tell about, or may have to be run again.
func launch(ctx context.Context, w run.Process, line *Line, s *state, program composeProgram, stdin *os.File) error {
	command := program.command(line)
	if !line.returns() && !line.retries() {
		return replaceProcess(w, program.path, command, stdin)
	}

	err := runChild(w, program.path, command, stdin)
	if err == nil && line.returns() {
		s.printURLs(ctx, w, line, program)
	}
	return err
}

// resolveConflicts moves what is in the way where that is wished. Else, and where that is no help, it says all that is in the way,
// and asks where somebody can be asked. It fails with errFindings when nothing may be started.
func resolveConflicts(ctx context.Context, w run.Process, line *Line, s *state, words []string, keys *os.File) (*relocation, error) {
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
	case line.refusal != "":
		run.Logf(w.Stderr, "no port is moved, because %s", line.refusal)
		return nil, run.ErrFindings
	case keys != nil && s.askable(line):
		return choose(ctx, w, line, s, keys)
	case !s.movable(line) && !s.sameName():
		return nil, run.ErrFindings
	}

	suggest(ctx, w, words, line, s)
	return nil, run.ErrFindings
}

// isConflict says why ports could not be moved, and tells a conflict that stays from what portlint could not do.
func isConflict(w run.Process, err error) error {
	var still freeport.Unmovable
	var none *freeport.NoPort
	if errors.As(err, &still) || errors.As(err, &none) {
		run.Logf(w.Stderr, "%v", err)
		return run.ErrFindings
	}
	return err
}
