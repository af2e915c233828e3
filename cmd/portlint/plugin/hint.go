package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
	"github.com/portlint/portlint/lint/report"
)

// hintTime is how long the answer to a hook may take, of the quarter of a second that people don't notice. The rest is
// left for starting the program. On a machine that is too busy for it there is no hint.
const hintTime = 200 * time.Millisecond

// Hint answers docker's hook after a command that failed: with who has a port that it needs, certainly and now, and else
// with nothing at all. Nothing that goes wrong here may add to what went wrong before.
func Hint(ctx context.Context, w run.Process, request string) error {
	failed, err := parseHook(request)
	if err != nil {
		return nil //nolint:nilerr // a newer docker may ask in other words
	}
	ctx, cancel := context.WithTimeout(ctx, w.Within(hintTime))
	defer cancel()
	found := make(chan []string, 1)
	go func() {
		defer func() { _ = recover() }() // compose-go on a strange file
		found <- hintLines(ctx, w, failed)
	}()

	select {
	case <-ctx.Done():
		return nil
	case lines := <-found:
		if len(lines) == 0 || ctx.Err() != nil {
			return nil
		}
		return writeHint(w.Stdout, lines)
	}
}

// hintLines are the lines for people.
func hintLines(ctx context.Context, w run.Process, failed failedCommand) []string {
	g, words, ok := parentLine(ctx, &w)
	switch {
	case !ok:
		return nil
	case failed.ofCompose():
		return projectHint(ctx, w, g, failedUp(words))
	default:
		return errorHint(ctx, w, g, failed.Error)
	}
}

// errorHint says who has the ports of an engine's error, which docker passes on for its own commands.
func errorHint(ctx context.Context, w run.Process, g run.Flags, text string) []string {
	refusals := refusal.Parse(text)
	var ports []dockerapi.Port
	for _, r := range refusals {
		ports = diagnose.WithAll(ports, diagnose.PortsOf(r))
	}
	if len(ports) == 0 {
		return nil
	}
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	dockerapi.Who(ctx, &host, ports)
	rep := report.Report{Asked: w.Now(), Dir: w.Dir}
	var lines, last []string
	for _, r := range refusals {
		for _, u := range diagnose.DiagnosisOf(&host, r, diagnose.PortsOf(r), diagnose.SameProject{}).Uses {
			for _, b := range u.Holders {
				if said := rep.Holder(u, b); !slices.Equal(said, last) {
					lines, last = append(lines, said...), said
				}
			}
		}
	}

	return lines
}

// projectHint says which ports of the project from here, as far as the failed `up` was to start it, can't be bound now.
func projectHint(ctx context.Context, w run.Process, g run.Flags, up lint.UpOptions) []string {
	base, err := g.Options(w, false)
	if err != nil {
		return nil
	}
	all, err := run.Load(ctx, w, g, []compose.Options{base})
	if err != nil || len(all.All) == 0 {
		return nil
	}
	models := all.Models()
	host := dockerapi.Look(ctx, g.Engine(w, models[0].Name))
	host.Containers = slices.DeleteFunc(host.Containers, func(c lint.Container) bool {
		return c.Project == models[0].Name && c.State == "created" // what the failed start left: the next one may take it without its ports
	})
	dockerapi.Probe(ctx, &host, host.EndpointsNeeded(models, up))
	set, err := run.NewSettingsFinder(w.Dir, run.Overrides{}).Project(models[0].Dir)
	if err != nil {
		return nil
	}
	var lines []string
	for _, f := range lint.Obstacles(models[0], lint.Settings{Host: &host, Up: up, Within: set.Within, Reserved: set.Reserved}) {
		if f.Certainty != lint.Certain {
			continue
		}
		said := report.Report{Dir: w.Dir, Sources: all.Sources}.Message(f)
		lines = append(lines, said[0])
		for _, note := range said[1:] {
			lines = append(lines, "  "+note)
		}
		if len(f.Fixes) > 0 {
			lines = append(lines, "  "+report.FixLine(f.Fixes[0]))
		}
	}

	return lines
}
