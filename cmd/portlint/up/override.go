package up

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// override is a Compose file of portlint's own, the last one of a project: it gives ports that no variable moves other
// host ports for one run. The zero override is none.
type override struct {
	path string
	text []byte
}

func newOverride(w run.Process, s *state, moves []compose.Moved) (override, error) {
	head := fmt.Sprintf("host ports that portlint up --move gave to project %s in %s", s.project.Label(), s.project.Dir)
	text, err := s.all.All[0].Override(head, moves)
	if err != nil {
		return override{}, err
	}
	path, err := overridePath(w, s.project)
	return override{path, text}, err
}

// overridePath is where a checkout keeps its moved ports: always the same place, outside of the checkout.
func overridePath(w run.Process, p *lint.Project) (string, error) {
	state, err := run.StateDir(w)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(compose.RealPath(p.Dir) + "\x00" + p.Name))
	return filepath.Join(state, run.MovedDir, fmt.Sprintf("%s-%x.yaml", p.Name, sum[:6])), nil
}

// join makes the file the last of the project's files, in the way in which these were given: with -f after the other
// ones, else in COMPOSE_FILE, which changes nothing else about how Compose finds the project.
func (o override) join(w run.Process, line Line, s *state) (run.Process, Line) {
	line.overlay = map[string][]byte{o.path: o.text}
	line.stayAt(s.project)
	if len(line.globals.Files) > 0 {
		line.globals.Files = append(slices.Clone(line.globals.Files), o.path)
		line.global = append(slices.Clone(line.global), "-f", o.path)
		return w, line
	}

	files := append(slices.Clone(s.project.Files), o.path)
	separator := cmp.Or(s.all.All[0].Defaults["COMPOSE_PATH_SEPARATOR"], string(os.PathListSeparator))
	if slices.ContainsFunc(files, func(f string) bool { return strings.Contains(f, separator) }) {
		separator = "\n"
	}
	return w.With(map[string]string{"COMPOSE_FILE": strings.Join(files, separator), "COMPOSE_PATH_SEPARATOR": separator}), line
}

// stayAt names the directory and the project where no file does, because all come from standard input: Compose would go
// by the override file.
func (l *Line) stayAt(p *lint.Project) {
	if slices.ContainsFunc(p.Files, func(file string) bool { return file != "-" }) {
		return
	}
	if l.globals.ProjectDir == "" {
		l.globals.ProjectDir = p.Dir
		l.global = append(slices.Clone(l.global), "--project-directory", p.Dir)
	}
	if l.globals.ProjectName == "" {
		l.globals.ProjectName = p.Name
		l.global = append(slices.Clone(l.global), "-p", p.Name)
	}
}

// write puts the file in its place, for a Compose that understands it.
func (o override) write(ctx context.Context, program composeProgram) error {
	if o.path == "" {
		return nil
	}
	if err := program.replaces(ctx); err != nil {
		return err
	}
	if err := safefile.MkdirAll(filepath.Dir(o.path), 0o700); err != nil {
		return fmt.Errorf("cannot keep the moved ports: %w", err)
	}
	if err := safefile.Replace(o.path, o.text, run.NewMode); err != nil {
		return fmt.Errorf("cannot write %q: %w", o.path, safefile.WithoutPath(err))
	}
	return nil
}
