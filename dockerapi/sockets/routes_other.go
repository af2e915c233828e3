//go:build !linux

package sockets

import "net/netip"

// routes are not read here: those to subnets of this machine's own are among its addresses.
func routes() []netip.Prefix { return nil }
