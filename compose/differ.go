package compose

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// Move gives the item at entry other host ports: from is its lowest one so far, to the new one. It returns the changed
// Shape and how many of its ports belong to the item.
func (s Shape) Move(entry lint.Span, from, to uint16) (Shape, int) {
	var count int
	if s.partial != nil {
		s.partial, count = s.partial.move(entry, from, to)
	}
	if s.full != nil {
		s.full, count = s.full.move(entry, from, to)
	}
	return s, count
}

func (s *form) move(entry lint.Span, from, to uint16) (*form, int) {
	count := 0
	out := s.withPorts(func(_ string, ports []shapedPort) []shapedPort {
		for i, p := range ports {
			if p.entry == entry {
				ports[i].published = shifted(p.published, from, to)
				count++
			}
		}
		return ports
	})
	return out, count
}

// withPorts is the form with other ports: change gets a copy of those of each service.
func (s *form) withPorts(change func(service string, ports []shapedPort) []shapedPort) *form {
	if s == nil {
		return nil
	}
	out := &form{tree: s.tree, ports: map[string][]shapedPort{}, names: s.names}
	for name, ports := range s.ports {
		if ports = change(name, slices.Clone(ports)); len(ports) > 0 {
			out.ports[name] = ports
		}
	}
	return out
}

// A PortSelector chooses ports of an EngineShape: by the service, the place among its bindings, and the variable that gives the
// host port, "" for none.
type PortSelector func(service string, nth int, variable string) bool

// Publish gives each chosen item of an EngineShape host ports, whatever it had: one after the other where it is a range on both
// sides, else all of them.
func (s Shape) Publish(selected PortSelector, to lint.Ports) Shape {
	s.partial = s.partial.withPorts(func(service string, ports []shapedPort) []shapedPort {
		items := map[lint.Span][]int{}
		for i, p := range ports {
			if selected(service, i, p.variable) {
				ports[i].published = to.String()
				items[p.entry] = append(items[p.entry], i)
			}
		}
		for entry, item := range items {
			for n := 0; entry.Known() && len(item) > 1 && n < len(item); n++ {
				ports[item[n]].published = lint.PortsFrom(to.First+uint16(n), 1).String()
			}
		}
		return ports
	})
	return s
}

// Give gives the texts of an EngineShape that rest on a variable its new value.
func (s Shape) Give(variable, value string) Shape {
	out := s.partial.clone()
	for path, n := range out.names {
		if n.variable == variable {
			n.text = n.before + value + n.after
			out.names[path] = n
		}
	}
	s.partial = out
	return s
}

// Write gives an EngineShape other texts, by path.
func (s Shape) Write(texts map[string]string) Shape {
	out := s.partial.clone()
	for path, text := range texts {
		n := out.names[path]
		n.text = text
		out.names[path] = n
	}
	s.partial = out
	return s
}

// Selected is the part of an EngineShape with the chosen ports, and with the texts that rest on a variable, if it is not "", or have one
// of the paths.
func (s Shape) Selected(selected PortSelector, variable string, paths ...string) Shape {
	out := s.partial.withPorts(func(service string, ports []shapedPort) []shapedPort {
		var out []shapedPort
		for i, p := range ports {
			if selected(service, i, p.variable) {
				out = append(out, p)
			}
		}
		return out
	})
	out.names = map[string]shapedName{}
	for path, n := range s.partial.names {
		if variable != "" && n.variable == variable || slices.Contains(paths, path) {
			out.names[path] = n
		}
	}
	return Shape{partial: out}
}

// MoveAs gives the item of a move the host ports that an edited project has there, where each of them is what it was or one
// of those to which the move leads: a variable that somebody set may keep the item where it is.
func (s Shape) MoveAs(m lint.Move, edited Shape) Shape {
	s.full, s.partial = s.full.moveAs(m, edited.full), s.partial.moveAs(m, edited.partial)
	return s
}

