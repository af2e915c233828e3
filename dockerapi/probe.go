package dockerapi

import (
	"context"
	"net/netip"
	"runtime"
	"slices"
	"strings"

	"github.com/portlint/portlint/dockerapi/sockets"
	"github.com/portlint/portlint/lint"
)

// Probe tries to bind the endpoints on this machine as the engine would, where that is the engine's own machine, or as the program
// that opens ports for it here, and fills in Probes, OS, Forwarded, Ephemeral and what could not be seen. Elsewhere it changes nothing:
// Look has said why.
func Probe(ctx context.Context, h *lint.Host, want []lint.Endpoint) {
	if !h.Engine.Local && h.Engine.Forwarder == nil {
		return
	}

	survey(ctx, h)
	if h.Engine.Local {
		probes, blind := sockets.Check(ctx, want, socketOptions(h))
		h.OS, h.Probes, h.Blind = runtime.GOOS, probes, append(h.Blind, blind...)
	}
	if h.Engine.Forwarder != nil {
		probeForwarded(ctx, h, want)
	}
}

// survey fills in what the machine says of its ports as a whole.
func survey(ctx context.Context, h *lint.Host) {
	if ports, ok := sockets.EphemeralRange(); ok {
		h.Ephemeral = ports
	}
	h.InUse, h.Reserved = sockets.InUse(ctx), sockets.Reserved(ctx)
}

// socketOptions are those of the engine.
func socketOptions(h *lint.Host) sockets.Options {
	f := h.Engine.Forwarder
	return sockets.Options{ReuseUDP: h.Engine.SharesUDP(), AsUser: h.Engine.UserPorts(), Untried: f != nil && f.Mirrored}
}

// Survey looks at the ports of this machine as a whole, to choose some: it fills in Ephemeral, InUse and Reserved, and returns
// how to try endpoints, nil where this machine's sockets say nothing of the engine's ports; Look has said why. Without any
// engine this machine is meant, and so it is where an engine in a virtual machine opens ports on this one too.
func Survey(ctx context.Context, h *lint.Host) (try func([]lint.Endpoint) []lint.Probe) {
	if !speaksOf(h.Engine, runtime.GOOS) {
		return nil
	}

	meanHere(h)
	survey(ctx, h)
	options := socketOptions(h)
	return func(want []lint.Endpoint) []lint.Probe {
		probes, _ := sockets.Check(ctx, want, options)
		return probes
	}
}

// Port is a port of this machine that somebody asks about.
type Port = sockets.Port

// ComparePorts orders ports by number and protocol.
func ComparePorts(a, b Port) int { return sockets.ComparePorts(a, b) }

// Who lists the sockets of this machine that have one of the ports, on any address, and fills in Probes, OS and Ephemeral,
// with what could not be seen. Of an engine that is on another machine it asks nothing, nor where it is not known on which,
// because the docker context can't be read: Look has said why. Where no engine answers this machine is meant, and so it is
// where an engine in a virtual machine opens ports on this one too.
func Who(ctx context.Context, h *lint.Host, ports []Port) {
	if !SpeaksHere(h) {
		return
	}

	if ports, ok := sockets.EphemeralRange(); ok {
		h.Ephemeral = ports
	}
	probes, blind := sockets.Who(ctx, ports, socketOptions(h))
	tell(ctx, h, probes, blind)
}

// Everyone lists the sockets of this machine that have a port of their own, and looks at the other ports that somebody asks about as
// [Who] does, under the same conditions.
func Everyone(ctx context.Context, h *lint.Host, ports []Port) {
	if !SpeaksHere(h) {
		return
	}

	if ports, ok := sockets.EphemeralRange(); ok {
		h.Ephemeral = ports
	}
	probes, blind := sockets.All(ctx)
	held := make(map[Port]bool, len(probes))
	for _, p := range probes {
		held[Port{Number: p.Addr.Port(), Proto: p.Proto}] = true
	}

	others := slices.DeleteFunc(slices.Clone(ports), func(p Port) bool { return held[p] })
	more, unseen := sockets.Who(ctx, others, socketOptions(h))
	for _, b := range unseen {
		if !slices.Contains(blind, b) {
			blind = append(blind, b)
		}
	}
	tell(ctx, h, append(probes, more...), blind)
}

// tell fills in what the sockets of this machine said of ports that somebody asks about, with those of Windows around a WSL distribution.
func tell(ctx context.Context, h *lint.Host, probes []lint.Probe, blind []lint.Blind) {
	meanHere(h)
	h.OS, h.Probes, h.Blind = runtime.GOOS, probes, append(h.Blind, blind...)
	f := h.Engine.Forwarder
	if h.Engine.Version == "" {
		f = hostView{system: runtime.GOOS, kernel: kernel()}.silentInWSL(ctx)
	}
	if f != nil && f.Beyond {
		h.Blind = append(h.Blind, addWindows(ctx, h.Probes, f, windowsPrograms)...)
	}
}

// SpeaksHere reports whether this machine's sockets say something of the ports of an engine that was asked, or would have been.
func SpeaksHere(h *lint.Host) bool {
	return h.Engine.Endpoint != "" && speaksOf(h.Engine, runtime.GOOS)
}

// AssumeHere takes this machine for that of an engine that did not answer, where this machine's sockets would be its own: what is
// tried then is what an engine would meet here.
func AssumeHere(ctx context.Context, h *lint.Host) {
	if h.Engine.Version == "" && SpeaksHere(h) {
		h.Engine.Local, h.Engine.V4Only = true, !sockets.HasIPv6(ctx)
	}
}

// meanHere replaces what an engine that did not answer leaves open about sockets: those of this machine are meant.
func meanHere(h *lint.Host) {
	if h.Engine.Version == "" {
		h.Blind = slices.DeleteFunc(slices.Clone(h.Blind), func(b lint.Blind) bool { return b.What == blindSockets })
		h.Blind = append(h.Blind, contained()...)
	}
}

// speaksOf reports whether this machine's sockets say something of the engine's ports, though not always everything.
func speaksOf(e lint.Engine, system string) bool {
	scheme, _, _ := strings.Cut(e.Endpoint, "://")
	here := slices.Contains([]string{"", "unix", "npipe", "fd"}, scheme)
	mayBind := e.Version == "" || system != "linux" || e.DockerDesktop()
	return e.Local || here && mayBind
}

// contained says that these sockets are a container's own, where no engine could say so.
func contained() []lint.Blind {
	sign, in := sockets.InContainer()
	if host, known := sockets.OnHostNetwork(); !in || host || !known {
		return nil
	}
	return []lint.Blind{{What: blindSockets, Why: "portlint runs in a container (" + sign + "), and sees the ports of that container's network alone"}}
}

// Subnets are those that this machine uses or has a route to, where the engine's networks are on it. Without any engine this machine
// is meant.
func Subnets(h *lint.Host) []netip.Prefix {
	if !h.Engine.Local && h.Engine.Version != "" {
		return nil
	}
	return sockets.Subnets()
}
