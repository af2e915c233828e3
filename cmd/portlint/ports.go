package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
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
	all, err := load(ctx, w, []compose.Options{base})
	if err != nil {
		return err
	}
	if len(all.failed) > 0 {
		return errors.Join(all.failed...)
	}
	var machines []machine
	if !o.static {
		machines = lookNow(ctx, w, g, &all)
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
	all.sayEarlierOf(w, hostsOf(machines)...)
	for _, b := range r.NotChecked {
		if b.AfterUp { // it has a line of its own in the table
			continue
		}
		say(w.stderr, "not checked: %s: %s", b.Subject(), b.Why)
	}
	return refused(w, all)
}

// refused says why the list is not what Compose would publish: it would not take the project as it is.
func refused(w world, all loaded) error {
	var why []error
	for _, p := range all.models() {
		for _, d := range p.Defects {
			why = append(why, fmt.Errorf("%sdocker compose refuses this project: %s", place(w, all, d.Span), d.Reason))
		}
		for _, i := range p.Invalid {
			why = append(why, fmt.Errorf("%sthis port of %q is refused: %s", place(w, all, i.Span), i.Service, i.Reason))
		}
	}
	return errors.Join(why...)
}

// place writes the beginning of a span as "FILE:LINE: ", "" when it is not known.
func place(w world, all loaded, s lint.Span) string {
	if !s.Known() {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", relative(w.dir, s.File), all.sources.Position(s.File, s.Start).Line)
}
