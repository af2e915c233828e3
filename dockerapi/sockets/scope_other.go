//go:build !linux

package sockets

import "net/netip"

// OnHostNetwork reports whether this process is on the machine's own network, which it is where there are no network
// namespaces.
func OnHostNetwork() (host, known bool) { return true, true }

// InContainer reports whether this process runs in a container, which is for Linux to say.
func InContainer() (sign string, in bool) { return "", false }

// routes are not read here: those to subnets of this machine's own are among its addresses.
func routes() []netip.Prefix { return nil }
