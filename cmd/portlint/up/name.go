package up

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// renamable reports whether the project can be given another name for a run: what the command line says beats every variable.
func (s *state) renamable(line *Line) bool { return line.globals.ProjectName == "" }

// needsOtherName is a name that Compose makes of the project's and that somebody has, where only another name of the project helps: where
// values are kept, and where a service has several containers, of which none can be named. "" is none.
func (s *state) needsOtherName(keep bool) string {
	for _, f := range s.certain() {
		if isImplied(f) && (keep || !s.movesText(f)) {
			return f.Name.Text
		}
	}
	return ""
}

// keepsItsName says what ties the project to its name, "" for nothing: under another name Compose would find neither its containers nor its
// volumes.
func (s *state) keepsItsName(ctx context.Context, w run.Process, line *Line) string {
	if !s.renamable(line) {
		return "-p gives it"
	}
	for i := range s.host.Containers {
		if c := &s.host.Containers[i]; c.Project == s.project.Name {
			return fmt.Sprintf("container %q has it", c.Name)
		}
	}

	var names []string
	for _, v := range s.project.Volumes {
		if !v.External && !v.Name.Span.Known() {
			names = append(names, v.Name.Text)
		}
	}
	seen := lint.Host{Engine: s.host.Engine}
	dockerapi.LookForVolumes(ctx, line.globals.Engine(w, s.project.Name), &seen, names)
	for _, name := range names {
		switch {
		case seen.UnseenVolumes[name]:
			return fmt.Sprintf("the engine did not tell whether volume %q has it", name)
		case !seen.MissingVolumes[name]:
			return fmt.Sprintf("volume %q has it", name)
		}
	}
	return ""
}

// rename gives the project a name of its own where another checkout's containers have it, or names that Compose makes of it are taken,
// and that which it had in an earlier run where its containers still are.
func (m *relocation) rename(ctx context.Context) (err error) {
	s := m.before
	switch implied := s.needsOtherName(m.env != nil); {
	case s.project.RunsAs != "":
		m.name = s.project.RunsAs
	case s.sameName():
		if m.name, err = m.pickName(ctx, ""); err != nil {
			return err
		}
	case implied != "":
		if why := s.keepsItsName(ctx, m.w, &m.typed); why != "" {
			return s.errKeepsName(implied, why)
		}
		if m.name, err = m.pickName(ctx, fmt.Sprintf("somebody has %q, which Compose makes of it", implied)); err != nil {
			return err
		}
	default:
		return nil
	}

	m.unmoved = nil
	return m.readNext(ctx)
}

// errKeepsName says why the project is not called otherwise, and what helps instead.
func (s *state) errKeepsName(implied, why string) error {
	text := fmt.Sprintf("%q is made of the name of project %q, which stays because %s", implied, s.project.Label(), why)
	if s.needsOtherName(false) == "" {
		text += ": use --move"
	}
	return freeport.Unmovable(text)
}

// pickName is the name that assign would give this checkout. against says why it can't be that of the files, "" where it may be.
func (m *relocation) pickName(ctx context.Context, against string) (string, error) {
	s := m.before
	p, err := m.newPicker(ctx, s)
	if err != nil {
		return "", err
	}

	var n freeport.Naming
	err = p.Update(ctx, func(page *leases.Tx) error {
		n = p.ChooseName(page, freeport.Wanted{Project: s.project, Against: against}, s.host)
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

// logTakeovers says whose containers this `up` makes its own.
func (s *state) logTakeovers(w run.Process, line *Line) {
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
		name string
		on   *bool
	}{{"--force-recreate", &line.Options.ForceRecreate}, {"--always-recreate-deps", &line.Options.RecreateDeps}} {
		if !*flag.on {
			*flag.on = true
			line.after = append([]string{flag.name}, line.after...)
		}
	}
}
