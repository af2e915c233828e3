package sockets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"github.com/portlint/portlint/lint"
)

// The numbers of sock_diag. Source: linux include/uapi/linux/netlink.h, sock_diag.h, inet_diag.h, and
// include/net/tcp_states.h.
const (
	nlmsgHeader      = 16 // struct nlmsghdr
	nlmsgError       = 2
	nlmsgDone        = 3
	nlmFlagRequest   = 0x001
	nlmFlagDump      = 0x300
	nlmFlagInterrupt = 0x010 // NLM_F_DUMP_INTR: the table changed under the dump

	sockDiagByFamily = 20
	diagRequestSize  = 56 // struct inet_diag_req_v2
	diagMessageSize  = 72 // struct inet_diag_msg
	diagReqBytecode  = 1
	diagV6Only       = 11 // INET_DIAG_SKV6ONLY
	diagCgroup       = 21 // INET_DIAG_CGROUP_ID

	familyV4 = 2  // AF_INET of Linux
	familyV6 = 10 // AF_INET6 of Linux
	protoTCP = 6
	protoUDP = 17

	tcpEstablished = 1
	tcpSynRecv     = 3
	tcpClose       = 7 // also every unconnected UDP socket
	tcpListen      = 10
	tcpNewSynRecv  = 12
	tcpBound       = 13 // TCP_BOUND_INACTIVE, asked for since Linux 6.8; such sockets come back as tcpClose
)

// diagRequest is one dump: one family, one protocol.
type diagRequest struct {
	family, proto uint8
	look          look
	ports         []uint16 // local ports, sorted; all when empty
	seq           uint32
}

// states is the bit mask of the wanted states.
func (q diagRequest) states() uint32 {
	switch {
	case q.look == everything:
		return 1<<14 - 1
	case q.look == bound && q.proto == protoUDP:
		return 1 << tcpClose
	case q.look == bound:
		return 1<<tcpListen | 1<<tcpClose | 1<<tcpBound
	case q.proto == protoUDP:
		return 1<<tcpClose | 1<<tcpEstablished
	}
	return 1 << tcpListen
}

// encode writes the request as the kernel reads it.
func (q diagRequest) encode() []byte {
	program := portProgram(q.ports)
	b := make([]byte, nlmsgHeader+diagRequestSize, nlmsgHeader+diagRequestSize+4+len(program))
	ne := binary.NativeEndian
	ne.PutUint16(b[4:], sockDiagByFamily)
	ne.PutUint16(b[6:], nlmFlagRequest|nlmFlagDump)
	ne.PutUint32(b[8:], q.seq)
	b[16], b[17] = q.family, q.proto
	ne.PutUint32(b[20:], q.states())
	ne.PutUint64(b[64:], ^uint64(0)) // INET_DIAG_NOCOOKIE twice
	if len(program) > 0 {
		b = ne.AppendUint16(b, uint16(4+len(program)))
		b = ne.AppendUint16(b, diagReqBytecode)
		b = append(b, program...)
	}

	ne.PutUint32(b, uint32(len(b)))
	return b
}

// diagDump collects the answer to one request.
type diagDump struct {
	request     diagRequest
	rows        []row
	interrupted bool
}

// errShort is a datagram that ends within a message.
var errShort = errors.New("the kernel's answer is cut off")

// read takes in one datagram of the answer and reports whether it was the last.
func (d *diagDump) read(b []byte) (done bool, err error) {
	ne := binary.NativeEndian
	for len(b) > 0 {
		if len(b) < nlmsgHeader {
			return false, errShort
		}

		size, kind, flags, seq := int(ne.Uint32(b)), ne.Uint16(b[4:]), ne.Uint16(b[6:]), ne.Uint32(b[8:])
		if size < nlmsgHeader || size > len(b) {
			return false, errShort
		}

		if seq == d.request.seq {
			d.interrupted = d.interrupted || flags&nlmFlagInterrupt != 0
			done, err := d.message(kind, b[nlmsgHeader:size])
			if done || err != nil {
				return done, err
			}
		}

		b = b[min((size+3)&^3, len(b)):]
	}
	return false, nil
}

// message takes in one message without its header.
func (d *diagDump) message(kind uint16, body []byte) (done bool, err error) {
	switch kind {
	case nlmsgDone, nlmsgError:
		if len(body) < 4 {
			return kind == nlmsgDone, nil
		}
		if code := int32(binary.NativeEndian.Uint32(body)); code < 0 {
			return true, fmt.Errorf("the kernel answers: %w", syscall.Errno(-code))
		}
		return true, nil
	case sockDiagByFamily:
		if r, ok := parseDiag(body, d.request.proto); ok && wantsPort(d.request.ports, r.local.Port()) {
			d.rows = append(d.rows, r)
		}
	}
	return false, nil
}

// parseDiag reads a struct inet_diag_msg with its attributes.
func parseDiag(b []byte, proto uint8) (row, bool) {
	if len(b) < diagMessageSize || b[0] != familyV4 && b[0] != familyV6 {
		return row{}, false
	}

	ne, be := binary.NativeEndian, binary.BigEndian
	inode, code := uint64(ne.Uint32(b[68:])), b[1]
	r := row{
		proto:  "tcp",
		local:  diagAddr(b[0], b[8:24], be.Uint16(b[4:])),
		remote: diagAddr(b[0], b[24:40], be.Uint16(b[6:])),
		device: ne.Uint32(b[40:]),
		uid:    int(ne.Uint32(b[64:])),
		inode:  inode,
		state:  linuxState(proto == protoUDP, code, inode),
	}
	if proto == protoUDP {
		r.proto = "udp"
	}

	if inode == 0 {
		r.uid = -1 // the kernel writes 0 when the owner is gone
	}
	r.attributes(b[diagMessageSize:])
	return r, true
}

// attributes reads the attributes that the kernel adds unasked.
func (r *row) attributes(b []byte) {
	ne := binary.NativeEndian
	for len(b) >= 4 {
		size, kind := int(ne.Uint16(b)), ne.Uint16(b[2:])
		if size < 4 || size > len(b) {
			return
		}

		switch body := b[4:size]; {
		case kind == diagV6Only && len(body) >= 1:
			r.v6only = tristateOf(body[0] != 0)
		case kind == diagCgroup && len(body) >= 8:
			r.cgroup = ne.Uint64(body)
		}

		b = b[min((size+3)&^3, len(b)):]
	}
}

// diagAddr reads an address; the zero port makes the zero AddrPort of a socket without a remote end.
func diagAddr(family byte, b []byte, port uint16) netip.AddrPort {
	if port == 0 {
		return netip.AddrPort{}
	}
	if family == familyV4 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b)), port)
	}
	return unmap(netip.AddrPortFrom(netip.AddrFrom16([16]byte(b)), port))
}

// linuxState is what a socket in a state of net/tcp_states.h does with its port. UDP borrows two of the states.
func linuxState(udp bool, code byte, inode uint64) lint.HolderState {
	connected := code == tcpEstablished || code == tcpSynRecv || code == tcpNewSynRecv
	switch {
	case code == tcpListen:
		return lint.Listening
	case udp && code == tcpClose:
		return lint.Datagram
	case code == tcpClose || code == tcpBound:
		return lint.BoundOnly
	case inode == 0 && !connected:
		return lint.Closing
	}
	return lint.Connection
}
