package up

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// mostRetries is how often --move tries other ports, when somebody takes one between the look and the start.
const mostRetries = 3

// retries reports whether the line is to be run as a child, to be run again when a port was lost.
func (l *Line) retries() bool { return l.move && !l.dryRun && !l.Options.NoStart }

// interrupted is the lowest exit status of a program that a signal has ended.
const interrupted = 128

// lostPorts are the host ports that the engine refused to the project in a run that has failed just now, without those that
// were lost before. A container that had failed before the run says nothing of this one.
func (s *state) lostPorts(ctx context.Context, w run.Process, line *Line, failed error) []dockerapi.Port {
	var status run.ExitStatus
	stopped := ctx.Err() != nil || !errors.As(failed, &status) || status >= interrupted
	if stopped || !line.retries() {
		return nil
	}

	host := dockerapi.Look(ctx, line.globals.Engine(w, s.project.Name))
	var lost []dockerapi.Port
	for i := range host.Containers {
		c := &host.Containers[i]
		refused := c.State == "created" && c.Error != ""
		if c.Project != s.project.Name || !refused || s.hadFailed(c) {
			continue
		}
		for _, r := range refusal.Parse("Error response from daemon: " + c.Error) {
			for _, p := range diagnose.PortsOf(r) {
				if s.asksFor(p) && !slices.Contains(line.lost, p) && !slices.Contains(lost, p) {
					lost = append(lost, p)
				}
			}
		}
	}

	return lost
}

// hadFailed reports whether a container had failed in the same way before Compose ran.
func (s *state) hadFailed(c *lint.Container) bool {
	return slices.ContainsFunc(s.host.Containers, func(o lint.Container) bool { return o.ID == c.ID && o.Error == c.Error })
}

// asksFor reports whether a service of the project publishes a port by its number.
func (s *state) asksFor(p dockerapi.Port) bool {
	return slices.ContainsFunc(s.project.Bindings(), func(b *lint.Binding) bool {
		return b.Proto == p.Proto && b.Contains(p.Number)
	})
}

// listOf writes ports as "8080/tcp, 53/udp".
func listOf(ports []dockerapi.Port) string {
	var all []string
	for _, p := range ports {
		all = append(all, fmt.Sprintf("%d/%s", p.Number, p.Proto))
	}
	return strings.Join(all, ", ")
}
