package up

import (
	"context"
	"errors"
	"os"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// resolveConflicts moves what is in the way where that is wished. Else, and where that is no help, it says all that is in the way,
// and asks where somebody can be asked. It fails with errFindings when nothing may be started.
func resolveConflicts(ctx context.Context, w run.Process, line *Line, s *state, keys *os.File) (*relocation, error) {
	o := s.offers(ctx, w, line)
	var failed error
	if line.resumes() && o.move.whyNot == "" {
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
	case keys != nil && o.any():
		return choose(ctx, w, line, s, o, keys)
	case o.moves():
		o.suggest(w, line, s)
	}
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
