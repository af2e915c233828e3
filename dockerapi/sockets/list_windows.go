package sockets

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/portlint/portlint/lint"
	"golang.org/x/sys/windows"
)

const (
	tcpTableOwnerPidAll = 5 // TCP_TABLE_OWNER_PID_ALL of iprtrmib.h
	udpTableOwnerPid    = 1 // UDP_TABLE_OWNER_PID
	tableAttempts       = 8 // while the table grows between asking for its size and reading it
)

// list reads the sockets whose local port is one of ports, which are sorted. It needs no privilege.
func list(ctx context.Context, l look, ports []uint16) ([]row, []lint.Blind) {
	var rows []row
	var blind []lint.Blind
	for _, t := range mibTables() {
		found, err := t.list(ctx, l, ports)
		if err != nil {
			blind = append(blind, lint.Blind{What: "the sockets of " + t.name, Why: err.Error()})
		}
		rows = append(rows, found...)
	}

	return rows, blind
}

func (t mibTable) list(ctx context.Context, l look, ports []uint16) ([]row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := t.read()
	if err != nil {
		return nil, err
	}
	return t.parse(b, l, ports)
}

// read calls GetExtendedTcpTable or GetExtendedUdpTable. Source: iphlpapi.h.
func (t mibTable) read() ([]byte, error) {
	name, class := "GetExtendedTcpTable", uintptr(tcpTableOwnerPidAll)
	if t.proto == "udp" {
		name, class = "GetExtendedUdpTable", udpTableOwnerPid
	}
	family := uintptr(windows.AF_INET)
	if t.v6 {
		family = windows.AF_INET6
	}
	proc := windows.NewLazySystemDLL("iphlpapi.dll").NewProc(name)
	if err := proc.Find(); err != nil {
		return nil, err
	}
	size := uint32(16 << 10)
	for range tableAttempts {
		b := make([]byte, size)
		code, _, _ := proc.Call(uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&size)), 0, family, class, 0)
		switch err := windows.Errno(code); err {
		case 0:
			return b, nil
		case windows.ERROR_INSUFFICIENT_BUFFER:
			size = max(size, uint32(len(b))) * 5 / 4
		default:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}

	return nil, fmt.Errorf("%s: the table grows faster than it can be read", name)
}
