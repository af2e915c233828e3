package up

import (
	"context"
	"fmt"
	"io"
	"maps"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// relocation gives what is in the way of an `up` other values, in rounds: it decides about what one reading of the project
// finds in the way, and reads the project again, exactly as Compose will, until nothing is in the way any more. Nothing is
// written before commit.
type relocation struct {
	before *state // as given, as the next two are
	w      run.Process
	typed  Line

	name string // the project's name for this run, "" for that of the files
	plan relocate.Plan

	unmoved *state // with the name and the rewritten files, and no value of the plan; nil: to be read
	base    *state // with the variables that were decided, and not yet with what is fixed
	state   *state // with all that was decided, as the next two are
	now     run.Process
	line    Line

	picker   *freeport.Picker
	preview  bool               // nothing is recorded of what is picked
	env      *relocate.EnvFiles // where values are kept; nil: they are for this run
	override relocate.Override
	reported []string // what was rewritten
}

// maxRounds bounds the readings: a port that was moved may meet another one, and a variable may turn out to be no help.
const maxRounds = 8

const errStill = freeport.Unmovable("no other values were found with which everything starts")

// movePorts plans other host ports for what keeps s from starting, for this run or to be kept in env files. Nothing is
// written yet, see relocation.commit.
func movePorts(ctx context.Context, w run.Process, line *Line, s *state, keep bool) (*relocation, error) {
	return (&relocation{}).plans(ctx, w, line, s, keep)
}

// preview finds out which values movePorts would give. Nothing is recorded of what is picked, and nothing said: somebody is asked first.
func (offered *offeredMove) preview(ctx context.Context, w run.Process, line *Line, s *state, keep bool) {
	if offered.whyNot != "" {
		return
	}

	w.Stderr = io.Discard
	m, err := (&relocation{preview: true}).plans(ctx, w, line, s, keep)
	if err != nil {
		offered.whyNot = err.Error()
		return
	}
	offered.changes, offered.files = m.changes(), m.files()
	offered.whyNot = whyUnneeded(offered.changes)
}

// asItIs is a relocation that moves nothing.
func (s *state) asItIs(w run.Process, line *Line) *relocation {
	return &relocation{before: s, w: w, typed: *line, base: s, state: s, now: w, line: *line}
}

func (m *relocation) plans(ctx context.Context, w run.Process, line *Line, s *state, keep bool) (*relocation, error) {
	m.before, m.w, m.typed, m.unmoved, m.base, m.state, m.now, m.line = s, w, *line, s, s, s, w, *line
	var err error
	if keep && !line.dryRun { // which changes nothing
		if m.env, err = relocate.NewEnvFiles(w, s.project); err != nil {
			return nil, err
		}
	}
	if err = m.rename(ctx); err != nil {
		return nil, err
	}
	if m.picker, err = m.newPicker(ctx, m.base); err != nil {
		return nil, err
	}
	m.picker.Named = line.globals.ProjectName != ""
	for _, p := range line.lost {
		m.picker.Avoid(lint.PortsFrom(p.Number, 1), "the engine has refused it just now")
	}

	toRead := m.env == nil && m.resume()
	for range maxRounds {
		if toRead {
			if err = m.readNext(ctx); err != nil {
				return nil, err
			}
		}
		if !m.state.blocked() {
			return m, m.writable()
		}
		if err = m.decide(ctx); err != nil {
			return nil, err
		}
		toRead = true
	}
	return nil, errStill
}

// writable says why values can't be kept, nil where they can, or are for this run.
func (m *relocation) writable() error {
	if m.env == nil {
		return nil
	}
	return m.env.Writable(m.w)
}

// newPicker returns a picker for the project of a state. It gives what assign would give.
func (m *relocation) newPicker(ctx context.Context, s *state) (*freeport.Picker, error) {
	p, err := freeport.NewPicker(ctx, m.w, s.project, s.host)
	if err != nil {
		return nil, err
	}
	p.Base, err = m.baseName(ctx)
	if m.preview {
		p.Preview(m.w)
	}
	return p, err
}

// baseName is the name of the project as given, without COMPOSE_PROJECT_NAME.
func (m *relocation) baseName(ctx context.Context) (string, error) {
	if m.typed.globals.ProjectName != "" || m.before.all.All[0].Defaults[freeport.ProjectNameVar] == "" {
		return m.before.project.Name, nil
	}
	line := m.typed
	plain, err := readUp(ctx, m.w.With(map[string]string{freeport.ProjectNameVar: ""}), &line)
	if err != nil {
		return "", err
	}
	return plain.project.Name, nil
}

// decide decides about what the last reading found in the way, each port and each variable once: whether that helped,
// the next reading tells.
func (m *relocation) decide(ctx context.Context) error {
	decided := map[string]bool{} // variables and moves
	var numbers []lint.Item
	var texts []lint.EngineText
	for _, f := range m.state.certain() {
		if found, ok := m.state.textOf(f); ok {
			t := textAt(m.base.project, found.Path)
			rewrite, err := m.moveText(ctx, t, decided)
			if err != nil {
				return err
			}
			if rewrite {
				texts = append(texts, t)
			}
			continue
		}
		it, ok := m.itemOf(f)
		if !ok {
			return errStill
		}

		b := it.Head()
		v, follows := m.follows(b.Var)
		pair := it.OnePort()
		slot := relocate.PortsOfItems(pair, m.width(pair[0]))
		key := slot.Key()
		var err error
		switch {
		case decided[b.Var] || decided[key]:
		case follows:
			decided[b.Var] = true
			err = m.move(ctx, relocate.PortsOfVariable(v, m.width(it)).Inheriting(it))
		case m.env != nil && b.Var != "":
			err = freeport.Unmovable(fmt.Sprintf("no value of %s in an env file helps %q: use --move", b.Var, it.Service.Name))
		case m.env != nil:
			decided[key] = true
			numbers = append(numbers, pair...)
		default:
			decided[key] = true
			err = m.move(ctx, slot)
		}
		if err != nil {
			return err
		}
	}

	if len(numbers)+len(texts) > 0 {
		return m.rewrite(ctx, numbers, texts)
	}
	return nil
}

// move gives a slot another value. One that it had before was no help.
func (m *relocation) move(ctx context.Context, slot relocate.Slot) error {
	switch old := m.plan.Move(slot.Key()).(type) {
	case relocate.PortMove:
		m.picker.Avoid(old.To, "another port of the project has it")
	case relocate.TextMove:
		m.picker.AvoidTexts(old.TextSlot, old.Texts(), "it did not help")
	}
	to, err := slot.Choose(ctx, m.picker)
	if err == nil {
		m.plan.Add(to)
	}
	return err
}

// itemOf is the item of the user's files that a finding is about, wherever the last reading had it from.
func (m *relocation) itemOf(f lint.Finding) (lint.Item, bool) {
	it, ok := m.state.itemOf(f)
	if !ok || m.state == m.base {
		return it, ok
	}
	at := relocate.PlacesOf(it)[0]
	return m.base.project.Service(at.Service).Item(at.Binding(m.base.project)), true
}

// follows is the variable that may move a port: it gives nothing else of the project, and one that was tried in an earlier round
// has not helped.
func (m *relocation) follows(name string) (freeport.PortVar, bool) {
	v, ok := freeport.PortVarOf(m.base.project, name)
	return v, ok && !m.plan.Tried(name) && v.Stays(m.base.project) == ""
}

// width is how many host ports an item needs: one for each container where its service is started several times, unless
// it has a fixed port for each of several container ports.
func (m *relocation) width(it lint.Item) int {
	for _, service := range m.before.plan.Starts {
		if service.Name == it.Service.Name && len(it.Bindings) == 1 {
			return max(it.Width(), service.Replicas)
		}
	}
	return it.Width()
}

// readNext reads the project as it would be with what was decided so far, proves that it is the same but for that, and looks
// at the machine again.
func (m *relocation) readNext(ctx context.Context) error {
	if err := m.tryVariables(ctx); err != nil {
		return err
	}
	m.state = m.base
	if fixed := m.plan.Fixed(); len(fixed) > 0 {
		if err := m.readFixed(ctx, fixed); err != nil {
			return err
		}
	}
	return m.state.probe(ctx, m.now, &m.line)
}

// readFixed reads the project with an override file for what no variable moves, on top of the variables.
func (m *relocation) readFixed(ctx context.Context, fixed []relocate.Move) (err error) {
	if m.override, err = relocate.NewOverride(m.w, m.base.all.All[0], fixed); err != nil {
		return err
	}
	m.now, m.line = joinOverride(m.override, m.now, m.line, m.base)
	if m.state, err = readUp(ctx, m.now, &m.line); err != nil {
		return err
	}
	return m.plan.Prove(m.unmoved.all.All[0], m.state.all.All[0])
}

// tryVariables reads the project with the variables that were decided, and without those that do not move what they should, or
// more than that.
func (m *relocation) tryVariables(ctx context.Context) (err error) {
	for {
		values := m.plan.Values()
		if m.unmoved == nil || len(values) == 0 {
			if m.unmoved, err = m.readWith(ctx, nil); err != nil {
				return err
			}
		}
		if m.base = m.unmoved; len(values) == 0 {
			return nil
		}
		if m.base, err = m.readWith(ctx, values); err != nil {
			return err
		}
		if !m.plan.TakeBack(m.unmoved.all.All[0], m.base.all.All[0]) {
			return nil
		}
	}
}

// readWith reads the project with values of variables: in the environment of Compose, or in the env files.
func (m *relocation) readWith(ctx context.Context, moved map[string]string) (s *state, err error) {
	m.now, m.line = m.w, m.typed
	values := map[string]string{}
	maps.Copy(values, moved)
	if m.name != "" {
		values[freeport.ProjectNameVar] = m.name
		m.line.name = m.name
	}

	if m.env == nil {
		m.now = m.now.With(values)
		return readUp(ctx, m.now, &m.line)
	}
	if m.line.overlay, err = m.env.Set(values); err != nil {
		return nil, err
	}
	return readUp(ctx, m.now, &m.line)
}
