package lint

// What overlaps is decided here, for the rules, the suggested names, `assign` and `explain`: two endpoints by their addresses,
// and two bindings by the engine that binds them. What only some versions or modes of an engine do is in overlap_quirks.go.

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
)

// Endpoint is one bind(2) that the engine would make.
type Endpoint struct {
	Proto string // "tcp", "udp" or "sctp"
	Addr  netip.AddrPort
}

// String writes the endpoint as "127.0.0.1:8080/tcp".
func (e Endpoint) String() string { return fmt.Sprintf("%s/%s", e.Addr, e.Proto) }

// Overlaps reports whether two endpoints can't both be bound: the same protocol and port, and the same address or the
// wildcard of the same family. The engine opens IPv6 sockets with IPV6_V6ONLY, so the families never meet, and an
// IPv4-mapped address is its IPv4 address. Source: moby daemon/libnetwork/portallocator, and the kernel (tested).
func (e Endpoint) Overlaps(o Endpoint) bool {
	if e.Proto != o.Proto || e.Addr.Port() != o.Addr.Port() {
		return false
	}
	a, b := e.Addr.Addr().Unmap(), o.Addr.Addr().Unmap()
	if a.Is4() != b.Is4() {
		return false
	}
	return a == b || a.IsUnspecified() || b.IsUnspecified()
}

// anyOverlap reports whether one of some endpoints can't be bound beside one of others.
func anyOverlap(some, others []Endpoint) bool {
	return slices.ContainsFunc(some, func(e Endpoint) bool { return slices.ContainsFunc(others, e.Overlaps) })
}

// OverlapsAt reports whether two bindings of services without networks of their own ask for one socket at a host port.
func (b *Binding) OverlapsAt(port uint16, o *Binding) bool {
	return anyOverlap(b.endpoints(Network{}, port), o.endpoints(Network{}, port))
}

// conflict is how sure it is that a binding can't have a host port, and what it depends on when it is not.
type conflict struct {
	certainty Certainty
	why       string // "" for Certain
}

// certainUnless is Possible for the first reason that there is, else Certain.
func certainUnless(reasons ...string) conflict {
	for _, why := range reasons {
		if why != "" {
			return conflict{certainty: Possible, why: why}
		}
	}
	return conflict{certainty: Certain}
}

// conflicts reports whether one `up` on the engine can't give host port p to both bindings.
// Source: moby daemon/libnetwork/portallocator, by version; linux net/ipv4/inet_connection_sock.c for bind(2).
func (e Engine) conflicts(b, o Bound, p uint16) (conflict, bool) {
	overlap, same := e.overlaps(b, o, p)
	if !overlap || b.Service == o.Service && e.mergesEqual(b.Binding, o.Binding) {
		return conflict{}, false
	}
	inOne := b.Service == o.Service && b.Binding.Target == o.Binding.Target
	allowed, open := e.allowsBoth(b.Binding.Proto, inOne, same)
	return certainUnless(b.uncertainty(), o.uncertainty(), open), !allowed
}

// refuses reports whether the engine can't bind x while another of its containers holds y.
func (e Engine) refuses(x, y Endpoint) (conflict, bool) {
	overlap, same := e.compare(x, y)
	if !overlap {
		return conflict{}, false
	}
	allowed, open := e.allowsBoth(x.Proto, false, same)
	return certainUnless(open), !allowed
}

// overlaps compares the sockets of two bindings: whether any overlap, and whether any are the same.
func (e Engine) overlaps(b, o Bound, p uint16) (overlap, same bool) {
	theirs := o.Endpoints(p)
	for _, x := range b.Endpoints(p) {
		for _, y := range theirs {
			over, equal := e.compare(x, y)
			overlap, same = overlap || over, same || equal
		}
	}
	return overlap, same
}

// uncertainty says why it is open whether the binding takes its port at all; "" when it does.
func (b Bound) uncertainty() string {
	if b.Service.Network.Varies != "" {
		return fmt.Sprintf("whether the engine binds them depends on its version: %s", b.Service.Network.Varies)
	}
	if lost := b.Service.Network.lost; lost != "" && !b.Service.Network.mustBind {
		return fmt.Sprintf("unless `up` starts %q without its ports, as a failed start left it", lost)
	}
	if from := b.Binding.From; from.Kind == FromExample {
		return fmt.Sprintf("with the values of %s", filepath.Base(from.File))
	}
	return ""
}
