package dockerapi

import (
	"context"
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
	probes, blind := sockets.Check(ctx, want, sockets.Options{ReuseUDP: strings.HasPrefix(h.Engine.Version, "28.")})
	h.Probes, h.Blind = probes, append(h.Blind, blind...)
}

// Port is a port of this machine that somebody asks about.
type Port = sockets.Port

// Who lists the sockets of this machine that hold a port, on any address: listeners first.
func Who(ctx context.Context, ports []Port) ([]lint.Probe, []lint.Blind) {
	return sockets.Who(ctx, ports)
}
