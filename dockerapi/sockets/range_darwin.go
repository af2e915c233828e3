package sockets

import (
	"context"

	"golang.org/x/sys/unix"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// EphemeralRange are the ports that this system gives to outgoing connections; not ok when it can't be
// read. Source: xnu bsd/netinet/in_pcb.c, net.inet.ip.portrange.
func EphemeralRange() (ports lint.Ports, ok bool) {
	a, err1 := unix.SysctlUint32("net.inet.ip.portrange.first")
	b, err2 := unix.SysctlUint32("net.inet.ip.portrange.last")
	isRange := a > 0 && a <= b && b <= 65535
	if err1 != nil || err2 != nil || !isRange {
		return lint.Ports{}, false
	}
	return lint.Ports{First: uint16(a), Last: uint16(b)}, true
}

// Reserved is empty: macOS keeps no ports back.
func Reserved(context.Context) []pick.Reserved { return nil }

// firstUserPort is 0: no engine binds as a user of this system.
func firstUserPort() uint16 { return 0 }
