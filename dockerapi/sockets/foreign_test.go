package sockets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/portlint/portlint/lint"
)

// pcbRecords is one socket as in net.inet.tcp.pcblist_n, its records padded to 8 bytes.
func pcbRecords(vflag byte, local, remote string, options uint32, tcpState int) []byte {
	le := binary.LittleEndian
	inpcb := record(kindInpcb, 104)
	inpcb[44] = vflag
	putBSDAddr(inpcb[64:80], inpcb[18:], local)
	putBSDAddr(inpcb[48:64], inpcb[16:], remote)
	socket := record(kindSocket, 84)
	le.PutUint32(socket[20:], options)
	le.PutUint32(socket[64:], 501)
	le.PutUint32(socket[68:], 4711)
	b := append(padTo8(inpcb), padTo8(socket)...)
	b = append(b, padTo8(record(0x002, 44))...) // XSO_RCVBUF
	if tcpState >= 0 {
		tcpcb := record(kindTcpcb, 208)
		le.PutUint32(tcpcb[36:], uint32(tcpState))
		b = append(b, padTo8(tcpcb)...)
	}
	return b
}

func record(kind uint32, size int) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint32(b, uint32(size))
	binary.LittleEndian.PutUint32(b[4:], kind)
	return b
}

func padTo8(b []byte) []byte { return append(b, make([]byte, (8-len(b)%8)%8)...) }

func putBSDAddr(addr, port []byte, s string) {
	if s == "" {
		return
	}
	ap := netip.MustParseAddrPort(s)
	if ap.Addr().Is4() {
		copy(addr[12:], ap.Addr().AsSlice())
	} else {
		copy(addr, ap.Addr().AsSlice())
	}
	binary.BigEndian.PutUint16(port, ap.Port())
}

func pcbBytes(sockets ...[]byte) []byte {
	header := make([]byte, pcbHeaderSize)
	header[0] = pcbHeaderSize
	b := append([]byte{}, header...)
	for _, s := range sockets {
		b = append(b, s...)
	}
	return append(b, header...)
}

func TestParsePcbList(t *testing.T) {
	b := pcbBytes(
		pcbRecords(vflagIPv4, "127.0.0.1:8080", "", soAcceptConn, 1),
		pcbRecords(vflagIPv4|vflagIPv6, "[::]:8080", "", soAcceptConn, 1),
		pcbRecords(vflagIPv6, "[::]:8080", "", soAcceptConn, 1),
		pcbRecords(vflagIPv4, "10.0.0.5:8080", "10.0.0.6:443", 0, 4),
		pcbRecords(vflagIPv4, "10.0.0.5:8080", "10.0.0.6:443", 0, bsdTCPTimeWait),
		pcbRecords(vflagIPv4, "127.0.0.1:8080", "", 0, bsdTCPClosed),
		pcbRecords(vflagIPv4, "127.0.0.1:9090", "", soAcceptConn, 1),
		pcbRecords(vflagIPv4, "", "", 0, bsdTCPClosed),
	)
	rows, err := parsePcbList(b, "tcp", everything, []uint16{8080})
	if err != nil {
		t.Fatal(err)
	}
	base := row{proto: "tcp", uid: 501, pid: 4711, v6only: no}
	with := func(local, remote string, s lint.HolderState) row {
		r := base
		r.local, r.state = netip.MustParseAddrPort(local), s
		if remote != "" {
			r.remote = netip.MustParseAddrPort(remote)
		}
		return r
	}
	only6, gone := with("[::]:8080", "", lint.Listening), with("10.0.0.5:8080", "10.0.0.6:443", lint.Closing)
	only6.v6only, gone.uid, gone.pid = yes, -1, 0
	want := []row{
		with("127.0.0.1:8080", "", lint.Listening), with("[::]:8080", "", lint.Listening), only6,
		with("10.0.0.5:8080", "10.0.0.6:443", lint.Connection), gone, with("127.0.0.1:8080", "", lint.BoundOnly),
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", rows, want)
	}
	if rows, _ := parsePcbList(b, "tcp", servers, nil); len(rows) != 4 {
		t.Errorf("servers: %v", rows)
	}
	for n := range b {
		if rows, err := parsePcbList(b[:n], "tcp", everything, nil); !errors.Is(err, errPcbList) {
			t.Errorf("%d of %d bytes: %v, %v", n, len(b), rows, err)
		}
	}
	udp := pcbBytes(pcbRecords(vflagIPv4, "0.0.0.0:53", "", 0, -1), pcbRecords(vflagIPv4, "10.0.0.5:53", "10.0.0.6:53", 0, -1))
	rows, err = parsePcbList(udp, "udp", servers, nil)
	if err != nil || len(rows) != 2 || rows[0].state != lint.Datagram || rows[1].state != lint.Connection {
		t.Errorf("%v, %v", rows, err)
	}
}

