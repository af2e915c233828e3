package main

import (
	"context"
	"errors"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
	"github.com/portlint/portlint/lint/report"
)

// hostPortsAsked is what `ports --all` and `who` alone are asked.
type hostPortsAsked struct {
	paths  []string // below which projects are looked for; none: the project here, and its other checkouts
	order  machine.Order
	format string
	color  string
}

// orders are the orders of host ports.
var orders = []string{string(machine.ByPort), string(machine.ByProject)}

// hostPorts prints every host port of the machines.
func hostPorts(ctx context.Context, w run.Process, g run.Flags, o hostPortsAsked) error {
	color, err := run.UseColor(o.color, w)
	if err != nil {
		return err
	}
	all, err := o.projects(ctx, w, g)
	if err != nil {
		return err
	}
	unread := errors.Join(errors.Join(all.Failed...), all.Refused())
	if len(o.paths) == 0 {
		all.AddCheckouts(ctx)
	}
	said := all.AskHostPorts(ctx)
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}

	r := report.Report{Version: w.Version, Dir: w.Dir, Sources: all.Sources, NotChecked: slices.Concat(all.Blind(), refusedOf(all), said.Blind),
		Color: color, Width: run.Width(w.Stdout)}
	if len(o.paths) > 0 {
		r.Projects = all.Models()
	}
	if err := report.HostPorts(w.Stdout, r, said.Claims, o.order, o.format); err != nil {
		return err
	}
	if len(o.paths) > 0 || g.NameFiles(w) {
		return unread
	}
	return nil
}

// refusedOf says of which projects Compose would take no ports, because it refuses them.
func refusedOf(all run.Projects) []lint.Blind {
	var blind []lint.Blind
	for _, p := range all.Models() {
		for _, d := range p.Defects {
			blind = append(blind, lint.Blind{What: "the ports of " + p.Label(), Why: "docker compose refuses this project: " + d.Reason})
		}
	}
	return blind
}

// projects are those whose ports are wanted.
func (o hostPortsAsked) projects(ctx context.Context, w run.Process, g run.Flags) (run.Projects, error) {
	if len(o.paths) == 0 {
		return run.ProjectHere(ctx, w, g)
	}
	all, err := projectsBelow(ctx, w, g, o.paths, false)
	if err == nil && len(all.All) == 0 && len(all.Failed) > 0 {
		return all, errors.Join(all.Failed...)
	}
	return all, err
}

// projectsBelow reads the projects below PATHs.
func projectsBelow(ctx context.Context, w run.Process, g run.Flags, paths []string, static bool) (run.Projects, error) {
	none := run.NoProjects(w, g)
	base, err := g.Options(w, static)
	if err != nil {
		return none, err
	}
	sf := run.NewSettingsFinder(w.Dir, run.Overrides{})
	sf.Confined = static
	found, err := run.FindProjects(ctx, base, paths, sf.Excludes)
	if err != nil {
		return none, err
	}
	for _, note := range found.Notes {
		run.Logf(w.Stderr, "%s", note)
	}

	all, err := run.Load(ctx, w, g, found.Projects)
	if err == nil {
		all.AddUnread(found.Blind)
	}
	return all, err
}
