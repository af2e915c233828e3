package sockets

import (
	"context"
	"os/exec"
	"time"

	"github.com/portlint/portlint/lint"
)

// EphemeralRange are the ports that this system gives to outgoing connections; not ok when netsh does
// not tell within a second.
func EphemeralRange() (ports lint.Ports, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "netsh", "interface", "ipv4", "show", "dynamicport", "tcp").Output()
	if err != nil {
		return lint.Ports{}, false
	}
	return parseDynamic(string(out))
}

// firstUserPort is 0: no engine binds as a user of this system.
func firstUserPort() uint16 { return 0 }