func FuzzParsePcbList(f *testing.F) {
	f.Add(pcbBytes(pcbRecords(vflagIPv4, "127.0.0.1:8080", "", soAcceptConn, 1)))
	f.Fuzz(func(_ *testing.T, b []byte) { parsePcbList(b, "tcp", everything, nil) })
}

// mibBytes is a table of iphlpapi with these rows.
func mibBytes(rows ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(rows)))
	for _, r := range rows {
		b = append(b, r...)
	}
	return b
}

func (t mibTable) bytes(local, remote string, state, pid uint32) []byte {
	b := make([]byte, t.size)
	put := func(addr, port int, s string) {
		if s != "" {
			ap := netip.MustParseAddrPort(s)
			copy(b[addr:], ap.Addr().AsSlice())
			binary.BigEndian.PutUint16(b[port:], ap.Port())
		}
	}
	put(t.local, t.localPort, local)
	binary.LittleEndian.PutUint32(b[t.pid:], pid)
	if t.proto == "tcp" {
		put(t.remote, t.remotePort, remote)
		binary.LittleEndian.PutUint32(b[t.state:], state)
	}
	return b
}

func TestParseMibTable(t *testing.T) {
	tables := mibTables()
	for _, tt := range []struct {
		table int
		b     []byte
		want  []row
	}{
		{0, mibBytes(tables[0].bytes("0.0.0.0:8080", "", mibListen, 7), tables[0].bytes("10.0.0.5:8080", "10.0.0.6:443", 5, 8), tables[0].bytes("10.0.0.5:8080", "10.0.0.6:443", mibTimeWait, 0)), []row{
			{proto: "tcp", local: netip.MustParseAddrPort("0.0.0.0:8080"), v6only: no, uid: -1, pid: 7},
			{proto: "tcp", local: netip.MustParseAddrPort("10.0.0.5:8080"), remote: netip.MustParseAddrPort("10.0.0.6:443"), state: lint.Connection, v6only: no, uid: -1, pid: 8},
			{proto: "tcp", local: netip.MustParseAddrPort("10.0.0.5:8080"), remote: netip.MustParseAddrPort("10.0.0.6:443"), state: lint.Closing, v6only: no, uid: -1},
		}},
		{1, mibBytes(tables[1].bytes("[::1]:8080", "", mibListen, 7)), []row{
			{proto: "tcp", local: netip.MustParseAddrPort("[::1]:8080"), v6only: yes, uid: -1, pid: 7},
		}},
		{2, mibBytes(tables[2].bytes("0.0.0.0:8080", "", 0, 7), tables[2].bytes("0.0.0.0:5353", "", 0, 7)), []row{
			{proto: "udp", local: netip.MustParseAddrPort("0.0.0.0:8080"), state: lint.Datagram, v6only: no, uid: -1, pid: 7},
		}},
		{3, mibBytes(tables[3].bytes("[::]:8080", "", 0, 7)), []row{
			{proto: "udp", local: netip.MustParseAddrPort("[::]:8080"), state: lint.Datagram, v6only: yes, uid: -1, pid: 7},
		}},
	} {
		table := tables[tt.table]
		rows, err := table.parse(append(tt.b, 0, 0, 0), everything, []uint16{8080})
		if err != nil || fmt.Sprint(rows) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, %v", table.name, rows, err)
		}
		for n := range tt.b {
			if rows, err := table.parse(tt.b[:n], everything, nil); err == nil {
				t.Errorf("%s: %d of %d bytes: %v", table.name, n, len(tt.b), rows)
			}
		}
	}
	connection := mibBytes(tables[0].bytes("10.0.0.5:8080", "10.0.0.6:443", 5, 8))
	if rows, err := tables[0].parse(connection, servers, nil); err != nil || len(rows) != 0 {
		t.Errorf("servers: %v, %v", rows, err)
	}
	if _, err := tables[0].parse([]byte{255, 255, 255, 255}, everything, nil); err == nil {
		t.Error("four billion rows in no bytes: no error")
	}
}

