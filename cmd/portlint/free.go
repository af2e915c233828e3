package main

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
	"github.com/portlint/portlint/lint/report"
)

// freeFlags are the flags of free, as given.
type freeFlags struct {
	udp     bool
	hostIP  string
	from    string
	format  string
	verbose bool
}

const (
	maxFree  = 1000            // ports of one run of free
	freeTime = 2 * time.Minute // for which no other run is given them
)

func newFree(w run.Process, g *run.Flags) *cobra.Command {
	var o freeFlags
	cmd := &cobra.Command{
		Use:   "free [N]",
		Short: "Print host ports that are free now and likely to stay so",
		Long: "Print N (default 1) host ports that are free now and likely to stay so, one on a line.\n\n" +
			"They come from 20000-32767, or the range of .portlint.yaml: below the ports for outgoing connections,\n" +
			"without those that browsers refuse, that an operating system's service or a registered program expects,\n" +
			"that the system keeps back, or that a container, running or stopped, a project on the disk around\n" +
			"or a checkout that portlint gave ports to has. Each is tried as the engine would bind it.\n\n" +
			"No other run of portlint is given them within 2 minutes.",
		Example: "  portlint free                  one port\n" +
			"  portlint free 3 --format json  for scripts\n" +
			"  portlint free --near 8080 -v   and why 8080 was passed over",
		Args: atMostOne("N"),
		RunE: func(cmd *cobra.Command, args []string) error { return free(cmd.Context(), w, *g, o, args) },
	}

	f := cmd.Flags()
	f.BoolVar(&o.udp, "udp", false, "ports for udp, not tcp")
	f.StringVar(&o.hostIP, "host-ip", "", "`ADDRESS` that they are for (default: all addresses)")
	f.StringVar(&o.from, "near", "", "search from `PORT` up, not in the range")
	f.StringVar(&o.format, "format", "text", "output `NAME`: text, json")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say which ports were passed over, and why")
	g.RegisterEngine(f)
	return cmd
}

// atMostOne demands at most one argument, which errors call by its name.
func atMostOne(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("expected at most one %s, not %q", name, args)
		}
		return nil
	}
}

// freeFormats are the formats of free.
var freeFormats = []string{"text", "json"}

func free(ctx context.Context, w run.Process, g run.Flags, o freeFlags, args []string) error {
	requests, err := o.requests(args)
	if err != nil {
		return err
	}
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	if ctx.Err() != nil {
		return run.ErrInterrupt
	}
	p, err := freeport.NewPicker(ctx, w, projectAt(ctx, w), &host)
	if err != nil {
		return err
	}
	p.WarnBlind()
	results, err := p.PickFor(ctx, freeTime, requests)
	if err != nil {
		if o.verbose {
			p.ExplainNone(err)
		}
		return err
	}
	if o.verbose {
		for _, got := range results {
			p.Explain(strconv.Itoa(int(got.First)), got)
		}
	}
	return o.print(w, requests, results, p.Blind)
}

// requests are what the flags and the argument ask for.
func (o freeFlags) requests(args []string) ([]pick.Request, error) {
	if err := oneOf("format", freeFormats)(nil, []string{o.format}); err != nil {
		return nil, err
	}
	n, request := 1, pick.Request{Protos: []string{"tcp"}}
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 || n > maxFree {
			return nil, fmt.Errorf("%q is no number of ports: expected 1 to %d", args[0], maxFree)
		}
	}
	if o.udp {
		request.Protos = []string{"udp"}
	}
	if o.hostIP != "" {
		ip, err := netip.ParseAddr(o.hostIP)
		if err != nil {
			return nil, fmt.Errorf("--host-ip: expected an address such as 127.0.0.1, not %q", o.hostIP)
		}
		request.HostIP = ip
	}
	if o.from != "" {
		from, err := run.ParsePort(o.from)
		if err != nil {
			return nil, fmt.Errorf("--near: %w", err)
		}
		request.From = from
	}

	requests := make([]pick.Request, n)
	for i := range requests {
		requests[i] = request
		requests[i].Key = fmt.Sprintf("free %d", i)
	}
	return requests, nil
}

// projectAt is the project of the working directory; where there is none that can be read, only the directory.
func projectAt(ctx context.Context, w run.Process) *lint.Project {
	l, err := run.LoadOne(ctx, w, compose.Options{Dir: w.Dir, Env: w.Env, Profiles: []string{"*"}})
	if err != nil {
		return &lint.Project{Dir: w.Dir}
	}
	return l.Project
}

func (o freeFlags) print(w run.Process, requests []pick.Request, results []pick.Result, blind []lint.Blind) error {
	if o.format == "json" {
		return report.Free(w.Stdout, report.Report{Version: w.Version, NotChecked: blind}, o.hostIP, requests[0].Protos[0], results)
	}

	for _, got := range results {
		if _, err := fmt.Fprintln(w.Stdout, got.First); err != nil {
			return err
		}
	}
	return nil
}
