package sockets

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestWho(t *testing.T) {
	needIPv6(t)
	l := made{proto: "tcp", addr: "127.0.0.1"}
	port := l.open(t)
	client := made{proto: "tcp", addr: "127.0.0.1"}.socket(t)
	must(t, "bind", syscall.Bind(client, testAddr("127.0.0.1", freePort(t, "tcp"))))
	must(t, "connect", syscall.Connect(client, testAddr("127.0.0.1", port)))
	bound := made{proto: "tcp", addr: "127.0.0.2", bound: true}
	fd := bound.socket(t)
	must(t, "bind", syscall.Bind(fd, testAddr("127.0.0.2", port)))
	probes, blind := Who(t.Context(), []Port{{port, "tcp"}, {port, "udp"}, {portOf(t, client), "tcp"}}, Options{})
	if len(blind) > 0 || len(probes) != 3 || !probes[0].Listed {
		t.Fatalf("%+v, %v", probes, blind)
	}
	var states []lint.HolderState
	for _, h := range probes[0].Holders {
		states = append(states, h.State)
	}
	want := []lint.HolderState{lint.Listening, lint.BoundOnly, lint.Connection}
	if fmt.Sprint(states) != fmt.Sprint(want) || probes[0].Result != lint.InUse {
		t.Errorf("%+v", probes[0])
	}
	if probes[1].Result != lint.Free || len(probes[1].Holders) != 0 {
		t.Errorf("%+v", probes[1])
	}
	if h := probes[2].Holders; len(h) != 1 || h[0].Remote.Port() != port || h[0].Owner.Process.PID != os.Getpid() {
		t.Errorf("%+v", probes[2])
	}
}

// TestProcNetAgrees: what /proc/net shows is what sock_diag shows.
func TestProcNetAgrees(t *testing.T) {
	needIPv6(t)
	var ports []uint16
	for _, m := range []made{
		{proto: "tcp", addr: "127.0.0.1"}, {proto: "tcp", addr: "::", dual: true}, {proto: "tcp", addr: "::1"},
		{proto: "udp", addr: "0.0.0.0"}, {proto: "udp", addr: "::1"}, {proto: "tcp", addr: "127.0.0.1", connected: true},
		{proto: "tcp", addr: "127.0.0.1", connected: true, timeWait: true},
	} {
		ports = append(ports, m.open(t))
	}
	for _, l := range []look{servers, everything} {
		for i, tab := range tables() {
			q := diagRequest{family: tab.family, proto: tab.proto, look: l, seq: uint32(i + 1)}
			fd, err := openDiag(t.Context())
			must(t, "open sock_diag", err)
			asked, err := tab.read(t.Context(), fd, nil, q)
			must(t, "ask", err)
			syscall.Close(fd)
			read, err := tab.read(t.Context(), -1, syscall.EINVAL, q)
			must(t, "read", err)
			for _, port := range ports {
				a, b := plain(asked, port), plain(read, port)
				if fmt.Sprint(a) != fmt.Sprint(b) {
					t.Errorf("%s, port %d: sock_diag %v, the file %v", tab.file, port, a, b)
				}
			}
		}
	}
}

// plain is what both tables show of a port.
func plain(rows []row, port uint16) []row {
	var found []row
	for _, r := range rows {
		if r.local.Port() == port {
			r.v6only, r.cgroup, r.device = unknown, 0, 0
			found = append(found, r)
		}
	}
	return found
}
