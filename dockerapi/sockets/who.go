package sockets

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint"
)

// Port is a port of this machine, whatever the address.
type Port struct {
	Number uint16
	Proto  string // "tcp" or "udp"
}

// ComparePorts orders ports by number and protocol.
func ComparePorts(a, b Port) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Proto, b.Proto))
}

// Who finds every socket that has one of these ports as its local port, on any address and in any state, with its
// owner: servers first, then what is only bound, connections, and what is closing. There is one probe per port, in
// their order, whose endpoint is the IPv4 wildcard. Its result is that of the wildcard that an engine would bind, the
// worse of IPv4 and IPv6: [lint.InUse] without holders means that nothing on this system explains it.
func Who(ctx context.Context, ports []Port, o Options) ([]lint.Probe, []lint.Blind) {
	return who(ctx, ports, o, pause)
}

func who(ctx context.Context, ports []Port, o Options, wait waiter) ([]lint.Probe, []lint.Blind) {
	return around(ctx, func() []lint.Probe {
		probes := make([]lint.Probe, len(ports))
		for i, p := range ports {
			probes[i] = wildcard(ctx, p, o)
		}
		return probes
	}, wait)
}

// Forward is a socket that a forwarder of this system would open for an engine in a virtual machine.
type Forward struct {
	lint.Endpoint
	Dual bool // it is of [::] and serves IPv4 as well
}

// Forwarded tries sockets as a forwarder would, which is a program in Go with the options of this system, and finds every socket
// that has one of their ports as Who does. There is one probe for each, in their order.
func Forwarded(ctx context.Context, want []Forward) ([]lint.Probe, []lint.Blind) {
	return around(ctx, func() []lint.Probe {
		probes := make([]lint.Probe, len(want))
		for i, f := range want {
			probes[i] = tryWith(ctx, f.Endpoint, Options{}, func() (lint.ProbeResult, string) { return bindForwarded(f.Endpoint, f.Dual) })
		}
		return probes
	}, pause)
}

// around tries sockets, and lists all that have their ports.
func around(ctx context.Context, trial func() []lint.Probe, wait waiter) ([]lint.Probe, []lint.Blind) {
	for round := 0; ; round++ {
		probes, found, blind := aroundNow(ctx, trial)
		if len(probes) == 0 {
			return nil, nil
		}
		owners, more := ownersOf(ctx, found)
		if !passing(probes, found, owners, round) || !wait(ctx, round) {
			return attach(probes, found, owners), append(blind, more...)
		}
	}
}

func aroundNow(ctx context.Context, trial func() []lint.Probe) (probes []lint.Probe, found [][]row, blind []lint.Blind) {
	if probes = trial(); len(probes) == 0 {
		return nil, nil, nil
	}

	found = make([][]row, len(probes))
	exclude(ctx, probes)
	numbers := portsWhere(probes, func(int) bool { return true })
	rows, blind := sockets(ctx, everything, numbers)
	for i, p := range probes {
		found[i] = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !samePort(r, p.Endpoint) })
		slices.SortStableFunc(found[i], byState)
		probes[i].Listed = len(blind) == 0
	}

	return probes, found, blind
}

// wildcard tries a port on all addresses of both families, and answers with IPv4's probe and the worse result.
func wildcard(ctx context.Context, p Port, o Options) lint.Probe {
	v4 := lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)}
	v6 := lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv6Unspecified(), p.Number)}
	tried := Options{Untried: o.Untried}
	probe := try(ctx, v4, tried)
	if try(ctx, v6, tried).Result == lint.InUse {
		probe.Result, probe.Reason = lint.InUse, ""
	}
	return probe
}

// All finds every socket of this machine that has a port of its own, with its owner: what listens, what is only bound, and UDP
// sockets without a remote end. Connections are left out. There is one probe per port, as of [Who], whose result is [lint.InUse]: none
// is tried.
func All(ctx context.Context) ([]lint.Probe, []lint.Blind) {
	return all(ctx, pause)
}

func all(ctx context.Context, wait waiter) ([]lint.Probe, []lint.Blind) {
	rows, blind := sockets(ctx, bound, nil)
	for round := 0; round < 2 && slices.ContainsFunc(rows, row.maybeTrial) && wait(ctx, round); round++ {
		listed, _ := sockets(ctx, bound, nil)
		there := make(map[row]bool, len(listed))
		for _, r := range listed {
			there[r] = true
		}
		rows = slices.DeleteFunc(rows, func(r row) bool { return r.maybeTrial() && !there[r] })
	}

	probes, found := byPort(rows)
	for i := range probes {
		probes[i].Listed = len(blind) == 0
	}
	owners, more := ownersOf(ctx, found)
	return attach(probes, found, owners), append(blind, more...)
}

// byPort makes a probe of each port that has a socket, by number and protocol, with its sockets.
func byPort(rows []row) ([]lint.Probe, [][]row) {
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.local.Port(), b.local.Port()), cmp.Compare(a.proto, b.proto), byState(a, b))
	})

	var probes []lint.Probe
	var found [][]row
	for _, r := range rows {
		e := lint.Endpoint{Proto: r.proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), r.local.Port())}
		if n := len(probes); n == 0 || probes[n-1].Endpoint != e {
			probes, found = append(probes, lint.Probe{Endpoint: e, Result: lint.InUse}), append(found, nil)
		}
		found[len(found)-1] = append(found[len(found)-1], r)
	}

	return probes, found
}

// byState orders rows for a reader.
func byState(a, b row) int {
	order := []lint.HolderState{lint.Listening, lint.Datagram, lint.BoundOnly, lint.Connection, lint.Closing}
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.state), slices.Index(order, b.state)),
		a.local.Compare(b.local), a.remote.Compare(b.remote), cmp.Compare(a.inode, b.inode))
}
