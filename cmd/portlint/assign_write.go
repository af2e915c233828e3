package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/safefile"
)

// keep writes the values to the env file that Compose reads last.
func (s *assigning) keep() error {
	file, err := s.envFile()
	if err != nil {
		return err
	}
	old, err := safefile.Read(file, compose.MaxFile)
	created := errors.Is(err, fs.ErrNotExist)
	if err != nil && !created {
		return fmt.Errorf("cannot read %q: %w", run.Relative(s.Dir, file), safefile.WithoutPath(err))
	}
	text, err := envfile.SetBlock(old, s.values(), s.Gone)
	if err != nil {
		return fmt.Errorf("%s: %w", run.Relative(s.Dir, file), err)
	}
	if created && len(text) == 0 {
		return nil
	}
	change := edit.Change{File: file, Old: old, New: text, Created: created}
	if err := relocate.WriteChanges(s.Process, []edit.Change{change}); err != nil {
		return err
	}
	relocate.WarnIfTracked(s.Process, file)
	return nil
}

// envFile is the env file that has the last word: the last one that is named, else .env of the project directory.
func (s *assigning) envFile() (string, error) {
	named := s.proof.base.EnvFiles
	if len(named) == 0 {
		named = strings.FieldsFunc(s.Env["COMPOSE_ENV_FILES"], func(r rune) bool { return r == ',' })
	}
	if len(named) > 0 {
		return run.Below(s.Dir, named[len(named)-1]), nil
	}
	if off, _ := strconv.ParseBool(s.Env["COMPOSE_DISABLE_ENV_FILE"]); off {
		return "", errors.New("--write: Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set")
	}
	return filepath.Join(s.loaded.Project.Dir, ".env"), nil
}
