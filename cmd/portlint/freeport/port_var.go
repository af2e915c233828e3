package freeport

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// PortVar is a variable that gives host ports.
type PortVar struct {
	Name       string
	Bindings   []*lint.Binding // at least one
	active     bool            // `up` starts a service that has one of them
	lint.Ports                 // that it gives today; none: it gives none, or the engine picks
}

// Set is the value that gives it ports.
func (v PortVar) Set(first uint16) string {
	return lint.PortsFrom(first, v.PortCount()).String()
}

// PortCount is how many it needs, in a row.
func (v PortVar) PortCount() int {
	return max(v.Width(), 1)
}

// Origin tells where its value comes from.
func (v PortVar) Origin() lint.Origin { return v.Bindings[0].From }

// Wish asks for ports that suit all of its endpoints.
func (v PortVar) Wish() pick.Request {
	w := pick.Request{Key: v.Name, Width: v.PortCount(), HostIP: v.Bindings[0].HostIP}
	for _, b := range v.Bindings {
		if !slices.Contains(w.Protos, b.Proto) {
			w.Protos = append(w.Protos, b.Proto)
		}
		if b.HostIP != w.HostIP {
			w.HostIP = v.Bindings[0].HostIP.Unmap()
			w = anywhere(w)
		}
	}
	slices.Sort(w.Protos)
	return w
}

// anywhere asks for all addresses.
func anywhere(w pick.Request) pick.Request {
	return pick.Request{Key: w.Key, Width: w.Width, Protos: w.Protos}
}

// Services are the services that it gives a port, each once.
func (v PortVar) Services() []string {
	var names []string
	for _, b := range v.Bindings {
		if !slices.Contains(names, b.Service) {
			names = append(names, b.Service)
		}
	}
	return names
}

// PortVars are the variables that give host ports of a project, by name, and how many items name theirs as a number.
func PortVars(p *lint.Project) (vars []PortVar, literals int) {
	byName := map[string]*PortVar{}
	for i := range p.Services {
		s := &p.Services[i]
		if s.Network.Publishing != lint.Published {
			continue
		}
		for j := range s.Bindings {
			b := &s.Bindings[j]
			if b.Var == "" {
				continue
			}
			v := byName[b.Var]
			if v == nil {
				v = &PortVar{Name: b.Var}
				byName[b.Var] = v
			}
			v.add(b, s.Active)
		}
	}

	for _, it := range p.Items() {
		if it.Publishes() && it.Written() && it.Head().Var == "" {
			literals++
		}
	}

	for _, name := range slices.Sorted(maps.Keys(byName)) {
		vars = append(vars, *byName[name])
	}
	return vars, literals
}

func (v *PortVar) add(b *lint.Binding, active bool) {
	v.Bindings, v.active = append(v.Bindings, b), v.active || active
	if !b.Known() {
		return
	}
	if !v.Known() || b.First < v.First {
		v.First = b.First
	}
	v.Last = max(v.Last, b.Last)
}

// Shape is all that the project says of the variable's ports but the number that they begin with.
func (v PortVar) Shape() string {
	var all []string
	for _, b := range v.Bindings {
		shift := 0
		if b.First != 0 {
			shift = int(b.First) - int(v.First)
		}
		all = append(all, fmt.Sprintf("%q %s %d/%s +%d, %d ports", b.Service, b.HostIP, b.Target, b.Proto, shift, max(b.Width(), 1)))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// BothSides is the service whose container port the variable gives too, "" when it gives none.
func (v PortVar) BothSides(p *lint.Project) string {
	for _, b := range p.Bindings() {
		if b.TargetVar == v.Name {
			return b.Service
		}
	}
	return ""
}

// Apart reports whether the variable gives several ports because its defaults differ.
func (v PortVar) Apart(p *lint.Project) bool {
	for _, it := range p.Items() {
		if it.Head().Var == v.Name && it.Written() && it.Ports() != v.Ports {
			return true
		}
	}
	return false
}
