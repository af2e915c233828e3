// Package relocate holds what every way of giving ports other values shares: who else reads the files that would change, and how
// the changes are written, all of them or none.
package relocate

import (
	"errors"
	"path/filepath"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
)

// WriteChanges makes all changes or none, and names each file that is at fault as seen from here.
func WriteChanges(w run.Process, changes []edit.Change) error {
	if len(changes) == 0 {
		return nil
	}
	err := edit.Write(changes)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, edit.ErrUnfinished):
		return FromHere(w, err)
	}
	return errors.Join(FromHere(w, err), errors.New("nothing was written"))
}

// FromHere writes the paths of an error as people see them from here.
func FromHere(w run.Process, err error) error {
	var all interface{ Unwrap() []error }
	if errors.As(err, &all) {
		var out []error
		for _, one := range all.Unwrap() {
			out = append(out, FromHere(w, one))
		}
		return errors.Join(out...)
	}

	var file *edit.FileError
	if errors.As(err, &file) {
		return &edit.FileError{File: run.Relative(w.Dir, file.File), Err: file.Err}
	}
	return err
}

// WarnIfTracked warns of an env file that others will have too.
func WarnIfTracked(w run.Process, file string) {
	if c := run.CheckoutOf(filepath.Dir(file)); c.Tracks(file) {
		run.Logf(w.Stderr, "Git tracks %q: committed, these values would go to every checkout", run.Relative(w.Dir, file))
	}
}
