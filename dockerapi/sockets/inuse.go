package sockets

import (
	"context"
	"net"
)

// InUse lists the ports that a listener or a UDP socket of this machine has, on any address: what a suggestion keeps away
// from. It claims nothing of the others.
func InUse(ctx context.Context) map[uint16]bool {
	rows, _ := list(ctx, servers, nil)
	ports := make(map[uint16]bool, len(rows))
	for _, r := range rows {
		ports[r.local.Port()] = true
	}
	return ports
}

// HasIPv6 reports whether a socket can be opened on [::1], which is how the engine decides whether it publishes on [::].
// Source: moby daemon/libnetwork/netutils, IsV6Listenable.
func HasIPv6(ctx context.Context) bool {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	return l.Close() == nil
}
