package up

import (
	"context"
	"fmt"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// movesText reports whether what a finding is about can be another text, be it by a file of portlint's own.
func (s *state) movesText(f lint.Finding) bool {
	t, ok := s.textOf(f)
	if !ok {
		return false
	}
	if v, ok := textVariable(s.project, t); ok {
		if _, why := v.Elsewhere(); why == "" {
			return true
		}
	}
	fixed, ok := freeport.FixedText(s.project, t.Path)
	return ok && fixed.Stays() == ""
}

// keepsText reports whether a value in an env file can do that.
func (s *state) keepsText(f lint.Finding, writable func(file string) bool) bool {
	t, ok := s.textOf(f)
	if !ok {
		return false
	}
	byFile := !t.Implied() && t.From.Kind != lint.FromShell
	if !byFile || !writable(s.envFileOf(t)) {
		return false
	}

	v, ok := textVariable(s.project, t)
	if !ok {
		return t.Literal()
	}
	_, why := v.Elsewhere()
	return why == ""
}

// envFileOf is the file in which the variable of a text is set, or may be.
func (s *state) envFileOf(t lint.EngineText) string {
	if t.From.Kind == lint.FromEnvFile {
		return t.From.File
	}
	return s.project.EnvFile
}

// textVariable is the slot of the variable that gives a text.
func textVariable(p *lint.Project, t lint.EngineText) (freeport.TextSlot, bool) {
	name, _, _, ok := t.SplitAtVariable()
	if !ok {
		return freeport.TextSlot{}, false
	}
	return freeport.TextVarOf(p, name)
}

// moveText decides about a name or a subnet, once: whether that helped, the next reading tells. A text without a
// variable is to be rewritten where values are kept.
func (m *relocation) moveText(ctx context.Context, t lint.EngineText, decided map[string]bool) (rewrite bool, err error) {
	project := m.base.project
	v, isSet := textVariable(project, t)
	if isSet && decided[v.Variable] || decided[t.Path] {
		return false, nil
	}
	if isSet && !m.plan.Tried(v.Variable) {
		if _, why := v.Elsewhere(); why == "" {
			decided[v.Variable] = true
			return false, m.move(ctx, relocate.TextOf(v).Inheriting(t.Path))
		}
	}

	decided[t.Path] = true
	switch {
	case m.env != nil && t.Implied():
		return false, freeport.Unmovable(fmt.Sprintf("no value in an env file gives %s %q, which Compose makes, another name: use --move", t.Kind, t.Label()))
	case m.env != nil && t.Var != "":
		return false, freeport.Unmovable(fmt.Sprintf("no value of %s in an env file gives %s %q another one alone: use --move", t.Var, t.Kind, t.Label()))
	case m.env != nil:
		return true, nil
	}
	fixed, ok := freeport.FixedText(project, t.Path)
	if !ok {
		return false, errStill
	}
	return false, m.move(ctx, relocate.TextOf(fixed))
}

// movedText is a container name or a subnet that is another one than in the files.
type movedText struct {
	old lint.EngineText
	to  string
	how string // by which variable, and for how long
}

// movedTexts are the names and subnets that were moved.
func (m *relocation) movedTexts() []movedText {
	var all []movedText
	for _, old := range m.before.project.AllTexts() {
		if old.Kind == lint.NameOfAddress || old.Kind == lint.NameOfVolume || old.FollowsProject() {
			continue
		}
		by, now := textAt(m.base.project, old.Path), textAt(m.state.project, old.Path)
		if now.Path == "" || now.Implied() || now.Text == old.Text { // a name that Compose makes follows the project's
			continue
		}
		how := "for this run"
		if by.Text == now.Text {
			how = m.how(by.Var)
		}
		to := now.Text
		if old.Title != "" { // nor may its beginning be said
			to = now.Label()
		}
		all = append(all, movedText{old, to, how})
	}
	return all
}

// whose says what has the text.
func (t movedText) whose() string {
	if t.old.Service != "" {
		return fmt.Sprintf("the container name of %q", t.old.Service)
	}
	return fmt.Sprintf("the %s of network %q", t.old.Key, t.old.Network)
}

// short is the same in a few words.
func (t movedText) short() string {
	if t.old.Service != "" {
		return "container " + run.Escape(t.old.Label())
	}
	return t.old.Key + " of " + run.Escape(t.old.Network)
}

// previousText is a slot whose containers or networks have the value that portlint gave it in an earlier run.
type previousText struct {
	slot  freeport.TextSlot
	value string
}

// previousTexts finds what shall stay where --move put it, as previousMoves does for ports.
func (s *state) previousTexts(w run.Process) []previousText {
	var all []previousText
	p := s.project
	for _, l := range run.ReadLeases(w).Texts {
		if !leasedTo(p, l.Dir, l.Project) || !s.hasText(l) {
			continue
		}
		slot, ok := freeport.TextVarOf(p, l.Key)
		if !ok {
			slot, ok = freeport.FixedText(p, l.Key)
		}
		if ok && slot.Value() != l.Value {
			all = append(all, previousText{slot, l.Value})
		}
	}
	return all
}

// hasText reports whether a container or a network of this checkout has what a lease gives.
func (s *state) hasText(l leases.TextLease) bool {
	return slices.ContainsFunc(l.Texts, func(t leases.Text) bool {
		switch lint.NameKind(t.Kind) {
		case lint.NameOfContainer:
			return slices.ContainsFunc(s.host.Containers, func(c lint.Container) bool {
				return c.Name == t.Text && c.Project == l.Project && s.project.Made(&c)
			})
		case lint.NameOfNetwork:
			return slices.ContainsFunc(s.host.Networks, func(n lint.EngineNetwork) bool {
				return n.Name == t.Text && n.Project == l.Project
			})
		case lint.NameOfSubnet:
			return slices.ContainsFunc(s.host.Networks, func(n lint.EngineNetwork) bool {
				has := slices.ContainsFunc(n.Subnets, func(k lint.ExistingSubnet) bool { return k.Prefix.String() == t.Text })
				return has && n.Project == l.Project
			})
		default:
			return false
		}
	})
}

// logPreviousTexts says what runs moved.
func (s *state) logPreviousTexts(w run.Process) {
	for _, e := range s.previousTexts(w) {
		now := e.slot.With(e.value)
		for _, old := range e.slot.Texts {
			what, how := fmt.Sprintf("network %q", old.Network), "as"
			switch old.Kind {
			case lint.NameOfContainer:
				what = fmt.Sprintf("%q", old.Service)
			case lint.NameOfSubnet:
				how = "on"
			case lint.NameOfNetwork:
			default: // it follows
				continue
			}
			run.Logf(w.Stderr, "%[1]s runs moved, %[2]s %[3]s and not %[2]s %[4]s: --move keeps that", what, how, run.Escape(now[old.Path]), run.Escape(old.Label()))
		}
	}
}
