// Package up stands in place of `docker compose up`: it understands the command line as Compose does, looks at the ports, moves or
// asks about what is in the way, and then becomes Compose.
//
// The way through it is one way, and each step hands the next one a value:
//
//   - [ParseLine] makes a [Line] of the words: what of them is docker's, Compose's and portlint's (line.go, flags.go).
//   - loadState makes a state of the line: the project as Compose reads it, the machine, and the findings (check.go). Those that are
//     certain are in the way (obstacles.go). Where there are none, Compose runs.
//   - state.offers makes offers of the state: all that could be done, decided once, with why the rest could not (offers.go).
//     resolveConflicts takes the one that the line wishes for, or says what is in the way and names the offers as commands (resolve.go).
//     On a terminal, a menu shows them as keys (prompt.go, keys.go), and choose carries out the key that was pressed (choose.go).
//   - What comes of that is a relocation: other values in rounds of deciding and reading, each proved (move.go; name.go and texts.go
//     say which values names and subnets may have, previous_moves.go which ones an earlier run gave). It is written and reported
//     last of all (report.go).
//   - composeProgram makes the command line of Compose (compose.go). This process becomes it or waits for it (child.go), and then says
//     where the services are, what was refused, or tries once more (after.go, env_file.go, retry.go).
package up

import (
	"context"
	"errors"
	"os"

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
		child, s, err := prepare(ctx, w, &now, in, program)
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
func prepare(ctx context.Context, w run.Process, line *Line, in *inputBuffer, program composeProgram) (run.Process, *state, error) {
	reading := w
	reading.Stdin = in
	s, err := loadState(ctx, reading, line)
	if err == nil {
		err = s.applyRulesOf(ctx, program, w, line)
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
		m, err := resolveConflicts(ctx, reading, line, s, canAsk(w, line))
		if err != nil {
			return w, nil, err
		}
		if err := m.commit(ctx, program); err != nil {
			return w, nil, err
		}
		child, *line, s = m.now, m.line, m.state
		child.Stdin = w.Stdin
	}

	s.logTakeovers(w, line)
	s.takeOver(line)
	return child, s, s.printUncertain(w)
}

// canAsk is the terminal that can be asked, nil when there is none or nobody is to be asked.
func canAsk(w run.Process, line *Line) *os.File {
	keys, ok := w.Stdin.(*os.File)
	onTerminal := ok && run.IsTerminal(keys) && run.IsTerminal(w.Stderr)
	if line.yes || !onTerminal {
		return nil
	}
	return keys
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
