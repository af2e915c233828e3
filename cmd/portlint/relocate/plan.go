package relocate

import (
	"fmt"
	"maps"
	"slices"

	"github.com/portlint/portlint/compose"
)

// Plan is what was decided so far, one move for each slot. Its zero value moves nothing.
type Plan struct {
	moves map[string]Move // by key
	stuck map[string]bool // variables that were tried in vain
}

// Add makes a move part of the plan, in place of what was decided about its slot before.
func (p *Plan) Add(m Move) {
	if p.moves == nil {
		p.moves, p.stuck = map[string]Move{}, map[string]bool{}
	}
	p.moves[m.Key()] = m
}

// Move is what was decided about a slot, nil for nothing.
func (p *Plan) Move(key string) Move { return p.moves[key] }

// Tried reports whether a variable moves something already, or was tried in vain.
func (p *Plan) Tried(variable string) bool { return p.moves[variable] != nil || p.stuck[variable] }

// Values are the variables that move something, with what they are set to.
func (p *Plan) Values() map[string]string {
	values := map[string]string{}
	for _, m := range p.byVariables() {
		values[m.Variable()] = m.Value()
	}
	return values
}

func (p *Plan) byVariables() []Move {
	return p.movesWhere(func(m Move) bool { return m.Variable() != "" })
}

// Fixed are the moves that no variable makes: they beat what a variable says.
func (p *Plan) Fixed() []Move { return p.movesWhere(func(m Move) bool { return m.Variable() == "" }) }

// movesWhere are moves by key.
func (p *Plan) movesWhere(is func(Move) bool) []Move {
	var all []Move
	for _, key := range slices.Sorted(maps.Keys(p.moves)) {
		if m := p.moves[key]; is(m) {
			all = append(all, m)
		}
	}
	return all
}

// TakeBack compares a project with the values of the variables to what it was before, gives up what does not hold, and reports
// whether there is any: a variable may be only a part of a value, or be set elsewhere. What may be written in another way is written so
// the next time.
func (p *Plan) TakeBack(before, now compose.Loaded) bool {
	wrong := doNotHold(p.byVariables(), before.EngineShape(), now.EngineShape())
	for _, m := range wrong {
		if other, ok := m.Respelled(); ok {
			p.moves[m.Key()] = other
			continue
		}
		delete(p.moves, m.Key())
		p.stuck[m.Variable()] = true
	}
	return len(wrong) > 0
}

// doNotHold are the moves that do not give a project what they say, all where it is not known which of them.
func doNotHold(moves []Move, before, now compose.Shape) []Move {
	expected := before
	for _, m := range moves {
		expected = m.Expect(expected)
	}
	if difference(expected, now) == "" {
		return nil
	}

	wrong := slices.DeleteFunc(slices.Clone(moves), func(m Move) bool { return difference(m.Part(expected), m.Part(now)) == "" })
	if len(wrong) == 0 {
		return moves
	}
	return wrong
}

// Prove demands that a project is what it was before but for the moves.
func (p *Plan) Prove(before, now compose.Loaded) error {
	expected := before.EngineShape()
	for _, m := range slices.Concat(p.byVariables(), p.Fixed()) {
		expected = m.Expect(expected)
	}
	if d := difference(expected, now.EngineShape()); d != "" {
		return fmt.Errorf("the moved project is not the one that was meant: %s: please report this", d)
	}
	return nil
}

// difference is the first thing in which a project is not the expected one, "" when it is.
func difference(expected, now compose.Shape) string {
	paths, reasons := expected.Differences(now)
	if first := slices.Concat(reasons, paths); len(first) > 0 {
		return first[0]
	}
	return ""
}
