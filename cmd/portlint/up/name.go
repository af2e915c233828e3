package up

import (
	"context"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// isSameName reports whether a finding is about the containers of another checkout with the project's name.
func isSameName(f lint.Finding) bool { return f.Rule == "same-project-name" }

// sameName reports whether this `up` would make the containers of another checkout its own.
func (s *state) sameName() bool { return slices.ContainsFunc(s.certain(), isSameName) }

// renamable reports whether the project can be given another name for a run: what the command line says beats every variable.
func (s *state) renamable(line *Line) bool { return line.globals.ProjectName == "" }

// rename gives the project a name of its own where another checkout's containers have it, and that which it had in an
// earlier run where its containers still are.
func (m *relocation) rename(ctx context.Context) error {
	s := m.before
	switch {
	case s.project.RunsAs != "":
		m.name = s.project.RunsAs
	case s.sameName():
		name, err := m.pickName(ctx)
		if err != nil {
			return err
		}
		m.name = name
	default:
		return nil
	}

	m.unmoved = nil
	return m.readAgain(ctx)
}

// pickName is the name that assign would give this checkout.
func (m *relocation) pickName(ctx context.Context) (string, error) {
	s := m.before
	p, err := m.newPicker(ctx, s)
	if err != nil {
		return "", err
	}

	var n freeport.Naming
	err = p.Update(ctx, func(page *leases.Tx) error {
		n = p.ChooseName(page, freeport.Wanted{Project: s.project}, s.host)
		return nil
	})
	if err == nil && n.Name == s.project.Name {
		err = freeport.Unmovable("no other project name was found for this checkout")
	}
	return n.Name, err
}

// tellName says under which name the project runs, and how it is reached: Compose's other commands go by the files.
func (m *relocation) tellName(program composeProgram) {
	if m.name == "" || m.name == m.before.project.Name {
		return
	}
	if m.env != nil {
		run.Logf(m.w.Stderr, "project %q is %q in this checkout (%s)", m.before.project.Label(), m.name, m.how(freeport.ProjectNameVar))
		return
	}

	run.Logf(m.w.Stderr, "project %q is %q here (%s): reach it with `%s`", m.before.project.Label(), m.name, m.how(freeport.ProjectNameVar),
		strings.TrimSpace(program.typed(&m.line)))
}

// sayTakeovers says whose containers this `up` makes its own.
func (s *state) sayTakeovers(w run.Process, line *Line) {
	for _, c := range s.plan.Takeovers(s.host, line.Options) {
		switch {
		case c.DirState == lint.DirGone:
			run.Logf(w.Stderr, "project %q has containers from %s, which is gone: `up` takes them over", s.project.Label(), run.Escape(c.WorkingDir))
		case line.Options.Replace:
			run.Logf(w.Stderr, "the containers of project %q from %s are replaced", s.project.Label(), run.Escape(c.WorkingDir))
		}
	}
}

// takeOver lets Compose make every container anew where another checkout's are to be replaced: one that is up to date would
// stay, and be that checkout's for ever.
func (s *state) takeOver(line *Line) {
	others := slices.ContainsFunc(s.plan.Takeovers(s.host, line.Options), func(c *lint.Container) bool { return c.DirState != lint.DirGone })
	if !line.Options.Replace || !others {
		return
	}

	for _, flag := range []struct {
		name  string
		given *bool
	}{{"--force-recreate", &line.Options.ForceRecreate}, {"--always-recreate-deps", &line.Options.RecreateDeps}} {
		if !*flag.given {
			*flag.given = true
			line.after = append([]string{flag.name}, line.after...)
		}
	}
}
