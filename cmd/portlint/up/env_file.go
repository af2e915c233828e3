package up

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/reach"
	"github.com/portlint/portlint/lint/report"
	"github.com/portlint/portlint/lint/safefile"
)

// --env-file behind `up` is portlint's, as Compose's own stands before it and is refused there: the file is written when the services
// are up, with what `portlint env` prints. A file that is there and that portlint did not write is left as it is: it may be one that was
// meant for Compose.

// writtenByUp begins each file that --env-file writes.
const writtenByUp = "# where the services run, written by portlint up --env-file\n"

// mostEnvFile bounds the file that is replaced. portlint writes less.
const mostEnvFile = 1 << 20

// checkEnvFile says why the file of --env-file will not be written, before anything is started.
func (l *Line) checkEnvFile(w run.Process) error {
	name := l.envFile
	switch {
	case !l.writesEnv:
		return nil
	case name == "":
		return errors.New("--env-file after up needs the FILE that the ports are written to")
	case !l.returns():
		return errors.New("--env-file after up is written when the services are up: it needs -d or --wait, and services that are started")
	case filepath.Base(name) == ".env":
		return fmt.Errorf("--env-file after up writes where the services run, and docker compose reads %q: choose another file, such as ports.env", name)
	}

	o, err := l.globals.Options(w, false)
	if err != nil {
		return err
	}
	file := run.Below(w.Dir, name)
	reads := func(input string) bool { return compose.RealPath(run.Below(w.Dir, input)) == compose.RealPath(file) }
	if slices.ContainsFunc(o.EnvFiles, reads) {
		return fmt.Errorf("--env-file after up writes %q, and docker compose reads it: choose another file", name)
	}

	text, err := safefile.Read(file, mostEnvFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--env-file after up cannot replace %q: %w", name, safefile.WithoutPath(err))
	case len(text) > 0 && !bytes.HasPrefix(text, []byte(writtenByUp)):
		return fmt.Errorf("--env-file after up writes where the services run, and will not replace %q, which portlint did not write: "+
			"choose another file, or name it before up where docker compose is to read it", name)
	}
	return nil
}

// writeEnv writes where the services run now, and says which of those that were to be started do not. The project is read as the files
// and the line have it, and not as it was moved for this run: its variables give the names.
func (s *state) writeEnv(ctx context.Context, w run.Process, g run.Flags, line *Line) error {
	if !line.writesEnv {
		return nil
	}
	reached, err := Reach(ctx, w, g)
	if err != nil {
		return fmt.Errorf("%q was not written: %w", line.envFile, err)
	}

	var text strings.Builder
	text.WriteString(writtenByUp)
	if err := report.Environment(&text, report.Report{}, reached.Project.Label(), reached.Variables, nil, "env"); err != nil {
		return err
	}
	if err := safefile.Replace(run.Below(w.Dir, line.envFile), []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("%q was not written: %w", line.envFile, safefile.WithoutPath(err))
	}
	run.Logf(w.Stderr, "%s has where the services run: %s", run.Escape(line.envFile), run.Count(len(reached.Variables), "variable"))

	started := lint.PlanUp(s.project, s.host, line.Options).Starts
	missing := slices.DeleteFunc(reached.Missing, func(m reach.Missing) bool {
		return !slices.ContainsFunc(started, func(service *lint.Service) bool { return service.Name == m.Service })
	})
	for _, m := range missing {
		run.Logf(w.Stderr, "%q is not up: %s", m.Service, m.Why)
	}
	if len(missing) > 0 {
		return run.ErrFindings
	}
	return nil
}