func FuzzParseMibTable(f *testing.F) {
	f.Add(mibBytes(mibTables()[1].bytes("[::1]:8080", "", mibListen, 7)))
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, table := range mibTables() {
			table.parse(b, everything, nil)
		}
	})
}

func TestParseExcluded(t *testing.T) {
	const french = "\r\nPlages d'exclusion des ports du protocole tcp\r\n\r\nPort de début    Port de fin\r\n" +
		"-------------    -----------\r\n      1540        3877\r\n     50000       50059     *\r\n      9999        1\r\n    70000  70001\r\n\r\n" +
		"* - Exclusions de ports gérées.\r\n"
	got := parseExcluded(french)
	if want := []excluded{{lint.Ports{First: 1540, Last: 3877}, false}, {lint.Ports{First: 50000, Last: 50059}, true}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if !got[0].Contains(1540) || !got[0].Contains(3877) || got[0].Contains(3878) || got[0].Contains(1539) {
		t.Error("both ends belong to a range")
	}
}

func TestParseDynamic(t *testing.T) {
	const german = "\r\nProtokoll tcp Dynamischer Portbereich\r\n---------------------------------\r\nStartport       : 49152\r\nAnzahl von Ports: 16384\r\n"
	if ports, ok := parseDynamic(german); !ok || ports.String() != "49152-65535" {
		t.Errorf("%s, %t", ports, ok)
	}
	for _, s := range []string{"", "a 1", "a 60000\nb 6000", "a 1\nb 2\nc 3"} {
		if ports, ok := parseDynamic(s); ok {
			t.Errorf("%q: %s", s, ports)
		}
	}
}

// TestOverlapsWithListed is the address table of listeners, as measured on Linux with the engine's sockets.
func TestOverlapsWithListed(t *testing.T) {
	for _, tt := range []struct {
		has    string
		v6only tristate
		blocks string
	}{
		{"0.0.0.0", unknown, "0.0.0.0 127.0.0.1"},
		{"127.0.0.1", unknown, "0.0.0.0 127.0.0.1"},
		{"127.0.0.2", unknown, "0.0.0.0"},
		{"::", no, "0.0.0.0 127.0.0.1 :: ::1"},
		{"::", unknown, "0.0.0.0 127.0.0.1 :: ::1"},
		{"::", yes, ":: ::1"},
		{"::1", no, ":: ::1"},
		{"::ffff:127.0.0.1", no, "0.0.0.0 127.0.0.1"},
	} {
		got := ""
		for _, wanted := range []string{"0.0.0.0", "127.0.0.1", "::", "::1"} {
			r := row{proto: "tcp", local: unmap(netip.AddrPortFrom(netip.MustParseAddr(tt.has), 80)), v6only: tt.v6only}
			if overlaps(r, lint.Endpoint{Proto: "tcp", Addr: netip.AddrPortFrom(netip.MustParseAddr(wanted), 80)}) {
				got += " " + wanted
			}
		}
		if got != " "+tt.blocks {
			t.Errorf("%s (%d) blocks%s", tt.has, tt.v6only, got)
		}
	}
}
