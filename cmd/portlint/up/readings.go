package up

import (
	"context"
	"maps"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
)

// readAgain reads the project as it would be with what was decided so far, proves that it is the same but for that, and looks
// at the machine again.
func (m *relocation) readAgain(ctx context.Context) error {
	if err := m.tryVariables(ctx); err != nil {
		return err
	}
	fixed := m.plan.Fixed()
	if len(fixed) == 0 {
		m.state = m.base
		return m.state.probe(ctx, m.now, &m.line)
	}

	var err error
	if m.override, err = relocate.NewOverride(m.w, m.base.all.All[0], fixed); err != nil {
		return err
	}
	m.now, m.line = joinOverride(m.override, m.now, m.line, m.base)
	if m.state, err = loadState(ctx, m.now, &m.line); err != nil {
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
	m.now, m.line = m.w, m.given
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
