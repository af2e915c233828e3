package dockerapi

import (
	"context"
	"fmt"
	"os"

	"github.com/portlint/portlint/dockerapi/sockets"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// blindInside is what a blind spot is about when an engine's virtual machine may have a port itself.
const blindInside = "ports inside the virtual machine"

// forwarderOf recognises what opens the engine's ports on this desktop system; of an engine in this WSL distribution Windows' own
// relay, or Windows itself where it mirrors the network. nil for an engine that opens its ports itself.
func forwarderOf(ctx context.Context, host string, a *answers, s hostView) *desktop.Forwarder {
	if a.elsewhere == "" {
		if !s.inWSL() || s.rootless {
			return nil
		}
		return desktop.InWSL(mirrored(ctx))
	}

	facts := a.facts()
	facts.System, facts.Kernel, facts.Endpoint = s.system, s.kernel, host
	f := desktop.Of(facts)
	switch {
	case f == nil:
	case f.Beyond:
		f.Mirrored = mirrored(ctx)
	default:
		f.User = os.Getuid()
	}
	return f
}

// inWSL reports whether this is a WSL distribution.
func (s hostView) inWSL() bool { return desktop.IsWSL(s.system, s.kernel) }

// silentInWSL is what opens ports on Windows for an engine of this WSL distribution that did not answer, nil elsewhere: who asks about a port
// asks about both sides.
func (s hostView) silentInWSL(ctx context.Context) *desktop.Forwarder {
	if !s.inWSL() {
		return nil
	}
	return desktop.InWSL(mirrored(ctx))
}

// blindTo says what of the ports of an engine behind a forwarder can't be seen.
func blindTo(f *desktop.Forwarder) lint.Blind {
	if f.Beyond {
		return lint.Blind{What: blindSockets, Why: f.Name() + " opens ports on Windows, where they can't be tried from here: run portlint.exe there"}
	}
	return lint.Blind{What: blindInside, Why: fmt.Sprintf("what %s's virtual machine has itself can't be seen from here", f.Name())}
}

// probeForwarded tries the sockets that the engine's forwarder would open, or lists those of Windows from inside WSL. What a program of
// Windows has there is listed; a port of which nothing is listed stays untried.
func probeForwarded(ctx context.Context, h *lint.Host, want []lint.Endpoint) {
	f, wanted := h.Engine.Forwarder, h.ToForward(want)
	if f.Beyond {
		probes, blind := onWindows(ctx, wanted, windowsPrograms)
		h.Forwarded, h.Blind = probes, append(h.Blind, blind...)
		if f.Mirrored && h.Engine.Local && len(wanted) > 0 {
			h.Blind = append(h.Blind, lint.Blind{What: blindSockets, Why: "Windows mirrors the network of this distribution and may refuse ports in it, which can't be tried from here"})
		}
		return
	}

	trials := make([]sockets.Forward, len(wanted))
	for i, s := range wanted {
		trials[i] = sockets.Forward{Endpoint: lint.Endpoint{Proto: s.Proto, Addr: s.Addr}, Dual: s.Dual}
	}
	probes, blind := sockets.Forwarded(ctx, trials)
	h.Forwarded, h.Blind = probes, append(h.Blind, blind...)
}
