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
	env     map[string]string // of the process, which no file can change
	project *lint.Project
	values  *Edits // with the values on top
}

// NewEnvFiles finds the env files of a project.
func NewEnvFiles(w run.Process, p *lint.Project) (*EnvFiles, error) {
	if p.EnvFile == "" {
		return nil, freeport.Unmovable("Compose reads no .env here, because COMPOSE_DISABLE_ENV_FILE is set: use --move")
	}
	return &EnvFiles{Fixes: newFixes(w, false), env: w.Env, project: p, values: &Edits{}}, nil
}

// Of is the file in which a variable is kept: where no env file sets it yet, that which Compose reads last.
func (e *EnvFiles) Of(name string) string {
	for _, b := range e.project.Bindings() {
		if b.Var == name && b.From.Kind == lint.FromEnvFile {
			return b.From.File
		}
	}

	for _, t := range e.project.EngineTexts() {
		if t.Var == name && t.From.Kind == lint.FromEnvFile {
			return t.From.File
		}
	}
	return e.project.EnvFile
}

// Set is the text of all files that change with these values in the env files and no others, by path.
func (e *EnvFiles) Set(values map[string]string) (map[string][]byte, error) {
	e.values = e.with()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, set := e.env[name]; set {
			return nil, freeport.Unmovable(fmt.Sprintf("the environment sets %s, which no file can change: unset it, or use --move", name))
		}
		if err := e.values.setLine(e.Of(name), envfile.Var{Name: name, Value: values[name]}); err != nil {
			return nil, err
		}
	}
	return e.values.texts(), nil
}

// Files are those that Write writes.
func (e *EnvFiles) Files() []string {
	var all []string
	for _, c := range e.values.Changes() {
		all = append(all, c.File)
	}
	return all
}

// Writable says which of the files can't be written, nil when nothing is known against any.
func (e *EnvFiles) Writable(w run.Process) error {
	if err := e.values.writable(w); err != nil {
		return freeport.Unmovable(fmt.Sprintf("%v: use --move", err))
	}
	return nil
}

// Write writes the files, and warns of env files that others will have too.
func (e *EnvFiles) Write(w run.Process) error {
	if err := e.values.Write(w); err != nil {
		return err
	}

	for _, c := range e.values.Changes() {
		if _, rewritten := e.byFile[c.File]; !rewritten {
			WarnIfTracked(w, c.File)
		}
	}
	return nil
}
