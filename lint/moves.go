package lint

import (
	"fmt"
	"maps"
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
		to, ok := p.advice.move(p.leader(it))
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

// leader is the item with which an item will share a variable, so that both move to one port, or the item itself.
func (p *Pass) leader(it Item) Item {
	if p.Project == nil || !isLiteral(it.Head().Text) {
		return it
	}
	name := p.advice.name(p.Project, it)
	for _, o := range it.Service.Items() {
		if o.side() == it.side() && isLiteral(o.Head().Text) && p.advice.name(p.Project, o) == name {
			return o
		}
	}
	return it
}

// sharesVariable reports whether another item has the same variable, so that a new default would not part them.
func (i Item) sharesVariable(others []Item) bool {
	return i.Head().Var != "" && slices.ContainsFunc(others, func(o Item) bool { return o.Head().Var == i.Head().Var })
}

func (p *Pass) moveEdits(m move) ([]Edit, bool) {
	if p.Project == nil || p.shared(m.item) {
		return nil, false
	}
	text, ok := m.item.moved(m.text(), p.advice.name(p.Project, m.item), m.fresh)
	if !ok {
		return nil, false
	}
	return m.item.replace(text)
}

func title(moves []move) string {
	var services, parts []string
	ports := map[string][]string{}
	for _, m := range moves {
		name := m.item.Service.Name
		if !slices.Contains(services, name) {
			services = append(services, name)
		}
		ports[name] = append(ports[name], m.text())
	}
	for _, name := range services {
		what := "host port"
		if len(ports[name]) > 1 {
			what = "host ports"
		}
		parts = append(parts, fmt.Sprintf("%q on %s %s", name, what, listed(ports[name])))
	}
	return "publish " + listed(parts)
}

// advise says in words what an edit can't do, each thing once.
func (p *Pass) advise(moves []move) string {
	var parts []string
	free := map[string][]string{} // new host ports, by service
	for _, m := range moves {
		part := p.adviseOne(m)
		if part == "" {
			free[m.item.Service.Name] = append(free[m.item.Service.Name], m.text())
		} else if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	for _, service := range slices.Sorted(maps.Keys(free)) {
		what := "a host port of its own, such as "
		if len(free[service]) > 1 {
			what = "other host ports, such as "
		}
		parts = append(parts, fmt.Sprintf("give %q %s%s", service, what, listed(free[service])))
	}
	return listed(parts)
}

// adviseOne says where the host port of an item is written, "" when that is the item itself.
func (p *Pass) adviseOne(m move) string {
	b := m.item.Head()
	switch {
	case p.Project != nil && p.shared(m.item):
		return fmt.Sprintf("write this item in one service only: %q shares it through `extends` or an alias", m.item.Service.Name)
	case b.From.Kind == FromEnvFile:
		return fmt.Sprintf("set %s=%s in %s", b.Var, m.text(), filepath.Base(b.From.File))
	case b.From.Kind == FromExample:
		return fmt.Sprintf("set %s=%s in .env", b.Var, m.text())
	case b.From.Kind == FromShell:
		return fmt.Sprintf("set %s=%s in the environment", b.Var, m.text())
	}
	return ""
}
