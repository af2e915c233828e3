package main

import (
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint"
)

// stale lists the places that still name a port from which a service moved. Where another service has it, the place may
// mean either. What follows a variable of a port has moved with it.
func (r *repair) stale() {
	for _, p := range r.now.all.models() {
		left := r.desertedPorts(p)
		for _, m := range p.Mentions {
			port, ok := left[m.Port]
			follows := slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool { return b.Var != "" && b.Var == m.Var })
			if !ok || follows || port.keeper != "" && m.Kind == ".env" { // there it is the keeper's own value
				continue
			}
			line, kept := r.now.all.sources.Position(m.Span.File, m.Span.Start).Line, ""
			if port.keeper != "" {
				kept = fmt.Sprintf("; %q still has it", port.keeper)
			}
			say(r.stderr, "%s:%d: still names %d, from which %q moved%s", relative(r.dir, m.Span.File), line, m.Port, port.mover, kept)
		}
	}
}

// deserted is a port from which a service moved, and a service that still has it, "" for none.
type deserted struct{ mover, keeper string }

// desertedPorts are those that a service of a project had before all changes and has no more.
func (r *repair) desertedPorts(now *lint.Project) map[uint16]deserted {
	out, kept := map[uint16]deserted{}, publishers(now)
	for _, before := range r.first.all.models() {
		if before.Name != now.Name || before.Dir != now.Dir || !slices.Equal(before.Files, now.Files) {
			continue
		}
		for port, services := range publishers(before) {
			for _, service := range services {
				if !slices.Contains(kept[port], service) {
					out[port] = deserted{mover: service, keeper: first(kept[port])}
				}
			}
		}
	}
	return out
}

// publishers are the services of a project by host port.
func publishers(p *lint.Project) map[uint16][]string {
	out := map[uint16][]string{}
	for _, b := range p.Bindings() {
		for port := max(int(b.First), 1); port <= int(b.Last); port++ {
			out[uint16(port)] = append(out[uint16(port)], b.Service)
		}
	}
	return out
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}
