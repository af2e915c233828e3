// Package sockets asks the kernel of this machine about ports: whether an endpoint can be bound now, which sockets hold
// it, and whose they are. Two questions, two mechanisms: "would it bind" is answered by binding, because no table shows
// SO_REUSEADDR; "who has it" is answered by the socket tables. An answer that could not be had is a value of its own
// ([lint.NotTested], [lint.NoPrivilege] …) and never "free".
//
// Everything here is about the network namespace of this process. Whether that is the engine's is for the caller to
// find out: see [OnHostNetwork].
package sockets

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/portlint/portlint/lint"
)

// Options say how the engine that will bind the endpoints does it. The zero Options are those of Docker Engine 29.
type Options struct {
	// ReuseUDP is set for an engine that gives its UDP sockets SO_REUSEADDR, as 28.x does: it then shares a port with
	// a holder that set it too, and takes over its datagrams. Source: moby #48132, taken back in #50669.
	ReuseUDP bool
	// AsUser is set for an engine that opens ports as a user, who may not bind those that the system keeps for root, whatever
	// this process may.
	AsUser bool
	// Untried is set where a trial would disturb the system, as in a WSL distribution whose network Windows mirrors: sockets are listed
	// alone.
	Untried bool
}

// Check tries to bind every endpoint as the engine would, and says who holds those that can't be bound. There is one
// probe per endpoint, in the order of want. A probe that is [lint.Free] may still have holders, where the system lets
// two sockets share the port. What could not be looked at is in the blind spots. An endpoint that ctx left no time for
// is [lint.NotTested].
func Check(ctx context.Context, want []lint.Endpoint, o Options) ([]lint.Probe, []lint.Blind) {
	return check(ctx, want, o, pause)
}

func check(ctx context.Context, want []lint.Endpoint, o Options, wait waiter) ([]lint.Probe, []lint.Blind) {
	probes := make([]lint.Probe, len(want))
	for i, e := range want {
		probes[i] = try(ctx, e, o)
	}
	exclude(ctx, probes)
	for round := 0; ; round++ {
		found, blind := findHolders(ctx, probes, o)
		owners, more := ownersOf(ctx, found)
		for i := range probes {
			if retry(ctx, &probes[i], o) {
				found[i] = nil // its holder went away meanwhile
			}
		}
		if !passing(probes, found, owners, round) || !wait(ctx, round) {
			return attach(probes, found, owners), append(blind, more...)
		}

		for i := range probes {
			_ = retry(ctx, &probes[i], o)
		}
	}
}

// untried says why nothing is tried with Options.Untried.
const untried = "a trial would make Windows keep the port"

// attach gives the probes their holders.
func attach(probes []lint.Probe, found [][]row, owners map[row]lint.SocketOwner) []lint.Probe {
	for i := range probes {
		for _, r := range found[i] {
			probes[i].Holders = append(probes[i].Holders, r.holder(owners[r]))
		}
	}
	return probes
}

// try binds one endpoint and lets go of it at once.
func try(ctx context.Context, e lint.Endpoint, o Options) lint.Probe {
	return tryWith(ctx, e, o, func() (lint.ProbeResult, string) { return bindOnce(e, o.ReuseUDP) })
}

// tryWith binds one endpoint in some way where that can be done.
func tryWith(ctx context.Context, e lint.Endpoint, o Options, bind func() (lint.ProbeResult, string)) lint.Probe {
	p := lint.Probe{Endpoint: e}
	switch {
	case ctx.Err() != nil:
		p.Reason = "the time was up"
	case e.Proto != "tcp" && e.Proto != "udp":
		p.Reason = fmt.Sprintf("portlint can't bind %q ports", e.Proto)
	case !e.Addr.IsValid():
		p.Reason = "it has no address"
	case e.Addr.Port() == 0:
		p.Reason = "the system picks its port"
	case o.Untried:
		p.Reason = untried
	case o.AsUser && e.Addr.Port() < firstUserPort():
		p.Result = lint.NotAllowed
	default:
		p.Result, p.Reason = bind()
	}
	return p
}

