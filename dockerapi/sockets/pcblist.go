package sockets

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/portlint/portlint/lint"
)

// The records of net.inet.tcp.pcblist_n and net.inet.udp.pcblist_n, packed to 4 bytes. Source: xnu bsd/sys/socketvar.h
// (xsocket_n), bsd/netinet/in_pcb.h (xinpcb_n), bsd/netinet/tcp_var.h (xtcpcb_n), bsd/netinet/in_pcblist.c.
const (
	pcbHeaderSize = 24 // struct xinpgen, which is first and, as the end, last

	kindSocket = 0x001 // XSO_SOCKET
	kindInpcb  = 0x010 // XSO_INPCB
	kindTcpcb  = 0x020 // XSO_TCPCB

	vflagIPv4 = 0x1 // INP_IPV4
	vflagIPv6 = 0x2 // INP_IPV6

	soAcceptConn   = 2 // SO_ACCEPTCONN: the socket listens
	bsdTCPClosed   = 0 // TCPS_CLOSED: bound, or only opened
	bsdTCPTimeWait = 10
)

var errPcbList = errors.New("the list of sockets is not in the form that portlint knows")

// pcb is one socket, put together from its records.
type pcb struct {
	row       row
	complete  int // 1 for the address, 2 for the socket
	listening bool
	tcpState  int // -1 when there is no such record
}

// parsePcbList reads the answer of the sysctl. Records are walked by their own length and kind, because their sizes
// differ between releases. What is cut off or not as expected ends the list with an error, and what was read so far.
func parsePcbList(b []byte, proto string, l look, ports []uint16) ([]row, error) {
	ne := binary.LittleEndian // every Mac that Go runs on
	if len(b) < 4 || int(ne.Uint32(b)) < pcbHeaderSize || int(ne.Uint32(b)) > len(b) {
		return nil, errPcbList
	}

	var rows []row
	current := pcb{tcpState: -1}
	flush := func() {
		r, ok := current.finish(proto)
		if ok && l.wants(r) && wantsPort(ports, r.local.Port()) {
			rows = append(rows, r)
		}
		current = pcb{tcpState: -1}
	}
	for b = b[padded(int(ne.Uint32(b)), len(b)):]; len(b) >= 8; {
		size, kind := int(ne.Uint32(b)), ne.Uint32(b[4:])
		if size < 8 || size > len(b) {
			return rows, errPcbList
		}
		if size <= pcbHeaderSize {
			flush()
			return rows, nil // the closing xinpgen
		}

		if kind == kindInpcb {
			flush()
		}
		current.record(kind, b[:size])
		b = b[padded(size, len(b)):]
	}

	flush()
	return rows, errPcbList
}

// padded is where the record after one of this size begins, at most end.
func padded(size, end int) int { return min((size+7)&^7, end) }

// record takes in one record with its length and kind.
func (p *pcb) record(kind uint32, b []byte) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch {
	case kind == kindInpcb && len(b) >= 80:
		v4, v6 := b[44]&vflagIPv4 != 0, b[44]&vflagIPv6 != 0
		p.row.local = bsdAddr(v6, b[64:80], be.Uint16(b[18:]))
		p.row.remote = bsdAddr(v6, b[48:64], be.Uint16(b[16:]))
		p.row.v6only = tristateOf(v6 && !v4)
		if v4 || v6 {
			p.complete |= 1
		}
	case kind == kindSocket && len(b) >= 72:
		p.listening = le.Uint32(b[20:])&soAcceptConn != 0
		p.row.uid, p.row.pid = int(int32(le.Uint32(b[64:]))), int(int32(le.Uint32(b[68:])))
		p.complete |= 2
	case kind == kindTcpcb && len(b) >= 40:
		p.tcpState = int(int32(le.Uint32(b[36:])))
	}
}

// finish is the row of a socket that has a port.
func (p *pcb) finish(proto string) (row, bool) {
	r := p.row
	r.proto = proto
	switch {
	case proto == "udp" && r.remote.Port() == 0:
		r.state = lint.Datagram
	case p.listening:
		r.state = lint.Listening
	case p.tcpState == bsdTCPTimeWait:
		r.state, r.pid, r.uid = lint.Closing, 0, -1
	case p.tcpState == bsdTCPClosed || r.remote.Port() == 0:
		r.state = lint.BoundOnly
	default:
		r.state = lint.Connection
	}

	return r, p.complete == 3 && r.local.Port() != 0
}

// bsdAddr reads an in6_addr or an in_addr_4in6, which has the address in its last 4 bytes.
func bsdAddr(v6 bool, b []byte, port uint16) netip.AddrPort {
	switch {
	case port == 0:
		return netip.AddrPort{}
	case v6:
		return unmap(netip.AddrPortFrom(netip.AddrFrom16([16]byte(b)), port))
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:])), port)
}
