package sockets

import (
	"os"
	"strconv"
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

// UnprivilegedStart is the first port that a user without privileges may bind; not ok when it can't be read. Source:
// linux Documentation/networking/ip-sysctl.rst, ip_unprivileged_port_start.
func UnprivilegedStart() (uint16, bool) {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 16)
	return uint16(n), err == nil
}
