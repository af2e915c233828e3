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

// Who finds every socket that has one of these ports as its local port, on any address and in any state, with its
// owner: servers first, then what is only bound, connections, and what is closing. There is one probe per port, in
// their order, whose endpoint is the IPv4 wildcard. Its result is that of the wildcard that an engine would bind, the
// worse of IPv4 and IPv6: [lint.InUse] without holders means that nothing on this system explains it.
func Who(ctx context.Context, ports []Port) ([]lint.Probe, []lint.Blind) {
	return who(ctx, ports, pause)
}

func who(ctx context.Context, ports []Port, wait waiter) ([]lint.Probe, []lint.Blind) {
	if len(ports) == 0 {
		return nil, nil
	}
	for round := 0; ; round++ {
		probes, found, blind := whoNow(ctx, ports)
		owners, more := ownersOf(ctx, found)
		if !passing(probes, found, owners, round) || !wait(ctx, round) {
			return attach(probes, found, owners), append(blind, more...)
		}
	}
}

// whoNow tries the ports, and lists the sockets that have them.
func whoNow(ctx context.Context, ports []Port) (probes []lint.Probe, found [][]row, blind []lint.Blind) {
	probes, found = make([]lint.Probe, len(ports)), make([][]row, len(ports))
	var numbers []uint16
	for i, p := range ports {
		probes[i] = wildcard(ctx, p)
		numbers = append(numbers, p.Number)
	}

	exclude(ctx, probes)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	rows, blind := sockets(ctx, everything, numbers)
	for i, p := range probes {
		found[i] = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !samePort(r, p.Endpoint) })
		slices.SortStableFunc(found[i], byState)
		probes[i].Listed = len(blind) == 0
	}

	return probes, found, blind
}

// wildcard tries a port on all addresses of both families, and answers with IPv4's probe and the worse result.
func wildcard(ctx context.Context, p Port) lint.Probe {
	v4 := lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)}
	v6 := lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv6Unspecified(), p.Number)}
	probe := try(ctx, v4, Options{})
	if try(ctx, v6, Options{}).Result == lint.InUse {
		probe.Result, probe.Reason = lint.InUse, ""
	}
	return probe
}

// byState orders rows for a reader.
func byState(a, b row) int {
	order := []lint.HolderState{lint.Listening, lint.Datagram, lint.BoundOnly, lint.Connection, lint.Closing}
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.state), slices.Index(order, b.state)),
		a.local.Compare(b.local), a.remote.Compare(b.remote), cmp.Compare(a.inode, b.inode))
}
