package sockets

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/portlint/portlint/lint"
)

// mibTable is the layout of the rows of one table of iphlpapi. Offsets are in bytes from the start of the row.
type mibTable struct {
	name                      string
	proto                     string
	v6                        bool
	size                      int
	local, localPort          int
	remote, remotePort, state int // -1 in a UDP table
	pid                       int
}

// mibTables are MIB_TCPROW_OWNER_PID, MIB_TCP6ROW_OWNER_PID, MIB_UDPROW_OWNER_PID and MIB_UDP6ROW_OWNER_PID. Source:
// tcpmib.h and udpmib.h of the Windows SDK.
func mibTables() []mibTable {
	return []mibTable{
		{name: "TCP over IPv4", proto: "tcp", size: 24, state: 0, local: 4, localPort: 8, remote: 12, remotePort: 16, pid: 20},
		{name: "TCP over IPv6", proto: "tcp", v6: true, size: 56, local: 0, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52},
		{name: "UDP over IPv4", proto: "udp", size: 12, local: 0, localPort: 4, remote: -1, remotePort: -1, state: -1, pid: 8},
		{name: "UDP over IPv6", proto: "udp", v6: true, size: 28, local: 0, localPort: 20, remote: -1, remotePort: -1, state: -1, pid: 24},
	}
}

// The states of MIB_TCP_STATE in tcpmib.h.
const (
	mibClosed   = 1
	mibListen   = 2
	mibTimeWait = 11
	mibDelete   = 12
)

var errMibTable = errors.New("the table of sockets is shorter than it says")

// parse reads a table: the number of its rows, then the rows. A table that is cut off gives what is whole, and an error.
func (t mibTable) parse(b []byte, l look, ports []uint16) ([]row, error) {
	if len(b) < 4 {
		return nil, errMibTable
	}

	count := int64(binary.LittleEndian.Uint32(b))
	b = b[4:]
	var rows []row
	for range count {
		if len(b) < t.size {
			return rows, errMibTable
		}
		r := t.row(b[:t.size])
		if r.local.Port() != 0 && l.wants(r) && wantsPort(ports, r.local.Port()) {
			rows = append(rows, r)
		}
		b = b[t.size:]
	}

	return rows, nil
}

// row reads one row. Windows shows a socket for both families in both tables and has no flag for it, so that a row of
// the IPv6 table stands for IPv6 alone.
func (t mibTable) row(b []byte) row {
	r := row{
		proto: t.proto, uid: -1, v6only: tristateOf(t.v6), state: lint.Datagram,
		local: t.addr(b[t.local:], binary.BigEndian.Uint16(b[t.localPort:])),
		pid:   int(binary.LittleEndian.Uint32(b[t.pid:])),
	}
	if t.proto == "udp" {
		return r
	}
	r.state = mibState(binary.LittleEndian.Uint32(b[t.state:]))
	if r.state == lint.Connection || r.state == lint.Closing {
		r.remote = t.addr(b[t.remote:], binary.BigEndian.Uint16(b[t.remotePort:]))
	}

	return r
}

func (t mibTable) addr(b []byte, port uint16) netip.AddrPort {
	if t.v6 {
		return unmap(netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[:16])), port))
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), port)
}

func mibState(code uint32) lint.HolderState {
	switch code {
	case mibListen:
		return lint.Listening
	case mibClosed:
		return lint.BoundOnly
	case mibTimeWait, mibDelete:
		return lint.Closing
	}
	return lint.Connection
}
