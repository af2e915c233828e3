package lint

import (
	"fmt"
	"path/filepath"
	"slices"
)

// move is one item with the host port that it shall have.
type move struct {
	item  Item
	first uint16
	fresh bool // a variable of its own, although it has one
}

// text is the new host port or range.
func (m move) text() string { return rangeText(m.first, m.first+uint16(m.item.Width()-1)) }

// moveFix moves the later items to host ports that nothing in sight uses: by edits when all of them can be edited, else
// in words. What stays keeps its variable for itself.
func (p *Pass) moveFix(later []Item, stays ...Item) []Fix {
	var moves []move
	for _, it := range later {
		to, ok := p.advice.move(it)
		if !ok {
			return nil
		}
		moves = append(moves, move{item: it, first: to, fresh: it.sharesVariable(stays)})
		stays = append(stays, it)
	}
	fix := Fix{Title: title(moves), Safety: Unsafe}
	for _, m := range moves {
		edits, ok := p.moveEdits(m)
		if !ok {
			return []Fix{{Title: p.advise(moves), Safety: Manual}}
		}
		fix.Edits = append(fix.Edits, edits...)
	}
	sortEdits(fix.Edits)
	return []Fix{fix}
}

// sharesVariable reports whether another item has the same variable, so that a new default would not part them.
func (i Item) sharesVariable(others []Item) bool {
	return i.Head().Var != "" && slices.ContainsFunc(others, func(o Item) bool { return o.Head().Var == i.Head().Var })
}

func (p *Pass) moveEdits(m move) ([]Edit, bool) {
	if p.Project == nil || p.Project.shared(m.item) {
		return nil, false
	}
	text, ok := m.item.moved(m.text(), p.advice.name(p.Project, m.item), m.fresh)
	if !ok {
		return nil, false
	}
	return m.item.replace(text)
}

func title(moves []move) string {
	var parts []string
	for _, m := range moves {
		parts = append(parts, fmt.Sprintf("%q on host port %s", m.item.Service.Name, m.text()))
	}
	return "publish " + listed(parts)
}

// advise says in words what an edit can't do.
func (p *Pass) advise(moves []move) string {
	var parts []string
	for _, m := range moves {
		b := m.item.Head()
		switch {
		case p.Project != nil && p.Project.shared(m.item):
			parts = append(parts, fmt.Sprintf("write this item in one service only: %q shares it through `extends` or an alias",
				m.item.Service.Name))
		case b.From.Kind == FromEnvFile:
			parts = append(parts, fmt.Sprintf("set %s=%s in %s", b.Var, m.text(), filepath.Base(b.From.File)))
		case b.From.Kind == FromExample:
			parts = append(parts, fmt.Sprintf("set %s=%s in .env", b.Var, m.text()))
		case b.From.Kind == FromShell:
			parts = append(parts, fmt.Sprintf("set %s=%s in the environment", b.Var, m.text()))
		default:
			parts = append(parts, fmt.Sprintf("give %q a host port of its own, such as %s", m.item.Service.Name, m.text()))
		}
	}
	return listed(parts)
}
