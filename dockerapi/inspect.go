package dockerapi

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"golang.org/x/sync/errgroup"

	"github.com/portlint/portlint/lint"
)

const (
	inspectAtOnce = 8
	inspectOthers = 100 // at most; what a stopped stranger wants is a warning about later, never the verdict
)

// inspected is what the engine says of one container that was asked about by itself.
type inspected struct {
	id   string
	full container.InspectResponse
}

// inspect asks what the list does not say: which ports stopped containers want, and whether they come back by themselves.
// The list does not tell the restart policy, so that the containers of others have to be inspected to know it.
func (c *conn) inspect(ctx context.Context, all *calls, list []container.Summary, e lint.Engine, project string) []inspected {
	containers, _ := containersOf(list, lint.Engine{}) // of their ports only whether there are some is read here
	selected, left := toInspect(containers, project, e.ListsFirstOfRun())
	answered := make([]inspected, len(selected))
	var (
		g     errgroup.Group
		blind calls
	)
	g.SetLimit(inspectAtOnce)
	for i, stopped := range selected {
		g.Go(func() error {
			full, err := c.api.ContainerInspect(ctx, stopped.ID)
			switch {
			case err == nil:
				answered[i] = inspected{stopped.ID, full}
			case !gone(err): // one that is gone by now wants nothing
				blind.add(c.notInspected(ctx, stopped, project, err))
			}
			return nil
		})
	}

	_ = g.Wait() // no call returns an error
	if left > 0 {
		blind.add(lint.Blind{What: blindStopped, Why: fmt.Sprintf("%d of other projects were not asked which ports they want", left)})
	}
	all.add(oneOfEach(blind.blind)...)
	return answered
}

// gone reports whether an engine answered that there is no such container. Podman says so in its own words when one goes while it
// looks.
func gone(err error) bool {
	return errdefs.IsNotFound(err) || strings.Contains(err.Error(), "does not exist in database")
}

// fillAll adds what was asked of containers by themselves, and returns what of their ports can't be read.
func fillAll(h *lint.Host, answered []inspected, project string) []lint.Blind {
	at := map[string]*lint.Container{}
	for i := range h.Containers {
		at[h.Containers[i].ID] = &h.Containers[i]
	}

	var blind []lint.Blind
	for i := range answered {
		c := at[answered[i].id]
		if c == nil {
			continue
		}
		if unread := fill(c, &answered[i].full, h); len(unread) > 0 {
			blind = append(blind, unreadPorts(whatOf(c, project), c, unread))
		}
	}
	return oneOfEach(blind)
}

// notInspected is a blind spot of the engine for an own container, whose ports the next up binds, and a lesser one for
// a stranger.
func (c *conn) notInspected(ctx context.Context, stopped *lint.Container, project string, err error) lint.Blind {
	if isOwn(stopped, project) {
		return lint.Blind{What: blindEngine, Why: fmt.Sprintf("the engine did not tell which ports %q wants: %s", stopped.Name, c.why(ctx, err))}
	}
	return lint.Blind{What: blindStopped, Why: "some were not asked which ports they want: " + c.why(ctx, err)}
}

// whatOf is what a blind spot about a stopped container is about: the next up binds the ports of an own one.
func whatOf(c *lint.Container, project string) string {
	if isOwn(c, project) {
		return blindEngine
	}
	return blindStopped
}

func oneOfEach(list []lint.Blind) []lint.Blind {
	slices.SortFunc(list, func(a, b lint.Blind) int { return strings.Compare(a.What+a.Why, b.What+b.Why) })
	return slices.Compact(list)
}

func isOwn(c *lint.Container, project string) bool { return project != "" && c.Project == project }

// toInspect chooses all containers of the project that do not run, and of the others those that may take a port when they
// start, one that was only created among them: the restarting ones first, then the newest. It says how many of these are
// left out. Where the list tells only a part of the ports that containers have, those that run and have some are chosen too.
func toInspect(all []lint.Container, project string, listsPart bool) (selected []*lint.Container, left int) {
	var own, restarting, stopped []*lint.Container
	for i := range all {
		c := &all[i]
		switch {
		case c.Running() && listsPart && len(c.Bound) > 0:
			own = append(own, c)
		case c.Running():
		case isOwn(c, project):
			own = append(own, c)
		case c.State == "restarting":
			restarting = append(restarting, c)
		case c.State != "removing":
			stopped = append(stopped, c)
		}
	}

	others := slices.Concat(restarting, stopped)
	if left = len(others) - inspectOthers; left > 0 {
		return append(own, others[:inspectOthers]...), left
	}
	return append(own, others...), 0
}

// fill adds what the engine says of one container, and returns what of its ports can't be read.
func fill(c *lint.Container, full *container.InspectResponse, h *lint.Host) (unread []string) {
	if full.ContainerJSONBase == nil {
		return nil
	}

	if s := full.State; s != nil {
		c.PID = s.Pid
		c.StartedAt = localTime(s.StartedAt)
		c.Error = s.Error
	}

	if full.HostConfig != nil {
		policy := full.HostConfig.RestartPolicy
		c.Restart = string(policy.Name)
		c.Retries = full.State != nil && full.State.ExitCode != 0 &&
			(policy.MaximumRetryCount == 0 || full.RestartCount < policy.MaximumRetryCount)
		c.Wanted, unread = wanted(c, full.HostConfig, h)
		if c.Running() && h.Engine.ListsFirstOfRun() {
			c.Bound, c.Wanted = c.Wanted, nil
		}
	}

	return unread
}

// wanted are the host ports that a container binds when it starts. Those that the engine picks are left out; so are those
// of a container without a network of its own, where the engine drops them. unread are those that are no port.
func wanted(c *lint.Container, config *container.HostConfig, h *lint.Host) (ports []lint.PublishedPort, unread []string) {
	if m := config.NetworkMode; m.IsHost() || m.IsNone() || m.IsContainer() {
		return nil, nil
	}

	for target, bindings := range config.PortBindings {
		for _, b := range bindings {
			if enginePicks(b.HostPort) {
				continue
			}

			host, isPort := portRange(b.HostPort)
			ips, isAddress := defaultAddresses(b.HostIP, c.Networks, h)
			if !isPort || !isAddress {
				unread = append(unread, fmt.Sprintf("%s:%s->%s", b.HostIP, b.HostPort, target))
				continue
			}

			for _, ip := range ips {
				ports = append(ports, published(target.Proto(), ip, host, uint16(target.Int())))
			}
		}
	}

	slices.SortFunc(ports, comparePorts)
	slices.Sort(unread)
	return slices.Compact(ports), unread
}

// defaultAddresses are those of a binding: where none is written, the network may have a default of its own.
func defaultAddresses(written string, on []string, h *lint.Host) (all []netip.Addr, ok bool) {
	if written != "" || len(on) != 1 {
		return addresses(written, h.Engine)
	}

	if n := h.Network(on[0]); n != nil && h.Engine.ReadsBridgeOptions() {
		written = n.Options["com.docker.network.bridge.host_binding_ipv4"]
	}

	if written == "0.0.0.0" {
		written = ""
	}
	return addresses(written, h.Engine)
}
