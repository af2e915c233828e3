package up

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/safefile"
)

// envFiles are the env files of a project in which host ports are kept.
type envFiles struct {
	last    string            // where a variable goes that no env file sets yet
	of      map[string]string // the file that sets a variable, by name
	shell   map[string]bool   // variables that the environment sets, which no file can change
	changes []edit.Change
	// rewritten are the files in which a variable has come to stand for a number
	rewritten map[string]edit.Change
}

func newEnvFiles(w run.Process, p *lint.Project) (*envFiles, error) {
	if p.EnvFile == "" {
		return nil, freeport.Unmovable("Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set: use --move")
	}
	e := &envFiles{last: p.EnvFile, of: map[string]string{}, shell: map[string]bool{}, rewritten: map[string]edit.Change{}}
	_, e.shell[freeport.ProjectNameVar] = w.Env[freeport.ProjectNameVar]
	for _, b := range p.Bindings() {
		if b.From.Kind == lint.FromEnvFile {
			e.of[b.Var] = b.From.File
		}
		_, e.shell[b.Var] = w.Env[b.Var]
	}
	return e, nil
}

// fileOf is the file in which a variable is kept.
func (e *envFiles) fileOf(name string) string {
	if file := e.of[name]; file != "" {
		return file
	}
	return e.last
}

// set is the text of all files that change with other values in the env files, by path.
func (e *envFiles) set(values map[string]string) (map[string][]byte, error) {
	changes := maps.Clone(e.rewritten)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if e.shell[name] {
			return nil, freeport.Unmovable(fmt.Sprintf("the environment sets %s, which no file can change: unset it, or use --move", name))
		}
		file := e.fileOf(name)
		c, changed := changes[file]
		if !changed {
			text, err := safefile.Read(file, compose.MaxFile)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("cannot read %q: %w", file, safefile.WithoutPath(err))
			}
			c = edit.Change{File: file, Old: text, New: text, Created: err != nil}
		}
		c.New = envfile.Set(c.New, name, values[name], "")
		changes[file] = c
	}

	e.changes = nil
	texts := map[string][]byte{}
	for _, file := range slices.Sorted(maps.Keys(changes)) {
		e.changes = append(e.changes, changes[file])
		texts[file] = changes[file].New
	}
	return texts, nil
}

// refused says which of the changes can't be written, nil when nothing is known against them.
func (e *envFiles) refused(w run.Process) error {
	for _, c := range e.changes {
		if err := edit.Writable(c.File); err != nil {
			return freeport.Unmovable(fmt.Sprintf("%v: use --move", relocate.FromHere(w, err)))
		}
	}
	return nil
}

// write makes the changes, all of them or none.
func (e *envFiles) write(w run.Process) error {
	if err := relocate.WriteChanges(w, e.changes); err != nil {
		return err
	}

	for _, c := range e.changes {
		if slices.Contains(slices.Collect(maps.Values(e.of)), c.File) || c.File == e.last {
			relocate.WarnIfTracked(w, c.File)
		}
	}
	return nil
}
