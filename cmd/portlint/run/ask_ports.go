package run

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// AskPorts asks the engine and this machine's sockets about ports, and reads the files of the projects that have them.
func AskPorts(ctx context.Context, w Process, g Flags, ports []dockerapi.Port) (*lint.Host, lint.Sources) {
	return AskPortsOf(ctx, w, g, func(*lint.Host) []dockerapi.Port { return ports })
}

// AskPortsOf is AskPorts for ports that depend on what the engine has.
func AskPortsOf(ctx context.Context, w Process, g Flags, which func(*lint.Host) []dockerapi.Port) (*lint.Host, lint.Sources) {
	m := Machine{asked: g.Engine(w, "")}
	host := dockerapi.Look(ctx, m.asked)
	ports := which(&host)
	dockerapi.Who(ctx, &host, ports)
	placeProcesses(ctx, w, &host)

	m.Host = &host
	for _, p := range ports {
		m.wanted = append(m.wanted, lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)})
	}
	lookForDirs(ctx, w, &host, func(c *lint.Container) bool { return c.Wants(m.wanted) })
	all := NoProjects(w, g)
	all.locateOthers(ctx, &m)
	startTimes(ctx, w, &m, func(*lint.Container) bool { return true })
	return &host, all.Sources
}

// AskContainers asks the engine for its containers, and looks for the directories of all that Compose made. Where those are another
// machine's, or too slow to answer, is a blind spot.
func AskContainers(ctx context.Context, w Process, g Flags) *lint.Host {
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	lookForDirs(ctx, w, &host, func(*lint.Container) bool { return true })
	host.Blind = slices.DeleteFunc(host.Blind, func(b lint.Blind) bool { return b.What != lint.BlindEngine })

	unknown := map[string]bool{}
	for _, c := range host.Containers {
		if c.DirState == lint.DirNotKnown {
			unknown[c.WorkingDir] = true
		}
	}
	if len(unknown) > 0 {
		why := cmp.Or(host.Engine.DirsElsewhere, "they did not answer in time")
		host.Blind = append(host.Blind, lint.Blind{What: "directories of stacks", Why: why})
	}
	return &host
}

// AskNames asks the engine who has the names of containers, and reads the files of the projects that have them.
func AskNames(ctx context.Context, w Process, g Flags, names []string) (*lint.Host, lint.Sources) {
	m := Machine{asked: g.Engine(w, ""), names: map[string]bool{}}
	for _, name := range names {
		m.names[name] = true
	}

	host := dockerapi.Look(ctx, m.asked)
	m.Host = &host
	all := NoProjects(w, g)
	all.locateOthers(ctx, &m)
	startTimes(ctx, w, &m, func(*lint.Container) bool { return true })
	return &host, all.Sources
}
