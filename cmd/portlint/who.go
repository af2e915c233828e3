package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
	"github.com/portlint/portlint/lint/report"
)

func newWho(w run.Process, g *run.Flags) *cobra.Command {
	format, color, lost := "text", "auto", false
	cmd := &cobra.Command{
		Use:   "who [WHAT...]",
		Short: "Say who has a host port, and how to free it without harm to anything else",
		Long: "Say who has a host port, and how to free it without harm to anything else.\n\n" +
			"WHAT is a port (8080, 5432/udp), an address (:8080, localhost:8080, http://localhost:8080/x), a range\n" +
			"(8000-8100), or a service of the project here: the ports that it asks for, and those that it has.\n" +
			"A port without a protocol is asked about as tcp, and as udp, of which only a holder is told.\n\n" +
			"A port of a container leads to its Compose project, service, directory and line; any other to its\n" +
			"process and systemd unit.\n\n" +
			"Without WHAT it lists every host port of this machine, as portlint ports --all does.\n\n" +
			"Exit code 0: nobody has any of the ports. 1: somebody has one. 2: could not look. A list of all ports is 0.",
		Example: "  portlint who 8080\n" +
			"  portlint who web 8000-8100 http://localhost:3000\n" +
			"  portlint who 5432/tcp 53/udp\n" +
			"  portlint who --orphans           stacks whose directory is gone\n" +
			"  portlint who 8080 --format json  for scripts",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return portWords(cmd, w, g)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", whoFormats)(nil, []string{format}); err != nil {
				return err
			}
			switch {
			case lost:
				return lostStacks(cmd.Context(), w, *g, format, color, args)
			case len(args) == 0:
				return hostPorts(cmd.Context(), w, *g, hostPortsAsked{order: machine.ByPort, format: format, color: color})
			}
			return who(cmd.Context(), w, *g, format, color, args)
		},
	}

	cmd.Flags().StringVar(&format, "format", format, "output `NAME`: text, json; without WHAT also markdown")
	cmd.Flags().StringVar(&color, "color", color, "`WHEN` to use color: auto, always, never")
	cmd.Flags().BoolVar(&lost, "orphans", false, "list the stacks of the engine whose directory is gone, such as a deleted worktree's")
	g.RegisterEngine(cmd.Flags())
	return cmd
}

// whoFormats are the formats of who.
var whoFormats = []string{"text", "json", "markdown"}

// errMarkdown refuses a format for a question about single ports.
var errMarkdown = errors.New("--format markdown is for the list of all ports: leave the ports out")

func who(ctx context.Context, w run.Process, g run.Flags, format, colors string, args []string) error {
	a, err := parseAsked(args)
	if err != nil {
		return err
	}
	if format == "markdown" {
		return errMarkdown
	}
	here, more := run.NewHere(w, g), func(*lint.Host) []askedPort { return nil }
	if len(a.services) > 0 {
		if more, err = askedServices(ctx, here, a.services); err != nil {
			return err
		}
	}
	color, err := run.UseColor(colors, w)
	if err != nil {
		return err
	}

	host, sources := run.AskPortsOf(ctx, w, g, func(h *lint.Host) []dockerapi.Port {
		a.add(more(h)...)
		return a.numbers()
	})
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	if len(a.ports) == 0 {
		return fmt.Errorf("no host port of %s is known: the files fix none, and no container has one", lint.AndList(a.services))
	}

	uses := a.uses(host)
	here.AddMoves(ctx, pointers(uses))
	sources.Merge(here.Sources())
	r := report.Report{
		Asked: w.Now(), Version: w.Version, Dir: w.Dir, Sources: sources, NotChecked: slices.Concat(host.Blind, here.Unread()),
		Color: color, Width: run.Width(w.Stdout),
	}
	if err := report.Who(w.Stdout, r, uses, format); err != nil {
		return err
	}
	return whoCode(uses)
}

// lostStacks lists the stacks of the engine whose directories are gone.
func lostStacks(ctx context.Context, w run.Process, g run.Flags, format, colors string, args []string) error {
	if format == "markdown" {
		return errMarkdown
	}
	if len(args) > 0 {
		return errors.New("--orphans lists all stacks whose directory is gone: leave the ports out")
	}
	color, err := run.UseColor(colors, w)
	if err != nil {
		return err
	}
	host := run.AskContainers(ctx, w, g)
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}

	r := report.Report{Version: w.Version, Dir: w.Dir, NotChecked: host.Blind, Color: color, Width: run.Width(w.Stdout)}
	stacks := host.LostStacks()
	if err := report.LostStacks(w.Stdout, r, stacks, format); err != nil {
		return err
	}
	switch {
	case len(stacks) > 0:
		return run.ErrFindings
	case host.Engine.Version == "":
		return errors.New("could not ask the engine for its stacks")
	}
	return nil
}

func pointers(uses []lint.PortUse) []*lint.PortUse {
	out := make([]*lint.PortUse, len(uses))
	for i := range uses {
		out[i] = &uses[i]
	}
	return out
}

// uses says who has each port.
func (a *asked) uses(host *lint.Host) []lint.PortUse {
	uses := make([]lint.PortUse, len(a.ports))
	for i, p := range a.ports {
		uses[i] = host.Who(p.Number, p.Proto)
		uses[i].Implied, uses[i].Within = p.implied, p.within
	}
	return uses
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
		return fmt.Errorf("could not look at everything that may have %s", strings.Join(firstNamed(unknown), ", "))
	}
	return nil
}

// mostNamed is how many ports, or containers, an error names.
const mostNamed = 6

// firstNamed counts what would be too many to name.
func firstNamed(list []string) []string {
	if more := len(list) - mostNamed; more > 1 {
		return append(list[:mostNamed:mostNamed], fmt.Sprintf("%d more", more))
	}
	return list
}
