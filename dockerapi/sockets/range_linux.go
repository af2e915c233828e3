package sockets

import (
	"os"
	"strings"

	"github.com/portlint/portlint/lint"
)

// EphemeralRange are the ports that this system gives to outgoing connections; not ok when it can't be
// read. Source: linux Documentation/networking/ip-sysctl.rst, ip_local_port_range (of IPv6 as well).
func EphemeralRange() (ports lint.Ports, ok bool) {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return lint.Ports{}, false
	}
	return parsePair(strings.Fields(string(b)))
}
