package freeport

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// PortVar is a variable that gives host ports.
type PortVar struct {
	Name       string
	Bindings   []*lint.Binding // at least one
	Address    netip.Addr      // stands before the ports in its value, as in HP=127.0.0.1:8080; zero for none
	active     bool            // `up` starts a service that has one of them
	lint.Ports                 // that it gives today; none: it gives none, or the engine picks
}

// valueFrom is the value that gives it the ports from first on.
func (v PortVar) valueFrom(first uint16) string {
	ports := lint.PortsFrom(first, v.PortCount()).String()
	if v.Address.IsValid() {
		return lint.HostPort(v.Address, ports)
	}
	return ports
}

// PortCount is how many it needs, in a row.
func (v PortVar) PortCount() int {
	return max(v.Width(), 1)
}

// Origin tells where its value comes from.
func (v PortVar) Origin() lint.Origin { return v.Bindings[0].From }

// Request asks for ports that suit all of its endpoints.
func (v PortVar) Request() pick.Request {
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

// PortVarOf is the variable of a name that gives host ports of a project.
func PortVarOf(p *lint.Project, name string) (PortVar, bool) {
	vars, _ := PortVars(p)
	at := slices.IndexFunc(vars, func(v PortVar) bool { return v.Name == name })
	if at < 0 {
		return PortVar{}, false
	}
	return vars[at], true
}

// Stays says why another value of the variable would do more than to move a port, "" where nothing is known against it.
func (v PortVar) Stays(p *lint.Project) string {
	for _, b := range p.Bindings() {
		if b.TargetVar == v.Name {
			return fmt.Sprintf("it gives %q the container port too; `portlint check --fix` parts the two", b.Service)
		}
	}
	for _, it := range p.Items() {
		if it.Head().Var == v.Name && it.Written() && it.Ports() != v.Ports {
			return "its defaults are different ports, which one value would make the same"
		}
	}
	return ""
}
