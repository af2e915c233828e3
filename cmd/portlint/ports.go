package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/machine"
	"github.com/portlint/portlint/lint/report"
)

// portsFlags are the flags of ports, as given.
type portsFlags struct {
	all    bool
	static bool
	order  string
	format string
	color  string
}

func newPorts(w run.Process, g *run.Flags) *cobra.Command {
	var o portsFlags
	cmd := &cobra.Command{
		Use:   "ports [PATH...]",
		Short: "List every host port of the project, or of the machine: where it is written, where its value comes from, who has it now",
		Long: "List every host port of the project: where it is written, where its value comes from, who has it now.\n\n" +
			"With PATHs: of every project below these files and directories.\n\n" +
			"With --all: every host port of the machine, with who has it, and those that stopped containers, other checkouts\n" +
			"and the projects below PATH are going to ask for. Ports in a row that are alike share a line.\n\n" +
			"Where the terminal is too narrow, columns are shortened, and then left out: LAYER, VALUE FROM, VARIABLE, ACTIVE,\n" +
			"ADDRESS, CONTAINER, WRITTEN in this order; with --all ADDRESS, BY, WHERE, REACH.",
		Example: "  portlint ports                                the project here\n" +
			"  portlint ports --all                          the machine\n" +
			"  portlint ports --all --sort project --context default --context build1\n" +
			"  portlint ports --all ~/src --format markdown  and what its stacks ask for",
		RunE: func(cmd *cobra.Command, args []string) error { return ports(cmd, w, *g, o, args) },
	}

	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "every host port of the machine")
	f.StringVar(&o.order, "sort", orders[0], "with --all: `ORDER` of the lines: port, project")
	f.BoolVar(&o.static, "static", false, "only what the files say: no process environment, no engine, no sockets;\n"+
		"inside a repository, no file outside of it unless the command line names it")
	f.StringVar(&o.format, "format", "table", "output `NAME`: table, json, markdown")
	f.StringVar(&o.color, "color", "auto", "`WHEN` to use color: auto, always, never")
	return cmd
}

// portsFormats are the formats of ports.
var portsFormats = []string{"table", "json", "markdown"}

func ports(cmd *cobra.Command, w run.Process, g run.Flags, o portsFlags, paths []string) error {
	if err := errors.Join(oneOf("format", portsFormats)(nil, []string{o.format}), oneOf("order", orders)(nil, []string{o.order})); err != nil {
		return err
	}
	switch {
	case o.all && o.static:
		return errors.New("--all asks the machine, which --static forbids")
	case o.all:
		return hostPorts(cmd.Context(), w, g, hostPortsAsked{paths: paths, order: machine.Order(o.order), format: o.format, color: o.color})
	case cmd.Flags().Changed("sort"):
		return errors.New("--sort is for --all: the ports of a project are in the order of its files")
	}
	return projectPorts(cmd.Context(), w, g, o, paths)
}

// projectPorts lists the ports of projects.
func projectPorts(ctx context.Context, w run.Process, g run.Flags, o portsFlags, paths []string) error {
	color, err := run.UseColor(o.color, w)
	if err != nil {
		return err
	}
	all, err := projectsBelow(ctx, w, g, paths, o.static)
	if err != nil {
		return err
	}
	if len(all.Failed) > 0 && len(all.All) == 0 {
		return errors.Join(all.Failed...)
	}

	var machines []run.Machine
	if !o.static {
		machines = all.ProbeAllPorts(ctx)
	}
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	return errors.Join(listPorts(w, all, machines, o.format, color), errors.Join(all.Failed...))
}

// listPorts prints the ports of the projects, and who has them on each machine.
func listPorts(w run.Process, all run.Projects, machines []run.Machine, format string, color bool) error {
	r := report.Report{
		Version: w.Version, Dir: w.Dir, Root: compose.Repository(w.Dir), Projects: all.Models(), Sources: all.Sources,
		Now: run.PortsNow(machines, all.Models()), NotChecked: all.Blind(), Color: color, Width: run.Width(w.Stdout),
	}

	for _, m := range machines {
		r.NotChecked = append(r.NotChecked, run.BlindOn(m.Context, m.Host)...)
	}
	if err := report.Ports(w.Stdout, r, format); err != nil {
		return err
	}
	up.LogPreviousMoves(&all, run.HostsOf(machines)...)
	for _, b := range r.NotChecked {
		if b.AfterUp { // it has a line of its own in the table
			continue
		}
		run.Logf(w.Stderr, "not checked: %s: %s", b.Subject(), b.Why)
	}
	return all.Refused()
}
