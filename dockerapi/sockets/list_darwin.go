package sockets

import (
	"context"

	"github.com/portlint/portlint/lint"
	"golang.org/x/sys/unix"
)

// list reads the sockets whose local port is one of ports, which are sorted. It needs no privilege.
func list(ctx context.Context, l look, ports []uint16) ([]row, []lint.Blind) {
	var rows []row
	var blind []lint.Blind
	for _, proto := range []string{"tcp", "udp"} {
		name := "net.inet." + proto + ".pcblist_n"
		found, err := pcbList(ctx, name, proto, l, ports)
		if err != nil {
			blind = append(blind, lint.Blind{What: "the sockets in " + name, Why: err.Error()})
		}
		rows = append(rows, found...)
	}

	return rows, blind
}

func pcbList(ctx context.Context, name, proto string, l look, ports []uint16) ([]row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := unix.SysctlRaw(name)
	if err != nil {
		return nil, err
	}
	return parsePcbList(b, proto, l, ports)
}
