package up

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// joinOverride makes the file the last of the project's files, in the way in which these were given: with -f after the other
// ones, else in COMPOSE_FILE, which changes nothing else about how Compose finds the project.
func joinOverride(o relocate.Override, w run.Process, line Line, s *state) (run.Process, Line) {
	line.overlay = map[string][]byte{o.Path: o.Text}
	line.stayAt(s.project)
	if len(line.globals.Files) > 0 {
		line.globals.Files = append(slices.Clone(line.globals.Files), o.Path)
		line.global = append(slices.Clone(line.global), "-f", o.Path)
		return w, line
	}

	files := append(slices.Clone(s.project.Files), o.Path)
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
