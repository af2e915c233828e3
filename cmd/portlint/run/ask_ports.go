package run

import (
	"context"
	"net/netip"

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
	placeProcesses(ctx, &host)

	m.Host = &host
	for _, p := range ports {
		m.wanted = append(m.wanted, lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)})
	}
	all := NoProjects(w, g)
	all.locateOthers(ctx, &m)
	startTimes(ctx, &m, func(*lint.Container) bool { return true })
	return &host, all.Sources
}
