package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

func newWho(w run.Process, g *run.Flags) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "who PORT[/PROTO]...",
		Short: "Say who has a host port, and how to free it without harm to anything else",
		Long: "Say who has a host port, and how to free it without harm to anything else.\n\n" +
			"PORT alone asks about tcp and udp. A port of a container leads to its Compose project, service,\n" +
			"directory and line; any other to its process and systemd unit.\n\n" +
			"Exit code 0: nobody has any of the ports. 1: somebody has one. 2: could not look.",
		Example: "  portlint who 8080\n" +
			"  portlint who 5432/tcp 53/udp\n" +
			"  portlint who 8080 --format json  for scripts",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return portWords(cmd, w, g)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return who(cmd.Context(), w, *g, format, args) },
	}

	cmd.Flags().StringVar(&format, "format", format, "output `NAME`: text, json")
	g.RegisterEngine(cmd.Flags())
	return cmd
}

// whoFormats are the formats of who.
var whoFormats = []string{"text", "json"}

func who(ctx context.Context, w run.Process, g run.Flags, format string, args []string) error {
	if err := oneOf("format", whoFormats)(nil, []string{format}); err != nil {
		return err
	}
	ports, err := parsePorts(args)
	if err != nil {
		return err
	}
	color, err := run.UseColor("auto", w)
	if err != nil {
		return err
	}
	host, sources := run.AskPorts(ctx, w, g, ports)
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	uses := make([]lint.PortUse, len(ports))
	for i, p := range ports {
		uses[i] = host.Who(p.Number, p.Proto)
	}
	r := report.Report{Version: w.Version, Dir: w.Dir, Sources: sources, NotChecked: host.Blind, Color: color}
	if err := report.Who(w.Stdout, r, uses, format); err != nil {
		return err
	}
	return whoCode(uses)
}

// whoCode turns what is known into an exit code.
func whoCode(uses []lint.PortUse) error {
	var unknown []string
	for _, u := range uses {
		switch free, known := u.Free(); {
		case len(u.Holders) > 0:
			return run.ErrFindings
		case !known && !free:
			unknown = append(unknown, fmt.Sprintf("%d/%s", u.Port, u.Proto))
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("could not look at everything that may have %s", strings.Join(unknown, ", "))
	}
	return nil
}

// parsePorts reads "8080", which means tcp and udp, and "5432/udp".
func parsePorts(args []string) ([]dockerapi.Port, error) {
	var ports []dockerapi.Port
	for _, arg := range args {
		number, proto, named := strings.Cut(arg, "/")
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q is no port: expected a number from 1 to 65535, as in 8080 or 5432/udp", arg)
		}
		protos := []string{strings.ToLower(proto)}
		if !named {
			protos = []string{"tcp", "udp"}
		}
		for _, proto := range protos {
			p := dockerapi.Port{Number: uint16(n), Proto: proto}
			switch {
			case proto != "tcp" && proto != "udp":
				return nil, fmt.Errorf("%q: unknown protocol %q, expected tcp or udp", arg, proto)
			case !slices.Contains(ports, p):
				ports = append(ports, p)
			}
		}
	}
	if len(ports) == 0 {
		return nil, errors.New("expected a port, as in portlint who 8080")
	}
	return ports, nil
}
