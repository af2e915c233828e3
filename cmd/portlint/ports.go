package main

import (
	"context"

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
		Short: "List every host port of the project: where it is written and where its value comes from",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return ports(cmd.Context(), w, *g, o) },
	}
	cmd.Flags().BoolVar(&o.static, "static", false, "only what the files say: no process environment")
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
	if all.failed != nil {
		return all.failed
	}
	r := report.Report{
		Version: w.version, Dir: w.dir, Projects: all.models(), Sources: all.sources,
		NotChecked: all.blind(), Color: color,
	}
	return report.Ports(w.stdout, r, o.format)
}
