package relocate

import (
	"fmt"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/envfile"
)

// EnvFiles are the env files of a project in which values are kept, each variable where it is set already. Fixes has the files in
// which a variable has come to stand for a number.
type EnvFiles struct {
	*Fixes
	last   string            // where a variable goes that no env file sets yet
	of     map[string]string // the file that sets a variable, by name
	shell  map[string]bool   // variables that the environment sets, which no file can change
	values *Edits            // with the values on top
}

// NewEnvFiles finds the env files of a project.
func NewEnvFiles(w run.Process, p *lint.Project) (*EnvFiles, error) {
	if p.EnvFile == "" {
		return nil, freeport.Unmovable("Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set: use --move")
	}
	e := &EnvFiles{Fixes: NewFixes(w, false), last: p.EnvFile, of: map[string]string{}, shell: map[string]bool{}, values: &Edits{}}
	_, e.shell[freeport.ProjectNameVar] = w.Env[freeport.ProjectNameVar]
	for _, b := range p.Bindings() {
		if b.From.Kind == lint.FromEnvFile {
			e.of[b.Var] = b.From.File
		}
		_, e.shell[b.Var] = w.Env[b.Var]
	}
	return e, nil
}

// Of is the file in which a variable is kept.
func (e *EnvFiles) Of(name string) string {
	if file := e.of[name]; file != "" {
		return file
	}
	return e.last
}

// Set is the text of all files that change with these values in the env files and no others, by path.
func (e *EnvFiles) Set(values map[string]string) (map[string][]byte, error) {
	e.values = e.With()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if e.shell[name] {
			return nil, freeport.Unmovable(fmt.Sprintf("the environment sets %s, which no file can change: unset it, or use --move", name))
		}
		if err := e.values.SetLine(e.Of(name), envfile.Var{Name: name, Value: values[name]}); err != nil {
			return nil, err
		}
	}
	return e.values.Texts(), nil
}

// Writable says which of the files can't be written, nil when nothing is known against any.
func (e *EnvFiles) Writable(w run.Process) error {
	if err := e.values.Writable(w); err != nil {
		return freeport.Unmovable(fmt.Sprintf("%v: use --move", err))
	}
	return nil
}

// Write writes the files, and warns of env files that others will have too.
func (e *EnvFiles) Write(w run.Process) error {
	if err := e.values.Write(w); err != nil {
		return err
	}

	env := append(slices.Collect(maps.Values(e.of)), e.last)
	for _, c := range e.values.Changes() {
		if slices.Contains(env, c.File) {
			WarnIfTracked(w, c.File)
		}
	}
	return nil
}