func (s *form) moveAs(m lint.Move, edited *form) *form {
	if s == nil || edited == nil {
		return s
	}

	return s.withPorts(func(name string, ports []shapedPort) []shapedPort {
		for i, p := range ports {
			if p.entry != m.Item || len(edited.ports[name]) != len(ports) {
				continue
			}
			to := edited.ports[name][i].published
			written, err := portRange(to)
			byEngine := m.To == 0 && !written.Known()
			if err == nil && (byEngine || lint.PortsFrom(m.To, m.Width).Covers(written)) {
				ports[i].published = to
			}
		}
		return ports
	})
}

// clone is a form whose ports and names can be set.
func (s *form) clone() *form {
	return &form{tree: s.tree, ports: maps.Clone(s.ports), names: maps.Clone(s.names)}
}

// Rename gives what is named at a place another name. It returns the changed Shape and how many have that name.
func (s Shape) Rename(at lint.Span, name string) (Shape, int) {
	var count int
	if s.partial != nil {
		s.partial, count = s.partial.rename(at, name)
	}
	if s.full != nil {
		s.full, count = s.full.rename(at, name)
	}
	return s, count
}

func (s *form) rename(at lint.Span, name string) (*form, int) {
	out, count := s.clone(), 0
	for path, n := range s.names {
		if n.at == at && at.Known() {
			n.text = name
			out.names[path] = n
			count++
		}
	}
	return out, count
}

// Picks reports whether the engine picks the host ports of the item at entry, as where nothing gives its variable a value.
func (s Shape) Picks(entry lint.Span) bool {
	ports := s.portsOf(entry)
	return len(ports) > 0 && !slices.ContainsFunc(ports, func(port uint16) bool { return port != 0 })
}

// First is the lowest host port of the item at entry, 0 where the engine picks it.
func (s Shape) First(entry lint.Span) uint16 {
	ports := s.portsOf(entry)
	if len(ports) == 0 {
		return 0
	}
	return slices.Min(ports)
}

// portsOf are the host ports of an item, the lowest one of a range.
func (s Shape) portsOf(entry lint.Span) []uint16 {
	one := s.full
	if one == nil {
		one = s.partial
	}

	var out []uint16
	for _, ports := range one.all() {
		for _, p := range ports {
			if ports, err := portRange(p.published); p.entry == entry && err == nil {
				out = append(out, ports.First)
			} else if p.entry == entry {
				return nil
			}
		}
	}
	return out
}

// all are the ports by service, none of a reading that there is not.
func (s *form) all() map[string][]shapedPort {
	if s == nil {
		return nil
	}
	return s.ports
}

// shifted moves a port or range as a whole.
func shifted(published string, from, to uint16) string {
	ports, err := portRange(published)
	switch {
	case from == to || err != nil:
		return published
	case !ports.Known():
		return strconv.Itoa(int(to))
	default:
		return lint.PortsFrom(ports.First+to-from, ports.Width()).String()
	}
}

// AlignMovedURLs lets the URLs of this machine follow a move of a variable that the project has already: what an edited project
// has at the new host port is taken from there, where nothing else of the text differs. What runs inside a container
// has a localhost of its own, and stays.
func (s Shape) AlignMovedURLs(m lint.Move, edited Shape) Shape {
	s.full, s.partial = s.full.alignMovedURLs(m, edited.full), s.partial.alignMovedURLs(m, edited.partial)
	return s
}

func (s *form) alignMovedURLs(m lint.Move, edited *form) *form {
	if s == nil || edited == nil {
		return s
	}
	tree, _ := alignedURLs(s.tree, edited.tree, m).(map[string]any)
	return &form{tree: tree, ports: s.ports, names: s.names}
}

// insideContainer are the keys of a service that speak of what runs in its container.
var insideContainer = map[string]bool{"command": true, "entrypoint": true, "healthcheck": true, "post_start": true, "pre_stop": true}

// alignMovedURLs is a decoded value with the texts of another one that differ by the move alone.
func alignedURLs(a, b any, m lint.Move) any {
	switch x := a.(type) {
	case map[string]any:
		y, _ := b.(map[string]any)
		out := maps.Clone(x)
		for key := range x {
			if other, ok := y[key]; ok && !insideContainer[key] {
				out[key] = alignedURLs(x[key], other, m)
			}
		}
		return out
	case []any:
		y, _ := b.([]any)
		out := slices.Clone(x)
		for i := range min(len(x), len(y)) {
			out[i] = alignedURLs(x[i], y[i], m)
		}
		return out
	case string:
		if y, ok := b.(string); ok && differByMove(x, y, m) {
			return y
		}
	}
	return a
}

