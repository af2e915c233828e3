package main

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// stale lists the places that still name a port from which a service moved, or a container whose name a variable gives now. Where
// another service has the port, the place may mean either. What follows the variable has moved with it.
func (r *fixRun) stale() {
	var reported []string // a file of two projects is told of once
	for _, p := range r.Now.Projects.All {
		before := r.before(p.Project)
		if before == nil {
			continue
		}
		lines := r.staleMentions(p.Project, desertedPorts(before, p.Project))
		lines = append(lines, r.staleDefaults(p, desertedDefaults(before, p.Project))...)
		lines = append(lines, r.staleNames(before, p.Project)...)
		for _, line := range append(lines, r.staleAddresses(before, p.Project)...) {
			if !slices.Contains(reported, line) {
				run.Logf(r.Stderr, "%s", line)
				reported = append(reported, line)
			}
		}
	}
}

// before is a project without any change, nil where there is none.
func (r *fixRun) before(now *lint.Project) *lint.Project {
	for _, p := range r.First.Projects.Models() {
		if p.Name == now.Name && p.Dir == now.Dir && slices.Equal(p.Files, now.Files) {
			return p
		}
	}
	return nil
}

func (r *fixRun) staleMentions(p *lint.Project, left map[uint16]deserted) (lines []string) {
	for _, m := range p.Mentions {
		port, ok := left[m.Port]
		follows := slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool { return b.Var != "" && b.Var == m.Var })
		ofKeeper := port.keeper != "" && m.Kind == ".env" // there it is the keeper's own value
		if !ok || follows || ofKeeper {
			continue
		}
		line, holder := r.Now.Projects.Sources.Position(m.Span.File, m.Span.Start).Line, ""
		if port.keeper != "" {
			holder = fmt.Sprintf("; %q still has it", port.keeper)
		}
		lines = append(lines, fmt.Sprintf("%s:%d: still names %d, from which %q moved%s", run.Relative(r.Dir, m.Span.File), line, m.Port, port.moved, holder))
	}
	return lines
}

// staleNames lists the places that name a container whose name was literal and follows a variable now.
func (r *fixRun) staleNames(before, now *lint.Project) (lines []string) {
	for _, m := range now.NameMentions {
		for i := range now.Services {
			s := &now.Services[i]
			was := before.Service(s.Name)
			follows := was != nil && was.ContainerName.Literal() && was.ContainerName.Text == m.Name && s.ContainerName.Var != ""
			if !follows {
				continue
			}
			line := r.Now.Projects.Sources.Position(m.Span.File, m.Span.Start).Line
			lines = append(lines, fmt.Sprintf("%s:%d: still names %q, which %q now takes from ${%s}", run.Relative(r.Dir, m.Span.File), line,
				m.Name, s.Name, s.ContainerName.Var))
		}
	}
	return lines
}

// staleAddresses lists the places that name an address in a subnet that was literal and follows a variable now.
func (r *fixRun) staleAddresses(before, now *lint.Project) (lines []string) {
	for _, n := range now.Networks {
		was := before.Network(n.Key)
		for i, s := range n.Subnets {
			prefix, err := netip.ParsePrefix(s.Subnet.Text)
			follows := was != nil && i < len(was.Subnets) && was.Subnets[i].Subnet.Literal() && s.Subnet.Var != ""
			if err != nil || !follows {
				continue
			}
			for _, m := range now.Addresses {
				if prefix.Contains(m.IP) {
					line := r.Now.Projects.Sources.Position(m.Span.File, m.Span.Start).Line
					lines = append(lines, fmt.Sprintf("%s:%d: still names %s, in a subnet that network %q now takes from ${%s}", run.Relative(r.Dir, m.Span.File), line, m.IP, n.Key, s.Subnet.Var))
				}
			}
		}
	}
	return lines
}

// staleDefaults lists where a variable of a port has the default that the port had.
func (r *fixRun) staleDefaults(p compose.Loaded, left map[defaultPort]string) (lines []string) {
	for _, file := range slices.Sorted(maps.Keys(p.Sources)) {
		for _, m := range defaultInUse().FindAllSubmatchIndex(p.Sources[file].Text, -1) {
			port := lint.Span{File: file, Start: m[4], End: m[5]}
			declared := defaultPort{p.Sources.Text(lint.Span{File: file, Start: m[2], End: m[3]}), p.Sources.Text(port)}
			named := slices.ContainsFunc(p.Project.Mentions, func(m lint.Mention) bool { return m.Span == port })
			if moved, ok := left[declared]; ok && !named {
				line := p.Sources.Position(file, m[0]).Line
				lines = append(lines, fmt.Sprintf("%s:%d: still gives ${%s} the default %s, from which %q moved",
					run.Relative(r.Dir, file), line, declared.name, declared.port, moved))
			}
		}
	}
	return lines
}

var defaultInUse = lazyexp.New(`\$\{([A-Za-z_][A-Za-z0-9_]*):?-([0-9]+)\}`)

// defaultPort is a variable with a default, as written.
type defaultPort struct{ name, port string }

// desertedDefaults are those with which a host port was written, and none is any more, each with its service. A variable
// that something gives a value has no default in force.
func desertedDefaults(before, now *lint.Project) map[defaultPort]string {
	out, changed := map[defaultPort]string{}, map[string]bool{}
	for _, b := range now.Bindings() {
		changed[b.Var] = b.From.Kind == lint.FromDefault
	}
	for _, b := range before.Bindings() {
		if b.Var != "" && b.From.Kind == lint.FromDefault && changed[b.Var] {
			out[defaultPort{b.Var, strconv.Itoa(int(b.First))}] = b.Service
		}
	}
	for _, b := range now.Bindings() {
		delete(out, defaultPort{b.Var, strconv.Itoa(int(b.First))})
	}
	return out
}

// deserted is a port from which a service moved, and a service that still has it, "" for none.
type deserted struct{ moved, keeper string }

// desertedPorts are those that a service of a project had before all changes and has no more.
func desertedPorts(before, now *lint.Project) map[uint16]deserted {
	out, published := map[uint16]deserted{}, publishers(now)
	for port, services := range publishers(before) {
		for _, service := range services {
			if !slices.Contains(published[port], service) {
				out[port] = deserted{moved: service, keeper: first(published[port])}
			}
		}
	}
	return out
}

// publishers are the services of a project by host port.
func publishers(p *lint.Project) map[uint16][]string {
	out := map[uint16][]string{}
	for _, b := range p.Bindings() {
		for port := range b.All() {
			out[port] = append(out[port], b.Service)
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
