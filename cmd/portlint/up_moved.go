package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// again reads the project as it would be with what was decided so far, and looks at the machine again.
func (m *mover) again(ctx context.Context) (*upState, error) {
	base, err := m.tryVariables(ctx)
	if err != nil || len(m.fixed) == 0 {
		if err != nil {
			return nil, err
		}
		return lookUp(ctx, m.now, &m.line)
	}
	var moves []compose.Moved
	for _, b := range base.project.Bindings() {
		if to, ok := m.fixed[spotOf(b)]; ok {
			moves = append(moves, compose.Moved{Binding: b, First: to.first, Last: to.last()})
		}
	}
	if m.override.text, err = base.all.projects[0].Override(overrideHead(base.project), moves); err != nil {
		return nil, err
	}
	if m.override.path, err = overridePath(m.w, base.project); err != nil {
		return nil, err
	}
	m.addOverride(base)
	return lookUp(ctx, m.now, &m.line)
}

// tryVariables reads the project with the variables that were decided, and takes back those that have not moved what they
// should: a variable may be only a part of a port, or be given a value elsewhere.
func (m *mover) tryVariables(ctx context.Context) (*upState, error) {
	for {
		m.now, m.line = m.w, m.given
		if err := m.setVariables(); err != nil {
			return nil, err
		}
		base, err := readUp(ctx, m.now, &m.line)
		if err != nil {
			return nil, err
		}
		useless := m.useless(base.project)
		if len(useless) == 0 {
			return base, nil
		}
		for _, name := range useless {
			delete(m.vars, name)
			m.stuck[name] = true
		}
	}
}

func (m *mover) useless(p *lint.Project) []string {
	var names []string
	for _, it := range p.Items() {
		to, ok := m.vars[it.Head().Var]
		if first, last := it.Range(); ok && (first != to.first || last > to.last()) {
			names = append(names, it.Head().Var)
		}
	}
	if len(p.Defects) > 0 || len(names) == 0 && !m.allThere(p) {
		return slices.Collect(maps.Keys(m.vars))
	}
	return names
}

// allThere reports whether every variable that was decided still gives a port.
func (m *mover) allThere(p *lint.Project) bool {
	for name := range m.vars {
		if !slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool { return b.Var == name }) {
			return false
		}
	}
	return true
}

// setVariables gives the variables their values: in the environment of Compose, or in the env files.
func (m *mover) setVariables() error {
	values := map[string]string{}
	for name, to := range m.vars {
		values[name] = to.text()
	}
	if !m.keep {
		m.now = m.now.with(values)
		return nil
	}
	var err error
	m.line.overlay, err = m.env.set(values)
	return err
}

// addOverride makes the file with the fixed ports the last of the project's files, in the way in which these were given:
// with -f after the other ones, else in COMPOSE_FILE, which changes nothing else about how Compose finds the project.
func (m *mover) addOverride(base *upState) {
	m.line.overlay = map[string][]byte{m.override.path: m.override.text}
	if len(m.line.globals.files) > 0 {
		m.line.globals.files = append(slices.Clone(m.line.globals.files), m.override.path)
		m.line.global = append(slices.Clone(m.line.global), "-f", m.override.path)
		return
	}
	files := append(slices.Clone(base.project.Files), m.override.path)
	separator := cmp.Or(base.all.projects[0].Defaults["COMPOSE_PATH_SEPARATOR"], string(os.PathListSeparator))
	if slices.ContainsFunc(files, func(f string) bool { return strings.Contains(f, separator) }) {
		separator = "\n"
	}
	m.now = m.now.with(map[string]string{"COMPOSE_FILE": strings.Join(files, separator), "COMPOSE_PATH_SEPARATOR": separator})
}

// commit writes what the plan needs. It is the last thing before Compose runs.
func (m *mover) commit(ctx context.Context, program composeProgram) error {
	if m.keep {
		return m.env.write(m.w)
	}
	if m.override.path == "" {
		return nil
	}
	if err := program.replaces(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(m.override.path), 0o700); err != nil {
		return fmt.Errorf("cannot keep the moved ports: %w", err)
	}
	if err := writeFile(m.override.path, m.override.text); err != nil {
		return fmt.Errorf("cannot write %q: %w", m.override.path, err)
	}
	return nil
}

// tell says what was moved, each port once.
func (m *mover) tell(before, after *upState) {
	for _, text := range m.told {
		say(m.w.stderr, "%s", text)
	}
	old := map[spot]*lint.Binding{}
	for _, b := range before.project.Bindings() {
		old[spotOf(b)] = b
	}
	for _, b := range after.project.Bindings() {
		was := old[spotOf(b)]
		if was == nil {
			was = sameIn(before.project, b)
		}
		if was == nil || was.First == b.First && was.Last == b.Last {
			continue
		}
		how := "for this run"
		if m.keep {
			how = "kept in " + relative(m.w.dir, m.env.fileOf(b.Var))
		}
		if to, ok := m.vars[b.Var]; ok && to.first == b.First {
			how = b.Var + ", " + how
		}
		say(m.w.stderr, "%q moves from %s to %s (%s)", b.Service, was.Want(), b.Ports(), how)
	}
}

// sameIn finds a binding in a reading that has it in another place: that of the override file.
func sameIn(p *lint.Project, b *lint.Binding) *lint.Binding {
	for _, o := range p.Bindings() {
		if o.Service == b.Service && o.Target == b.Target && o.Proto == b.Proto && o.HostIP == b.HostIP {
			return o
		}
	}
	return nil
}

// overridePath is where a checkout keeps its moved ports: always the same place, outside of the checkout.
func overridePath(w world, p *lint.Project) (string, error) {
	state, err := stateDir(w)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(realDir(p.Dir) + "\x00" + p.Name))
	return filepath.Join(state, "moved", fmt.Sprintf("%s-%x.yaml", p.Name, sum[:6])), nil
}

func overrideHead(p *lint.Project) string {
	return fmt.Sprintf("host ports that portlint up --move gave to project %s in %s", p.Name, p.Dir)
}
