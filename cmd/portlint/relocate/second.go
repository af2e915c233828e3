package relocate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/envfile"
)

// ReadSecond reads a project as `assign` would let another checkout of it be: from the same files, with another name and other values
// for all variables that alone decide about something which the engine has once. Nothing is written or recorded. Without a host
// nothing is asked of this machine.
func ReadSecond(ctx context.Context, w run.Process, first compose.Loaded, o compose.Options, host *lint.Host) (lint.SecondCheckout, error) {
	s := second{Process: w, first: first, base: o, picker: freeport.NewTrial(ctx, w, first.Project, host), out: lint.SecondCheckout{Stays: map[string]string{}}}
	s.base.ProjectName = "" // what the command line calls this checkout
	s.values = map[string]string{freeport.ProjectNameVar: otherName(first.Project, host)}

	// Another name may be part of what variables give: the values are compared with a project that has it.
	named, err := s.read(ctx)
	if err != nil {
		return refused(ctx, err)
	}
	now, err := s.move(ctx, named)
	if err != nil {
		return refused(ctx, err)
	}

	s.out.Project = now.Project
	s.out.Host = s.machine(host)
	return s.out, nil
}

// refused is a second checkout that can't be read. It is an error only where the look was stopped.
func refused(ctx context.Context, err error) (lint.SecondCheckout, error) {
	return lint.SecondCheckout{Refused: err.Error()}, ctx.Err()
}

// second is the look at one.
type second struct {
	run.Process
	first  compose.Loaded
	base   compose.Options // how the first is read
	picker *freeport.Picker
	values map[string]string // of its env file
	out    lint.SecondCheckout
}

// otherName is a name that no project on the engine has.
func otherName(p *lint.Project, host *lint.Host) string {
	taken := map[string]bool{p.Name: true}
	if host != nil {
		for i := range host.Containers {
			taken[host.Containers[i].Project] = true
		}
		for i := range host.Networks {
			taken[host.Networks[i].Project] = true
		}
	}

	name := p.Name + "-second"
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-second-%d", p.Name, n)
	}
	return name
}

// move gives the slots of the project other values, and takes back what does not hold.
func (s *second) move(ctx context.Context, named compose.Loaded) (compose.Loaded, error) {
	var plan Plan
	vars, _ := freeport.PortVars(named.Project)
	for _, v := range vars {
		why := v.Stays(named.Project)
		if v.Origin().Kind == lint.FromShell {
			why = setInShell
		}
		if why != "" {
			s.out.Stays[v.Name] = why
			continue
		}
		s.choose(ctx, &plan, v.Name, PortsOfVariable(v, 0))
	}
	texts := s.chooseTexts(ctx, &plan, named, vars)

	for {
		maps.Copy(s.values, plan.Values())
		now, err := s.read(ctx)
		if err != nil || !plan.TakeBack(named, now) {
			return now, err
		}
		for _, v := range vars {
			if plan.Move(v.Name) == nil && s.out.Stays[v.Name] == "" {
				s.out.Stays[v.Name] = "its value is more, or less, than a host port"
				delete(s.values, v.Name)
			}
		}
		for _, t := range texts {
			if plan.Move(t.Variable) == nil && s.out.Stays[t.Variable] == "" {
				s.out.Stays[t.Variable] = "its value is more, or less, than " + whatOf(t)
				delete(s.values, t.Variable)
			}
		}
	}
}

// chooseTexts gives the variables of names and subnets other values, but for those that give ports, which names follow.
func (s *second) chooseTexts(ctx context.Context, plan *Plan, named compose.Loaded, ports []freeport.PortVar) []freeport.TextSlot {
	var out []freeport.TextSlot
	all, _ := freeport.TextVars(named.Project)
	for _, t := range all {
		if slices.ContainsFunc(ports, func(v freeport.PortVar) bool { return v.Name == t.Variable }) {
			continue
		}
		out = append(out, t)
		if t.Origin().Kind == lint.FromShell {
			s.out.Stays[t.Variable] = setInShell
			continue
		}
		s.choose(ctx, plan, t.Variable, TextOf(t))
	}

	return out
}

// setInShell is why a variable stays.
const setInShell = "the environment sets it, which beats .env in every checkout"

// choose gives a slot another value, or says why it stays.
func (s *second) choose(ctx context.Context, plan *Plan, variable string, slot Slot) {
	m, err := slot.Choose(ctx, s.picker)
	if err != nil {
		s.out.Stays[variable] = err.Error()
		return
	}
	plan.Add(m)
}

// read is the project that Compose would load with the values in the env file that it reads last; in the environment where it reads none.
func (s *second) read(ctx context.Context) (compose.Loaded, error) {
	o, file := s.base, s.first.Project.EnvFile
	if file == "" {
		o.Env = maps.Clone(o.Env)
		if o.Env == nil {
			o.Env = map[string]string{}
		}
		maps.Copy(o.Env, s.values)
		return run.LoadOne(ctx, s.Process, o)
	}

	var vars []envfile.Var
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		vars = append(vars, envfile.Var{Name: name, Value: s.values[name]})
	}
	text, err := envfile.SetBlock(s.first.Project.EnvTexts[file], vars, nil)
	if err != nil {
		return compose.Loaded{}, fmt.Errorf("%s: %w", run.Relative(s.Dir, file), err)
	}
	o.Overlay = maps.Clone(o.Overlay)
	if o.Overlay == nil {
		o.Overlay = map[string][]byte{}
	}
	o.Overlay[file] = text
	return run.LoadOne(ctx, s.Process, o)
}

// machine is what was seen of the machine, with the ports that the second checkout needs.
func (s *second) machine(host *lint.Host) *lint.Host {
	if host == nil {
		return nil
	}

	seen := *host
	known := map[lint.Endpoint]bool{}
	for _, p := range seen.Probes {
		known[p.Endpoint] = true
	}
	var more []lint.Endpoint
	for _, e := range seen.EndpointsNeeded([]*lint.Project{s.out.Project}, lint.UpOptions{}) {
		if !known[e] {
			more = append(more, e)
		}
	}

	seen.Probes = append(seen.Probes[:len(seen.Probes):len(seen.Probes)], s.picker.Probe(more)...)
	return &seen
}
