package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/report"
)

// portsFlags are the flags of ports, as given.
type portsFlags struct {
	static bool
	format string
}

func newPorts(w world, g *globals) *cobra.Command {
	var o portsFlags
	cmd := &cobra.Command{
		Use:   "ports",
		Short: "List every host port of the project: where it is written, where its value comes from, who has it now",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return ports(cmd.Context(), w, *g, o) },
	}
	cmd.Flags().BoolVar(&o.static, "static", false, "only what the files say: no process environment, no engine, no sockets")
	cmd.Flags().StringVar(&o.format, "format", "table", "output `NAME`: table, json")
	return cmd
}

// portsFormats are the formats of ports.
var portsFormats = []string{"table", "json"}

func ports(ctx context.Context, w world, g globals, o portsFlags) error {
	if err := oneOf("format", portsFormats)(nil, []string{o.format}); err != nil {
		return err
	}
	color, err := useColor("auto", w)
	if err != nil {
		return err
	}
	base, err := g.options(w, o.static)
	if err != nil {
		return err
	}
	all, err := load(ctx, w, g, []compose.Options{base})
	if err != nil {
		return err
	}
	if len(all.failed) > 0 {
		return errors.Join(all.failed...)
	}
	var machines []machine
	if !o.static {
		machines = all.lookNow(ctx)
	}
	if ctx.Err() != nil {
		return errInterrupt
	}
	return listPorts(w, all, machines, o.format, color)
}

// listPorts prints the ports of the projects, and who has them on each machine.
func listPorts(w world, all loaded, machines []machine, format string, color bool) error {
	r := report.Report{
		Version: w.version, Dir: w.dir, Root: compose.Repository(w.dir), Projects: all.models(), Sources: all.sources,
		Now: nowOn(machines, all.models()), NotChecked: all.blind(), Color: color,
	}
	for _, m := range machines {
		r.NotChecked = append(r.NotChecked, blindOn(m.context, m.host)...)
	}
	if err := report.Ports(w.stdout, r, format); err != nil {
		return err
	}
	sayEarlierOf(&all, hostsOf(machines)...)
	for _, b := range r.NotChecked {
		if b.AfterUp { // it has a line of its own in the table
			continue
		}
		say(w.stderr, "not checked: %s: %s", b.Subject(), b.Why)
	}
	return all.refused()
}
