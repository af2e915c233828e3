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

// firstUserPort is the first port that a user may bind, 1024 where the system does not say. Source: linux
// Documentation/networking/ip-sysctl.rst, ip_unprivileged_port_start (of IPv6 as well).
func firstUserPort() uint16 {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil {
		return 1024
	}
	first, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 16)
	if err != nil {
		return 1024
	}
	return uint16(first)
}
