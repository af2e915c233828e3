package sockets

import (
	"context"
	"os"

	"github.com/portlint/portlint/lint/pick"
)

// Reserved are the ports that somebody reserved on this machine: an explicit bind still gets them, but they are meant for a
// program. Source: linux Documentation/networking/ip-sysctl.rst, ip_local_reserved_ports.
func Reserved(context.Context) []pick.Reserved {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_reserved_ports")
	if err != nil {
		return nil
	}
	return parseReserved(string(b))
}
