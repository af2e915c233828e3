package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/report"
)

// portsFlags are the flags of ports, as given.
type portsFlags struct {
	static bool
	format string
}

func newPorts(w run.Process, g *run.Flags) *cobra.Command {
	var o portsFlags
	cmd := &cobra.Command{
		Use:   "ports",
		Short: "List every host port of the project: where it is written, where its value comes from, who has it now",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return ports(cmd.Context(), w, *g, o) },
	}

	cmd.Flags().BoolVar(&o.static, "static", false, "only what the files say: no process environment, no engine, no sockets;\n"+
		"inside a repository, no file outside of it unless the command line names it")
	cmd.Flags().StringVar(&o.format, "format", "table", "output `NAME`: table, json")
	return cmd
}

// portsFormats are the formats of ports.
var portsFormats = []string{"table", "json"}

func ports(ctx context.Context, w run.Process, g run.Flags, o portsFlags) error {
	if err := oneOf("format", portsFormats)(nil, []string{o.format}); err != nil {
		return err
	}
	color, err := run.UseColor("auto", w)
	if err != nil {
		return err
	}
	base, err := g.Options(w, o.static)
	if err != nil {
		return err
	}
	all, err := run.Load(ctx, w, g, []compose.Options{base})
	if err != nil {
		return err
	}
	if len(all.Failed) > 0 {
		return errors.Join(all.Failed...)
	}
	var machines []run.Machine
	if !o.static {
		machines = all.ProbeAllPorts(ctx)
	}
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	return listPorts(w, all, machines, o.format, color)
}

// listPorts prints the ports of the projects, and who has them on each machine.
func listPorts(w run.Process, all run.Projects, machines []run.Machine, format string, color bool) error {
	r := report.Report{
		Version: w.Version, Dir: w.Dir, Root: compose.Repository(w.Dir), Projects: all.Models(), Sources: all.Sources,
		Now: run.PortsNow(machines, all.Models()), NotChecked: all.Blind(), Color: color,
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
