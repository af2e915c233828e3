package sockets

import (
	"net/netip"
	"os"
	"slices"
)

// routes are the destinations of the main routing table.
func routes() []netip.Prefix {
	v4, _ := os.ReadFile("/proc/net/route")
	v6, _ := os.ReadFile("/proc/net/ipv6_route")
	return slices.Concat(parseRoutes(v4), parseRoutes6(v6))
}
