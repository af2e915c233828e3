package main

import (
	"context"
	"maps"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/pick"
)

// with is the project that Compose would load with these values in the environment.
func (s *assigning) with(ctx context.Context, values map[string]string) (compose.Loaded, error) {
	o := s.base
	o.Env = maps.Clone(o.Env)
	if o.Env == nil {
		o.Env = map[string]string{}
	}
	maps.Copy(o.Env, values)
	return run.LoadOne(ctx, s.Process, o)
}

// movable finds the variables that alone decide about their host ports, by giving them other values and looking at what
// becomes of the project; why says what keeps the others where they are.
func (s *assigning) movable(ctx context.Context, vars []freeport.PortVar) (good []freeport.PortVar, why map[string]string, err error) {
	why = map[string]string{}
	var plan relocate.Plan
	at := pick.DefaultRange.First
	for _, v := range vars {
		if why[v.Name] = v.Stays(s.loaded.Project); why[v.Name] == "" {
			plan.Add(relocate.PortsOfVariable(v, 0).At(at))
			at += uint16(min(v.PortCount(), 100))
		}
	}

	for again := true; again; {
		now, err := s.with(ctx, plan.Values())
		if err != nil {
			return nil, nil, err
		}
		again = plan.TakeBack(s.loaded, now)
	}
	for _, v := range vars {
		switch move, _ := plan.Move(v.Name).(relocate.PortMove); {
		case why[v.Name] != "":
		case plan.Move(v.Name) == nil:
			why[v.Name] = "its value is more, or less, than a host port"
		default:
			v.Address = move.Address()
			good = append(good, v)
		}
	}

	return good, why, nil
}
