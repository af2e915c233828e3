package dockerapi

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"github.com/portlint/portlint/dockerapi/sockets"
	"github.com/portlint/portlint/lint"
)

// Probe tries to bind the endpoints on this machine as the engine would, where that is the engine's own machine, and
// fills in Probes, Ephemeral and what could not be seen. Elsewhere it changes nothing: Look has said why.
func Probe(ctx context.Context, h *lint.Host, want []lint.Endpoint) {
	if !h.Engine.Local {
		return
	}
	if first, last, ok := sockets.EphemeralRange(); ok {
		h.Ephemeral = [2]uint16{first, last}
	}
	// Engine 28 alone gives its UDP sockets SO_REUSEADDR: moby #48132, taken back in #50669.
	h.InUse = sockets.InUse(ctx)
	probes, blind := sockets.Check(ctx, want, sockets.Options{ReuseUDP: strings.HasPrefix(h.Engine.Version, "28.")})
	h.Probes, h.Blind = probes, append(h.Blind, blind...)
}

// Port is a port of this machine that somebody asks about.
type Port = sockets.Port

// Who lists the sockets of this machine that have one of the ports, on any address, and fills in Probes with what
// could not be seen. Of an engine that is on another machine it asks nothing: Look has said why. Without any engine this
// machine is meant, and so it is where an engine in a virtual machine opens ports on this one too.
func Who(ctx context.Context, h *lint.Host, ports []Port) {
	if !speaksOf(h.Engine, runtime.GOOS) {
		return
	}
	probes, blind := sockets.Who(ctx, ports)
	if h.Engine.Version == "" {
		h.Blind = slices.DeleteFunc(h.Blind, func(b lint.Blind) bool { return b.What == blindSockets })
		h.Blind = append(h.Blind, contained()...)
	}
	h.Probes, h.Blind = probes, append(h.Blind, blind...)
}

// speaksOf reports whether this machine's sockets say something of the engine's ports, though not always everything.
func speaksOf(e lint.Engine, system string) bool {
	scheme, _, _ := strings.Cut(e.Endpoint, "://")
	here := slices.Contains([]string{"", "unix", "npipe", "fd"}, scheme)
	return e.Local || here && (e.Version == "" || system != "linux" || e.Name == dockerDesktop)
}

// contained says that these sockets are a container's own, where no engine could say so.
func contained() []lint.Blind {
	sign, in := sockets.InContainer()
	if host, known := sockets.OnHostNetwork(); !in || host || !known {
		return nil
	}
	return []lint.Blind{{What: blindSockets, Why: "portlint runs in a container (" + sign + "), and sees the ports of that container's network alone"}}
}
