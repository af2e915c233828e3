package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// portVar is a variable that gives host ports.
type portVar struct {
	name       string
	bindings   []*lint.Binding // at least one
	active     bool            // `up` starts a service that has one of them
	lint.Ports                 // that it gives today; none: it gives none, or the engine picks
}

// set is the value that gives it ports.
func (v portVar) set(first uint16) string {
	return lint.PortsFrom(first, v.ports()).String()
}

// ports is how many it needs, in a row.
func (v portVar) ports() int {
	return max(v.Width(), 1)
}

// origin tells where its value comes from.
func (v portVar) origin() lint.Origin { return v.bindings[0].From }

// wish asks for ports that suit all of its endpoints.
func (v portVar) wish() pick.Request {
	w := pick.Request{Key: v.name, Width: v.ports(), HostIP: v.bindings[0].HostIP}
	for _, b := range v.bindings {
		if !slices.Contains(w.Protos, b.Proto) {
			w.Protos = append(w.Protos, b.Proto)
		}
		if b.HostIP != w.HostIP {
			w.HostIP = v.bindings[0].HostIP.Unmap()
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

// services are the services that it gives a port, each once.
func (v portVar) services() []string {
	var names []string
	for _, b := range v.bindings {
		if !slices.Contains(names, b.Service) {
			names = append(names, b.Service)
		}
	}
	return names
}

// portVars are the variables that give host ports of a project, by name, and how many items name theirs as a number.
func portVars(p *lint.Project) (vars []portVar, literals int) {
	byName := map[string]*portVar{}
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
				v = &portVar{name: b.Var}
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

func (v *portVar) add(b *lint.Binding, active bool) {
	v.bindings, v.active = append(v.bindings, b), v.active || active
	if !b.Known() {
		return
	}
	if !v.Known() || b.First < v.First {
		v.First = b.First
	}
	v.Last = max(v.Last, b.Last)
}

// shape is all that the project says of the variable's ports but the number that they begin with.
func (v portVar) shape() string {
	var all []string
	for _, b := range v.bindings {
		shift := 0
		if b.First != 0 {
			shift = int(b.First) - int(v.First)
		}
		all = append(all, fmt.Sprintf("%q %s %d/%s +%d, %d ports", b.Service, b.HostIP, b.Target, b.Proto, shift, max(b.Width(), 1)))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// bothSides is the service whose container port the variable gives too, "" when it gives none.
func (v portVar) bothSides(p *lint.Project) string {
	for _, b := range p.Bindings() {
		if b.TargetVar == v.name {
			return b.Service
		}
	}
	return ""
}

// apart reports whether the variable gives several ports because its defaults differ.
func (v portVar) apart(p *lint.Project) bool {
	for _, it := range p.Items() {
		if it.Head().Var == v.name && it.Written() && it.Ports() != v.Ports {
			return true
		}
	}
	return false
}

// proof reads the project again with other values of its variables.
type proof struct {
	w    run.Process
	base compose.Options
}

// with is the project that Compose would load with these values in the environment.
func (p proof) with(ctx context.Context, values map[string]string) (*lint.Project, error) {
	o := p.base
	o.Env = maps.Clone(o.Env)
	if o.Env == nil {
		o.Env = map[string]string{}
	}
	maps.Copy(o.Env, values)
	l, err := run.LoadOne(ctx, p.w, o)
	return l.Project, err
}

// movable finds the variables that alone decide about their host ports, by giving them other values and looking at what
// becomes of the project; why says what keeps the others where they are.
func (p proof) movable(ctx context.Context, project *lint.Project, vars []portVar) (good []portVar, why map[string]string, err error) {
	why, values := map[string]string{}, map[string]string{}
	at := pick.DefaultRange.First
	for _, v := range vars {
		if s := v.bothSides(project); s != "" {
			why[v.name] = fmt.Sprintf("it gives %q the container port too; `portlint check --fix` parts the two", s)
			continue
		}
		if v.apart(project) {
			why[v.name] = "its defaults are different ports, which one value would make the same"
			continue
		}
		values[v.name] = v.set(at)
		at += uint16(min(v.ports(), 100))
	}
	moved, err := p.with(ctx, values)
	if err != nil {
		return nil, nil, err
	}
	now := map[string]portVar{}
	after, _ := portVars(moved)
	for _, v := range after {
		now[v.name] = v
	}
	for _, v := range vars {
		switch m := now[v.name]; {
		case why[v.name] != "":
		case m.shape() != v.shape() || values[v.name] != m.set(m.First):
			why[v.name] = "its value is more, or less, than a host port"
		default:
			good = append(good, v)
		}
	}
	return good, why, nil
}
