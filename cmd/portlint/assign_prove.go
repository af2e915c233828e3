package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

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
func (p proof) movable(ctx context.Context, project *lint.Project, vars []freeport.PortVar) (good []freeport.PortVar, why map[string]string, err error) {
	why, values := map[string]string{}, map[string]string{}
	at := pick.DefaultRange.First
	for _, v := range vars {
		if s := v.BothSides(project); s != "" {
			why[v.Name] = fmt.Sprintf("it gives %q the container port too; `portlint check --fix` parts the two", s)
			continue
		}
		if v.Apart(project) {
			why[v.Name] = "its defaults are different ports, which one value would make the same"
			continue
		}
		values[v.Name] = v.Set(at)
		at += uint16(min(v.PortCount(), 100))
	}

	moved, err := p.with(ctx, values)
	if err != nil {
		return nil, nil, err
	}
	now := map[string]freeport.PortVar{}
	after, _ := freeport.PortVars(moved)
	for _, v := range after {
		now[v.Name] = v
	}
	for _, v := range vars {
		switch m := now[v.Name]; {
		case why[v.Name] != "":
		case m.Shape() != v.Shape() || values[v.Name] != m.Set(m.First):
			why[v.Name] = "its value is more, or less, than a host port"
		default:
			good = append(good, v)
		}
	}

	return good, why, nil
}
