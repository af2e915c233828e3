package sockets

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
)

// parseProcNet reads /proc/net/tcp, tcp6, udp or udp6, which is what there is when sock_diag refuses. It shows neither
// IPV6_V6ONLY nor sockets that are bound and don't listen. Lines that are not as expected are skipped and counted.
// Source: linux Documentation/networking/proc_net_tcp.rst.
func parseProcNet(b []byte, proto string, l look, ports []uint16) (rows []row, odd int) {
	first := true
	for line := range bytes.Lines(b) {
		if first {
			first = false // the heading
			continue
		}

		r, ok := parseProcLine(bytes.Fields(line), proto)
		switch {
		case !ok:
			odd++
		case l.wants(r) && wantsPort(ports, r.local.Port()):
			rows = append(rows, r)
		}
	}
	return rows, odd
}

// parseProcLine reads "sl local remote st tx:rx tr:when retrnsmt uid timeout inode …".
func parseProcLine(f [][]byte, proto string) (row, bool) {
	if len(f) < 10 {
		return row{}, false
	}

	local, ok1 := procAddr(f[1])
	remote, ok2 := procAddr(f[2])
	code, err1 := strconv.ParseUint(string(f[3]), 16, 8)
	uid, err2 := strconv.Atoi(string(f[7]))
	inode, err3 := strconv.ParseUint(string(f[9]), 10, 64)
	numbers := err1 == nil && err2 == nil && err3 == nil
	if !ok1 || !ok2 || !numbers {
		return row{}, false
	}

	if remote.Port() == 0 {
		remote = netip.AddrPort{}
	}

	if inode == 0 {
		uid = -1
	}
	r := row{proto: proto, local: local, remote: remote, uid: uid, inode: inode}
	r.state = linuxState(proto == "udp", byte(code), inode)
	return r, true
}

// procAddr reads "0100007F:1F90": the address in words of the machine's byte order, the port as a number.
func procAddr(b []byte) (netip.AddrPort, bool) {
	digits, port, ok := bytes.Cut(b, []byte(":"))
	if !ok {
		return netip.AddrPort{}, false
	}

	n, err := strconv.ParseUint(string(port), 16, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	raw := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(raw, digits); err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}

	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), true
}
