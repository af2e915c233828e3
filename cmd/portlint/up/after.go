package up

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/reach"
	"github.com/portlint/portlint/lint/refusal"
)

// printURLs says where each service of the project is published now, which is what the engine says and not the files, and
// which port that was to be published is not.
func (s *state) printURLs(ctx context.Context, w run.Process, line *Line, program composeProgram) {
	host := dockerapi.Look(ctx, line.globals.Engine(w, ""))
	if host.Engine.Version == "" {
		run.Logf(w.Stderr, "where the services are published is not known: %s", host.Blind[0].Why)
		return
	}

	at := reach.EngineHost(host.Engine.Endpoint)
	asked := line.Options
	asked.NoRecreate = false // or what was left running would not count
	for _, service := range lint.PlanUp(s.project, s.host, asked).Starts {
		var ports []lint.PublishedPort
		for _, c := range host.Replicas(s.project.Name, service.Name) {
			ports = append(ports, c.Bound...)
		}
		for _, p := range reach.OnePerSocket(ports) {
			fmt.Fprintf(w.Stdout, "%s %s -> %d%s\n", run.Escape(service.Name), reach.At(p, at), p.Target, reach.Suffix(p.Proto))
		}
		for _, b := range service.Unpublished(ports) {
			run.Logf(w.Stderr, "%s of %q is not published; to make its container anew: %s", b.Want(), service.Name,
				program.typed(line, "up", "-d", "--force-recreate", "--no-deps", service.Name))
		}
	}
}

// printFailure says which ports the engine has refused after all, who has them, and what Compose has left behind. It says
// nothing where the failure was about something else.
func (s *state) printFailure(ctx context.Context, w run.Process, line *Line, program composeProgram) {
	ctx = context.WithoutCancel(ctx) // Ctrl-C was for Compose
	host := dockerapi.Look(ctx, line.globals.Engine(w, s.project.Name))
	var refused, left []string
	for i := range host.Containers {
		c := &host.Containers[i]
		if c.Project != s.project.Name || c.State != "created" {
			continue
		}
		left = append(left, strconv.Quote(c.Name))
		if c.Error != "" {
			refused = append(refused, "Error response from daemon: "+c.Error)
		}
	}

	d := diagnose.Refusals(ctx, w, line.globals, refusal.Parse(strings.Join(refused, "\n")))
	if len(d.Refusals) == 0 {
		return
	}
	color, _ := run.UseColor("auto", w) // auto is known
	if err := d.Print(w.Stderr, "text", color && run.IsTerminal(w.Stderr)); err != nil {
		return // nobody reads standard error
	}
	run.Logf(w.Stderr, "created and not started: %s; to remove all of the project: %s; to start it with containers made anew: %s",
		strings.Join(left, ", "), program.typed(line, "down"), program.typed(line, "up", "-d", "--force-recreate"))
}