// hostURL is a URL of this machine up to its port, which is the group.
var hostURL = lazyexp.New(`(?:\b(?:localhost|127\.0\.0\.1|host\.docker\.internal)|\[::1\]):([0-9]{1,5})\b`)

// differByMove reports whether two texts differ in nothing but the host port of URLs, which moved.
func differByMove(before, after string, m lint.Move) bool {
	was, is := hostURL().FindAllStringSubmatchIndex(before, -1), hostURL().FindAllStringSubmatchIndex(after, -1)
	if len(was) != len(is) {
		return false
	}

	i, j := 0, 0
	for n := range was {
		from, to := before[was[n][2]:was[n][3]], after[is[n][2]:is[n][3]]
		moved := from == strconv.Itoa(int(m.From)) && to == strconv.Itoa(int(m.To))
		if before[i:was[n][2]] != after[j:is[n][2]] || from != to && !moved {
			return false
		}
		i, j = was[n][3], is[n][3]
	}
	return before[i:] == after[j:]
}

// Without takes away the ports of the items that lie in a span.
func (s Shape) Without(span lint.Span) Shape {
	s.full, s.partial = s.full.without(span), s.partial.without(span)
	return s
}

func (s *form) without(span lint.Span) *form {
	return s.withPorts(func(_ string, ports []shapedPort) []shapedPort {
		return slices.DeleteFunc(ports, func(p shapedPort) bool { return span.Contains(p.entry) })
	})
}

// WithPortsOf takes the ports of one service from another Shape.
func (s Shape) WithPortsOf(service string, o Shape) Shape {
	s.full, s.partial = s.full.withPortsOf(service, o.full), s.partial.withPortsOf(service, o.partial)
	return s
}

func (s *form) withPortsOf(service string, o *form) *form {
	if s == nil || o == nil {
		return s
	}
	out := s.clone()
	out.ports[service] = o.ports[service]
	return out
}

// Differences lists in what an edited project is not the expected one, as paths such as
// services.web.ports[0].published, sorted; reasons are what Compose would refuse it for and did not before. Where items
// stand is not compared.
func (s Shape) Differences(edited Shape) (paths, reasons []string) {
	for _, r := range edited.refused {
		if !slices.Contains(s.refused, r) {
			reasons = append(reasons, r)
		}
	}

	a, b := s.full, edited.full
	if a == nil || b == nil {
		a, b = s.partial, edited.partial
	}

	switch {
	case a != nil && b != nil:
		paths = a.differences(b)
	case len(reasons) == 0:
		reasons = []string{"the project no longer loads as it did"}
	}
	return paths, reasons
}

func (s *form) differences(o *form) []string {
	var out []string
	differ("", s.tree, o.tree, &out)
	for name := range union(s.ports, o.ports) {
		a, b := s.ports[name], o.ports[name]
		path := "services." + name + ".ports"
		if len(a) != len(b) {
			out = append(out, path)
			continue
		}
		for i := range a {
			if a[i].published != b[i].published {
				out = append(out, fmt.Sprintf("%s[%d].published", path, i))
			}
			differ(fmt.Sprintf("%s[%d]", path, i), a[i].rest, b[i].rest, &out)
		}
	}
	for path := range union(s.names, o.names) {
		if s.names[path].text != o.names[path].text {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// differ adds the paths below which two decoded values are not the same.
func differ(path string, a, b any, out *[]string) {
	x, ok := a.(map[string]any)
	y, too := b.(map[string]any)
	if ok && too {
		for key := range union(x, y) {
			differ(strings.TrimPrefix(path+"."+key, "."), x[key], y[key], out)
		}
		return
	}
	if !reflect.DeepEqual(a, b) {
		*out = append(*out, path)
	}
}
