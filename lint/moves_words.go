package lint

import (
	"fmt"
	"maps"
	"slices"
)

// ordinal tells the host ports of one container port apart: " 2" for the second one.
func (i Item) ordinal() string {
	before := map[side]bool{}
	for _, o := range i.Service.Items() {
		if o.side() == i.side() {
			break
		}
		if o.Head().Target == i.Head().Target && o.Written() {
			before[o.side()] = true
		}
	}
	if len(before) == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", len(before)+1)
}

func title(moves []move) string {
	var services, parts []string
	ports := map[string][]string{}
	for _, m := range moves {
		name := m.item.Service.Name
		if !slices.Contains(services, name) {
			services = append(services, name)
		}
		if !slices.Contains(ports[name], m.text()) {
			ports[name] = append(ports[name], m.text())
		}
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
	var parts, sharing []string
	free := map[string][]string{} // new host ports, by service
	for _, m := range moves {
		if p.Project != nil && p.shared(m.item) {
			if name := m.item.Service.Name; !slices.Contains(sharing, name) {
				sharing = append(sharing, name)
			}
			continue
		}
		part := p.adviseOne(m)
		if part == "" && !slices.Contains(free[m.item.Service.Name], m.text()) {
			free[m.item.Service.Name] = append(free[m.item.Service.Name], m.text())
		} else if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(sharing) > 0 {
		verb := "shares"
		if len(sharing) > 1 {
			verb = "share"
		}
		parts = append(parts, fmt.Sprintf("write this item in one service only: %s %s it through `extends` or an alias", quoted(sharing), verb))
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
	case m.fresh: // its variable is another's
		return ""
	case b.From.Kind == FromEnvFile:
		return setting(m, b.From.File)
	case b.From.Kind == FromExample:
		return setting(m, ".env")
	case b.From.Unused.Kind == HiddenByShell:
		return fmt.Sprintf("unset %s, or set %[1]s=%s in the environment", b.Var, m.value())
	case b.From.Kind == FromShell:
		return fmt.Sprintf("set %s=%s in the environment", b.Var, m.value())
	}
	return ""
}
