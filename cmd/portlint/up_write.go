package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// envFiles are the env files of a project in which host ports are kept.
type envFiles struct {
	last    string            // where a variable goes that no env file sets yet
	of      map[string]string // the file that sets a variable, by name
	shell   map[string]bool   // variables that the environment sets, which no file can change
	changes []edit.Change
}

func newEnvFiles(w world, line *upLine, p *lint.Project) *envFiles {
	e := &envFiles{last: filepath.Join(p.Dir, ".env"), of: map[string]string{}, shell: map[string]bool{}}
	named := slices.Clone(line.globals.envFiles)
	if len(named) == 0 {
		named = strings.FieldsFunc(w.env["COMPOSE_ENV_FILES"], func(r rune) bool { return r == ',' })
	}
	if len(named) > 0 {
		e.last = below(w.dir, named[len(named)-1])
	}
	for _, b := range p.Bindings() {
		switch b.From.Kind {
		case lint.FromEnvFile:
			e.of[b.Var] = b.From.File
		case lint.FromShell:
			e.shell[b.Var] = true
		}
	}
	return e
}

// fileOf is the file in which a variable is kept.
func (e *envFiles) fileOf(name string) string {
	if file := e.of[name]; file != "" {
		return file
	}
	return e.last
}

// set is the text of the files with other values, by path.
func (e *envFiles) set(values map[string]string) (map[string][]byte, error) {
	texts, olds := map[string][]byte{}, map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if e.shell[name] {
			return nil, fmt.Errorf("the environment sets %s, which no file can change: unset it, or use --move", name)
		}
		file := e.fileOf(name)
		if _, read := texts[file]; !read {
			text, err := os.ReadFile(file)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("cannot read %q: %w", file, pathless(err))
			}
			texts[file], olds[file] = text, text
		}
		texts[file] = lint.SetEnv(texts[file], name, values[name], "")
	}
	e.changes = nil
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		e.changes = append(e.changes, edit.Change{File: file, Old: olds[file], New: texts[file], Created: olds[file] == nil})
	}
	return texts, nil
}

// refuse says why an item can't be moved by a variable in an env file.
func (e *envFiles) refuse(it lint.Item) error {
	if it.Head().Var == "" {
		return fmt.Errorf("%q publishes %s, which is written as a number: make it a variable first, or use --move", it.Service.Name, it.Want())
	}
	return fmt.Errorf("no value of %s helps %q: use --move", it.Head().Var, it.Service.Name)
}

// write makes the changes, all of them or none.
func (e *envFiles) write(w world) error { return writeChanges(w, e.changes) }