// retry binds once more what was in use, and reports whether it is free now: a holder that is gone is not reported.
func retry(ctx context.Context, p *lint.Probe, o Options) bool {
	if p.Result != lint.InUse || ctx.Err() != nil {
		return false
	}

	second := try(ctx, p.Endpoint, o)
	if second.Result != lint.Free {
		return false
	}
	*p = second
	return true
}

// shares reports whether an endpoint can be bound though another socket has the port: the one case that a trial bind
// alone does not show.
func shares(e lint.Endpoint, o Options) bool {
	return runtime.GOOS == "darwin" || o.ReuseUDP && e.Proto == "udp"
}

// findHolders finds the sockets that stand in the way of each probe: listeners and UDP first, because that is cheap and
// nearly always enough, then every state for the ports that they don't explain.
func findHolders(ctx context.Context, probes []lint.Probe, o Options) ([][]row, []lint.Blind) {
	found := make([][]row, len(probes))
	ports := portsWhere(probes, func(i int) bool { return held(probes[i]) || shares(probes[i].Endpoint, o) })
	if len(ports) == 0 {
		return found, nil
	}

	rows, blind := sockets(ctx, servers, ports)
	for i := range probes {
		found[i] = blocking(rows, probes[i])
		probes[i].Listed = o.Untried && len(blind) == 0
		if runtime.GOOS == "windows" && probes[i].Result == lint.NotAllowed && len(found[i]) > 0 {
			probes[i].Result = lint.InUse // the answer for a port that another socket has for itself alone
		}
	}

	unexplained := portsWhere(probes, func(i int) bool { return held(probes[i]) && len(found[i]) == 0 })
	if len(unexplained) == 0 || ctx.Err() != nil {
		return found, blind
	}
	rows, more := sockets(ctx, everything, unexplained)
	for i, p := range probes {
		if held(p) && len(found[i]) == 0 {
			found[i] = likely(rows, p)
			probes[i].Listed = len(blind)+len(more) == 0
		}
	}

	return found, append(blind, newBlind(more, blind)...)
}

// sockets lists each socket once: a dump may repeat one while the table changes.
func sockets(ctx context.Context, l look, ports []uint16) ([]row, []lint.Blind) {
	rows, blind := list(ctx, l, ports)
	seen := make(map[row]bool, len(rows))
	return slices.DeleteFunc(rows, func(r row) bool {
		listed := seen[r]
		seen[r] = true
		return listed
	}), blind
}

// held reports whether a socket may be in the way: the kernel checks permission first, so a port that this user may
// not bind can be taken as well, and so can one that was not tried on purpose.
func held(p lint.Probe) bool {
	return p.Result == lint.InUse || p.Result == lint.NotAllowed || p.Result == lint.NotTested && p.Reason == untried
}

// portsWhere are the ports of the probes that ok holds for, sorted, each once.
func portsWhere(probes []lint.Probe, ok func(i int) bool) []uint16 {
	var ports []uint16
	for i, p := range probes {
		if ok(i) && p.Addr.IsValid() {
			ports = append(ports, p.Addr.Port())
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// newBlind are the blind spots that are not in old yet.
func newBlind(blind, old []lint.Blind) []lint.Blind {
	return slices.DeleteFunc(blind, func(b lint.Blind) bool { return slices.Contains(old, b) })
}

// ownersOf finds the owners of every row, each looked for once.
func ownersOf(ctx context.Context, found [][]row) (map[row]lint.SocketOwner, []lint.Blind) {
	owners := map[row]lint.SocketOwner{}
	var rows []row
	for _, list := range found {
		for _, r := range list {
			if _, ok := owners[r]; !ok {
				owners[r] = lint.SocketOwner{}
				rows = append(rows, r)
			}
		}
	}
	if len(rows) == 0 {
		return owners, nil
	}
	list, blind := findOwners(ctx, rows)
	for i, r := range rows {
		owners[r] = list[i]
	}

	return owners, blind
}
