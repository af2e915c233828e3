package sockets

import (
	"net"
	"strconv"
)

// zoneID is the index of the interface that a zone names, such as eth0 in fe80::1%eth0; not ok when there is no such
// interface.
func zoneID(zone string) (uint32, bool) {
	if zone == "" {
		return 0, true
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), true
	}

	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, false
	}
	return uint32(i.Index), true
}
