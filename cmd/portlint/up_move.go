package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/portlint/portlint/lint"
)

// mover gives what is in the way of an `up` other host ports, until nothing is in the way any more. What it has decided is
// tried by reading the project again, exactly as Compose will.
type mover struct {
	w      world // as given
	given  upLine
	now    world  // with what was decided
	line   upLine // with what was decided
	state  *upState
	picker *picker
	keep   bool            // in .env, and not for one run only
	vars   map[string]move // by variable
	fixed  map[spot]move   // of ports that no variable moves
	stuck  map[string]bool // variables that were tried in vain
	env    *envFiles       // of keep
	told   []string        // what was rewritten

	override struct {
		path string // "" when none is needed
		text []byte
	}
}

// move is the lowest host port that something gets, and how many there are in a row.
type move struct {
	first uint16
	width int
}

func (m move) last() uint16 { return m.first + uint16(m.width-1) }

// text is the host port or range as Compose reads it.
func (m move) text() string {
	if m.width < 2 {
		return strconv.Itoa(int(m.first))
	}
	return fmt.Sprintf("%d-%d", m.first, m.last())
}

// spot is one published port of a project, the same in every reading of it.
type spot struct {
	service string
	entry   lint.Span
	target  uint16
	proto   string
	hostIP  netip.Addr
}

func spotOf(b *lint.Binding) spot { return spot{b.Service, b.Entry, b.Target, b.Proto, b.HostIP} }

// maxRounds bounds the readings: a port that was moved may meet another one, and a variable may turn out to be no help.
const maxRounds = 8

// errStill says that other ports are no help.
var errStill = errors.New("no other host ports were found with which everything starts")

// movePorts plans other host ports for what keeps s from starting. Nothing is written yet, see mover.commit.
func movePorts(ctx context.Context, w world, line *upLine, s *upState, keep bool) (*mover, error) {
	keep = keep && !line.dryRun // which changes nothing
	m := &mover{w: w, given: *line, now: w, line: *line, keep: keep, vars: map[string]move{}, fixed: map[spot]move{}, stuck: map[string]bool{}}
	if keep {
		m.env = newEnvFiles(w, line, s.project)
	}
	var err error
	if m.picker, err = newPicker(ctx, w, s.project, s.host); err != nil {
		return nil, err
	}
	first := s
	for range maxRounds {
		if err := m.answerAll(ctx, s); err != nil {
			return nil, err
		}
		if s, err = m.again(ctx); err != nil {
			return nil, err
		}
		if !s.blocked() {
			m.state = s
			m.tell(first, s)
			return m, nil
		}
	}
	return nil, errStill
}

// answerAll moves what the findings of one reading are about, each item and each variable once.
func (m *mover) answerAll(ctx context.Context, s *upState) error {
	spots, names := map[spot]bool{}, map[string]bool{}
	for _, f := range s.certain() {
		it, ok := s.itemOf(f)
		if !ok {
			return errStill
		}
		b := it.Head()
		if spots[spotOf(b)] || b.Var != "" && names[b.Var] {
			continue
		}
		spots[spotOf(b)], names[b.Var] = true, true
		if err := m.answer(ctx, s, it); err != nil {
			return err
		}
	}
	return nil
}

// movable reports whether other host ports can be given to everything that is in the way for certain.
func (s *upState) movable() bool {
	return !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { _, ok := s.itemOf(f); return !ok })
}

// keepable reports whether values in an env file can do that.
func (s *upState) keepable() bool {
	return !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool {
		it, ok := s.itemOf(f)
		return !ok || it.Head().From.Kind == lint.FromShell
	})
}

// itemOf is the item of the files that a finding is about: a port that only a stopped container asks for is in no file.
func (s *upState) itemOf(f lint.Finding) (lint.Item, bool) {
	if f.Binding == nil || f.Rule == "unusable-ports" || len(s.project.Defects) > 0 {
		return lint.Item{}, false
	}
	service := s.project.Service(f.Binding.Service)
	if service == nil {
		return lint.Item{}, false
	}
	it := service.Item(f.Binding)
	for i := range service.Bindings {
		if it.Written() && slices.Contains(it.Bindings, &service.Bindings[i]) {
			return it, true
		}
	}
	return lint.Item{}, false
}

// answer moves an item: by its variable where that can move it, else by itself.
func (m *mover) answer(ctx context.Context, s *upState, it lint.Item) error {
	width := max(it.Width(), s.replicas(it))
	b := it.Head()
	_, tried := m.vars[b.Var]
	if b.Var == "" || tried || m.stuck[b.Var] || usedInside(s.project, b.Var) {
		return m.answerFixed(ctx, s, it, width)
	}
	wish := m.picker.wishFor(it)
	wish.Width, wish.Protos, wish.HostIP = wishOf(s.project, b.Var, width)
	got, err := m.picker.pick(ctx, wish)
	m.vars[b.Var] = move{got.First, width}
	return err
}

// answerFixed moves an item without a variable's help.
func (m *mover) answerFixed(ctx context.Context, s *upState, it lint.Item, width int) error {
	b := it.Head()
	switch {
	case m.keep && b.Var == "":
		return m.rewrite(ctx, s, it)
	case m.keep:
		return fmt.Errorf("no value of %s in an env file helps %q: use --move", b.Var, it.Service.Name)
	}
	wish := m.picker.wishFor(it)
	wish.Key, wish.Width = placeKey(b), width
	got, err := m.picker.pick(ctx, wish)
	if err != nil {
		return err
	}
	for i, one := range it.Bindings {
		if len(it.Bindings) == 1 {
			m.fixed[spotOf(one)] = move{got.First, width}
		} else {
			m.fixed[spotOf(one)] = move{got.First + uint16(i), 1}
		}
	}
	return nil
}

// replicas is how many host ports an item needs because its service is started several times, 0 when once or when it has
// a fixed port for each of several container ports.
func (s *upState) replicas(it lint.Item) int {
	for _, service := range s.plan.Starts {
		if service.Name == it.Service.Name && service.Replicas > 1 && len(it.Bindings) == 1 {
			return service.Replicas
		}
	}
	return 0
}

// usedInside reports whether a variable gives container ports too: moved, it would change what runs inside.
func usedInside(p *lint.Project, name string) bool {
	return slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool { return b.TargetVar == name })
}

// wishOf is what all items with one variable ask for together.
func wishOf(p *lint.Project, name string, least int) (width int, protos []string, hostIP netip.Addr) {
	width, first := least, true
	for _, it := range p.Items() {
		b := it.Head()
		if b.Var != name {
			continue
		}
		width = max(width, it.Width())
		if !slices.Contains(protos, b.Proto) {
			protos = append(protos, b.Proto)
		}
		if !first && b.HostIP != hostIP {
			hostIP = netip.Addr{}
		} else {
			hostIP = b.HostIP
		}
		first = false
	}
	return width, protos, hostIP
}
