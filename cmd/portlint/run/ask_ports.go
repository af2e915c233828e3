package run

import (
	"context"
	"net/netip"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// AskPorts asks the engine and this machine's sockets about ports, and reads the files of the projects that have them.
func AskPorts(ctx context.Context, w Process, g Flags, ports []dockerapi.Port) (*lint.Host, lint.Sources) {
	o := g.Engine(w, "")
	host := dockerapi.Look(ctx, o)
	dockerapi.Who(ctx, &host, ports)

	var wanted []lint.Endpoint
	for _, p := range ports {
		wanted = append(wanted, lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)})
	}
	all := NoProjects(w, g)
	all.locateOthers(ctx, &host, wanted)
	startTimes(ctx, o, &host, wanted, func(*lint.Container) bool { return true })
	return &host, all.Sources
}
