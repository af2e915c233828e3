package lint

import (
	"fmt"
	"net/netip"
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
