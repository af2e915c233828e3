package main

import (
	"context"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// isSameName reports whether a finding is about the containers of another checkout with the project's name.
func isSameName(f lint.Finding) bool { return f.Rule == "same-project-name" }

// sameName reports whether this `up` would make the containers of another checkout its own.
func (s *upState) sameName() bool { return slices.ContainsFunc(s.certain(), isSameName) }

// renamable reports whether the project can be given another name for a run: what the command line says beats every variable.
func (s *upState) renamable(line *upLine) bool { return line.globals.ProjectName == "" }

// rename gives the project a name of its own where another checkout's containers have it, and that which it had in an
// earlier run where its containers still are.
func (m *mover) rename(ctx context.Context) error {
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
	return m.readAgain(ctx)
}

// pickName is the name that assign would give this checkout.
func (m *mover) pickName(ctx context.Context) (string, error) {
	s := m.before
	p, err := newPicker(ctx, m.w, s.project, s.host)
	if err != nil {
		return "", err
	}
	want := wanted{project: s.project, base: s.project.Name}
	if s.all.All[0].Defaults[projectNameVar] != "" {
		line := m.given
		plain, err := readUp(ctx, m.w.With(map[string]string{projectNameVar: ""}), &line)
		if err != nil {
			return "", err
		}
		want.base = plain.project.Name
	}
	var n naming
	err = p.update(ctx, func(page *leases.Page) error {
		n = p.chooseName(page, want, s.host)
		return nil
	})
	if err == nil && n.name == s.project.Name {
		err = unmovable("no other project name was found for this checkout")
	}
	return n.name, err
}

// tellName says under which name the project runs, and how it is reached: Compose's other commands go by the files.
func (m *mover) tellName(program composeProgram) {
	if m.name == "" || m.name == m.before.project.Name {
		return
	}
	if m.env != nil {
		run.Logf(m.w.Stderr, "project %q is %q in this checkout (%s)", m.before.project.Label(), m.name, m.how(projectNameVar))
		return
	}
	run.Logf(m.w.Stderr, "project %q is %q here (%s): reach it with `%s`", m.before.project.Label(), m.name, m.how(projectNameVar),
		strings.TrimSpace(program.typed(&m.line)))
}

// sayTakeovers says whose containers this `up` makes its own.
func (s *upState) sayTakeovers(w run.Process, line *upLine) {
	for _, c := range s.plan.Takeovers(s.host, line.up) {
		switch {
		case c.DirState == lint.DirGone:
			run.Logf(w.Stderr, "project %q has containers from %s, which is gone: `up` takes them over", s.project.Label(), run.Escape(c.WorkingDir))
		case line.up.Replace:
			run.Logf(w.Stderr, "the containers of project %q from %s are replaced", s.project.Label(), run.Escape(c.WorkingDir))
		}
	}
}

// takeOver lets Compose make every container anew where another checkout's are to be replaced: one that is up to date would
// stay, and be that checkout's for ever.
func (s *upState) takeOver(line *upLine) {
	others := slices.ContainsFunc(s.plan.Takeovers(s.host, line.up), func(c *lint.Container) bool { return c.DirState != lint.DirGone })
	if !line.up.Replace || !others {
		return
	}
	for _, flag := range []struct {
		name  string
		given *bool
	}{{"--force-recreate", &line.up.ForceRecreate}, {"--always-recreate-deps", &line.up.RecreateDeps}} {
		if !*flag.given {
			*flag.given = true
			line.after = append([]string{flag.name}, line.after...)
		}
	}
}
