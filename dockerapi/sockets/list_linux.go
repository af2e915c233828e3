package sockets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/portlint/portlint/lint"
)

const (
	netlinkSockDiag = 4 // NETLINK_SOCK_DIAG of linux/netlink.h
	diagPatience    = 3 * time.Second
	diagAttempts    = 3 // of a dump under which the table changed
)

// table is one of the four socket tables.
type table struct {
	family, proto uint8
	file          string // its older form under /proc/net
}

func tables() []table {
	return []table{
		{familyV4, protoTCP, "/proc/net/tcp"}, {familyV6, protoTCP, "/proc/net/tcp6"},
		{familyV4, protoUDP, "/proc/net/udp"}, {familyV6, protoUDP, "/proc/net/udp6"},
	}
}

// list reads the sockets of this network namespace whose local port is one of ports, which are sorted. It needs no
// privilege. A table that sock_diag refuses is read from /proc/net.
func list(ctx context.Context, l look, ports []uint16) ([]row, []lint.Blind) {
	if ctx.Err() != nil {
		return nil, []lint.Blind{{What: "this machine's sockets", Why: "the time was up"}}
	}

	fd, err := openDiag(ctx)
	if err == nil {
		defer func() { _ = syscall.Close(fd) }()
	}
	var rows []row
	var blind []lint.Blind
	for i, t := range tables() {
		q := diagRequest{family: t.family, proto: t.proto, look: l, ports: ports, seq: uint32(i + 1)}
		found, err := t.read(ctx, fd, err, q)
		if err != nil {
			blind = append(blind, lint.Blind{What: "the sockets in " + t.file, Why: err.Error()})
		}
		rows = append(rows, found...)
	}

	return rows, blind
}

// read asks sock_diag for one table, unless it could not be opened, and then /proc/net.
func (t table) read(ctx context.Context, fd int, opened error, q diagRequest) ([]row, error) {
	if err := ctx.Err(); err != nil {
		return nil, errors.New("the time was up")
	}

	err := opened
	if err == nil {
		var rows []row
		if rows, err = dump(fd, q); err == nil {
			return rows, nil
		}
	}

	b, fileErr := os.ReadFile(t.file)
	if errors.Is(fileErr, os.ErrNotExist) && t.family == familyV6 {
		return nil, nil // a kernel without IPv6
	}
	if fileErr != nil {
		return nil, fmt.Errorf("%w; %w", err, fileErr)
	}
	proto := "tcp"
	if t.proto == protoUDP {
		proto = "udp"
	}
	rows, odd := parseProcNet(b, proto, q.look, q.ports)
	if odd > 0 {
		return rows, fmt.Errorf("%d lines of it are not as expected", odd)
	}
	return rows, nil
}

// openDiag opens a socket to the kernel's sock_diag that waits for an answer until ctx ends, 3 seconds at most.
func openDiag(ctx context.Context) (int, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return -1, fmt.Errorf("open sock_diag: %w", err)
	}

	patience := diagPatience
	if until, ok := ctx.Deadline(); ok {
		patience = max(min(patience, time.Until(until)), time.Millisecond)
	}
	tv := syscall.NsecToTimeval(patience.Nanoseconds())
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &tv); err != nil {
		_ = syscall.Close(fd)
		return -1, fmt.Errorf("limit the wait for sock_diag: %w", err)
	}

	return fd, nil
}

// dump runs one request, again if the table changed under it; the last answer counts, however it came about.
func dump(fd int, q diagRequest) ([]row, error) {
	var d diagDump
	for attempt := range uint32(diagAttempts) {
		d = diagDump{request: q}
		d.request.seq += attempt << 8
		if err := d.run(fd); err != nil {
			return nil, err
		}
		if !d.interrupted {
			break
		}
	}
	return d.rows, nil
}

func (d *diagDump) run(fd int) error {
	if err := syscall.Sendto(fd, d.request.encode(), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return fmt.Errorf("ask sock_diag: %w", err)
	}

	buf := make([]byte, 64<<10) // the kernel fills at most 32 KiB per datagram
	for {
		n, from, err := syscall.Recvfrom(fd, buf, 0)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait for sock_diag: %w", err)
		}
		if a, ok := from.(*syscall.SockaddrNetlink); !ok || a.Pid != 0 {
			continue // not from the kernel
		}
		if done, err := d.read(buf[:n]); done || err != nil {
			return err
		}
	}
}
