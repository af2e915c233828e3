package main

import (
	"errors"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// keep writes the values to the env file that Compose reads last.
func (s *assigning) keep() error {
	file := s.loaded.Project.EnvFile
	if file == "" {
		return errors.New("--write: Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set")
	}

	var edits relocate.Edits
	if err := edits.SetBlock(file, run.Relative(s.Dir, file), s.values(), s.Gone); err != nil {
		return err
	}
	if err := edits.Write(s.Process); err != nil {
		return err
	}
	if len(edits.Changes()) > 0 {
		relocate.WarnIfTracked(s.Process, file)
	}
	return nil
}
