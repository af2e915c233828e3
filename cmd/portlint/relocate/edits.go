package relocate

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/safefile"
)

// Edits are other texts for files, one for each, that are written all or none. The zero value changes nothing.
type Edits struct {
	byFile map[string]edit.Change
}

// Add changes a file, on top of what changes it already.
func (e *Edits) Add(changes ...edit.Change) {
	if e.byFile == nil {
		e.byFile = map[string]edit.Change{}
	}
	for _, c := range changes {
		if first, known := e.byFile[c.File]; known {
			c.Old, c.Created = first.Old, first.Created
		}
		e.byFile[c.File] = c
	}
}

// with is the edits with more of them.
func (e *Edits) with(more ...edit.Change) *Edits {
	out := &Edits{maps.Clone(e.byFile)}
	out.Add(more...)
	return out
}

// Changes are the edits, by file.
func (e *Edits) Changes() []edit.Change {
	var all []edit.Change
	for _, file := range slices.Sorted(maps.Keys(e.byFile)) {
		all = append(all, e.byFile[file])
	}
	return all
}

// texts are the files as they will be, to be laid over the disk.
func (e *Edits) texts() map[string][]byte {
	texts := map[string][]byte{}
	for file, c := range e.byFile {
		texts[file] = c.New
	}
	return texts
}

// setLine sets a variable in an env file.
func (e *Edits) setLine(file string, v envfile.Var) error {
	return e.rewrite(file, file, func(old []byte) ([]byte, error) { return envfile.Set(old, v.Name, v.Value, ""), nil })
}

// SetBlock sets variables in portlint's own block of an env file, which others call name, and takes those away that are gone.
func (e *Edits) SetBlock(file, name string, vars []envfile.Var, gone []string) error {
	return e.rewrite(file, name, func(old []byte) ([]byte, error) {
		text, err := envfile.SetBlock(old, vars, gone)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return text, nil
	})
}

// rewrite changes the text of a file that need not be there. One that stays empty is not made.
func (e *Edits) rewrite(file, name string, change func(old []byte) ([]byte, error)) error {
	c, known := e.byFile[file]
	if !known {
		text, err := safefile.Read(file, compose.MaxFile)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot read %q: %w", name, safefile.WithoutPath(err))
		}
		c = edit.Change{File: file, Old: text, New: text, Created: err != nil}
	}

	var err error
	if c.New, err = change(c.New); err != nil || c.Created && len(c.New) == 0 {
		return err
	}
	e.Add(c)
	return nil
}

// writable says which file can't be written, nil when nothing is known against any.
func (e *Edits) writable(w run.Process) error {
	for _, c := range e.Changes() {
		if err := edit.Writable(c.File); err != nil {
			return FromHere(w, err)
		}
	}
	return nil
}

// Write makes all changes or none, and names each file that is at fault as seen from here.
func (e *Edits) Write(w run.Process) error {
	changes := e.Changes()
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
