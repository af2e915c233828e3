package sockets

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/portlint/portlint/lint"
)

// made is one socket of a test.
type made struct {
	proto, addr         string
	dual                bool // IPV6_V6ONLY off
	reuse, reusePort    bool
	device              string
	bound               bool // bound, not listening
	connected, timeWait bool // a client of a server on the same address; and closed by the client first
	serverTimeWait      bool
}

func TestCheckEveryState(t *testing.T) {
	type want struct {
		v4, v6 lint.ProbeResult
		state  lint.HolderState
		v6only bool
	}
	free, inUse := lint.Free, lint.InUse
	for _, tt := range []struct {
		name string
		made made
		want want
	}{
		{"nothing", made{}, want{v4: free, v6: free}},
		{"listener on all IPv4", made{proto: "tcp", addr: "0.0.0.0"}, want{v4: inUse, v6: free}},
		{"listener on all IPv4 with SO_REUSEADDR", made{proto: "tcp", addr: "0.0.0.0", reuse: true}, want{v4: inUse, v6: free}},
		{"listener on all IPv4 with SO_REUSEPORT", made{proto: "tcp", addr: "0.0.0.0", reusePort: true}, want{v4: inUse, v6: free}},
		{"listener on 127.0.0.1", made{proto: "tcp", addr: "127.0.0.1"}, want{v4: inUse, v6: free}},
		{"listener on ::1 for both families", made{proto: "tcp", addr: "::1", dual: true}, want{v4: free, v6: inUse, v6only: true}},
		{"listener on :: for both families", made{proto: "tcp", addr: "::", dual: true}, want{v4: inUse, v6: inUse}},
		{"listener on :: alone", made{proto: "tcp", addr: "::"}, want{v4: free, v6: inUse, v6only: true}},
		{"listener on a mapped address", made{proto: "tcp", addr: "::ffff:127.0.0.1", dual: true}, want{v4: inUse, v6: free}},
		{"listener on one interface", made{proto: "tcp", addr: "127.0.0.1", device: "lo"}, want{v4: inUse, v6: free}},
		{"bound, not listening", made{proto: "tcp", addr: "127.0.0.1", bound: true}, want{v4: inUse, v6: free, state: lint.BoundOnly}},
		{"bound, not listening, with SO_REUSEADDR", made{proto: "tcp", addr: "127.0.0.1", bound: true, reuse: true}, want{v4: free, v6: free}},
		{"outgoing connection", made{proto: "tcp", addr: "127.0.0.1", connected: true}, want{v4: inUse, v6: free, state: lint.Connection}},
		{"outgoing connection of both families", made{proto: "tcp", addr: "::1", connected: true, dual: true}, want{v4: inUse, v6: inUse, state: lint.Connection}},
		{"closed outgoing connection", made{proto: "tcp", addr: "127.0.0.1", connected: true, timeWait: true}, want{v4: inUse, v6: free, state: lint.Closing}},
		{"closed server without SO_REUSEADDR", made{proto: "tcp", addr: "127.0.0.1", serverTimeWait: true}, want{v4: inUse, v6: free, state: lint.Closing}},
		{"closed server with SO_REUSEADDR", made{proto: "tcp", addr: "127.0.0.1", serverTimeWait: true, reuse: true}, want{v4: free, v6: free}},
		{"udp", made{proto: "udp", addr: "0.0.0.0"}, want{v4: inUse, v6: free, state: lint.Datagram}},
		{"udp on :: for both families", made{proto: "udp", addr: "::", dual: true}, want{v4: inUse, v6: inUse, state: lint.Datagram}},
		{"udp on :: alone", made{proto: "udp", addr: "::"}, want{v4: free, v6: inUse, state: lint.Datagram, v6only: true}},
		{"udp with SO_REUSEADDR", made{proto: "udp", addr: "0.0.0.0", reuse: true}, want{v4: inUse, v6: free, state: lint.Datagram}},
		{"connected udp", made{proto: "udp", addr: "127.0.0.1", connected: true}, want{v4: inUse, v6: free, state: lint.Connection}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			needIPv6(t)
			port := tt.made.openAlone(t)
			proto := tt.made.proto
			if proto == "" {
				proto = "tcp"
			}
			v4, v6 := endpoint(proto, "0.0.0.0", port), endpoint(proto, "::", port)
			probes, blind := Check(t.Context(), []lint.Endpoint{v4, v6}, Options{})
			if len(blind) > 0 {
				t.Errorf("blind spots: %v", blind)
			}
			seen := lint.Known
			if tt.want.state == lint.Closing {
				seen = lint.Gone
			}
			for i, result := range []lint.ProbeResult{tt.want.v4, tt.want.v6} {
				checkProbe(t, probes[i], result, tt.want.state, tt.want.v6only, seen, tt.made.bound || tt.made.connected)
			}
			t.Run("as another user", func(t *testing.T) {
				if seen == lint.Known {
					seen = lint.NoPrivilege
				}
				probes := asStranger(t, "check", v4, v6)
				for i, result := range []lint.ProbeResult{tt.want.v4, tt.want.v6} {
					checkProbe(t, probes[i], result, tt.want.state, tt.want.v6only, seen, false)
				}
			})
		})
	}
}

func checkProbe(t *testing.T, p lint.Probe, result lint.ProbeResult, state lint.HolderState, v6only bool, seen lint.Seen, mine bool) {
	t.Helper()
	if p.Result != result {
		t.Errorf("%s: result %d, want %d (%s)", p.Endpoint, p.Result, result, p.Reason)
	}
	if (result == lint.InUse) != (len(p.Holders) > 0) {
		t.Fatalf("%s: holders %+v", p.Endpoint, p.Holders)
	}
	for _, h := range p.Holders {
		if h.State != state || h.V6Only != v6only || h.Owner.Seen != seen || h.Local.Port() != p.Addr.Port() {
			t.Errorf("%s: holder %+v; want state %d, v6only %t, seen %d", p.Endpoint, h, state, v6only, seen)
		}
		if mine && seen == lint.Known && h.Owner.Process.PID != os.Getpid() {
			t.Errorf("%s: process %+v", p.Endpoint, h.Owner.Process)
		}
		if (state == lint.Connection) != h.Remote.IsValid() && state != lint.Closing {
			t.Errorf("%s: remote end %s", p.Endpoint, h.Remote)
		}
	}
}

// open makes the socket and gives its port.
func (m made) open(t *testing.T) uint16 {
	t.Helper()
	switch {
	case m.proto == "":
		return freePort(t, "tcp")
	case m.connected:
		return m.client(t)
	case m.serverTimeWait:
		return m.server(t)
	}
	port := freePort(t, m.proto)
	fd := m.socket(t)
	must(t, "bind", syscall.Bind(fd, testAddr(m.addr, port)))
	if m.proto == "tcp" && !m.bound {
		must(t, "listen", syscall.Listen(fd, 8))
	}
	return port
}

// client connects to a server on the same address and gives the port that the system picked.
func (m made) client(t *testing.T) uint16 {
	t.Helper()
	lm := m
	lm.dual = false
	l := lm.socket(t)
	must(t, "bind", syscall.Bind(l, testAddr(m.addr, 0)))
	if m.proto == "tcp" {
		must(t, "listen", syscall.Listen(l, 8))
	}
	fd := m.socket(t)
	must(t, "connect", syscall.Connect(fd, testAddr(m.addr, portOf(t, l))))
	port := portOf(t, fd)
	if m.timeWait {
		server, _, err := syscall.Accept(l)
		must(t, "accept", err)
		must(t, "close the client", syscall.Shutdown(fd, syscall.SHUT_RDWR))
		must(t, "close the server's end", syscall.Close(server))
		closeNow(t, fd)
	}
	return port
}

// server accepts a connection and closes it first, so that its end stays in TIME_WAIT, and then closes the listener.
func (m made) server(t *testing.T) uint16 {
	t.Helper()
	port := freePort(t, "tcp")
	l := m.socket(t)
	must(t, "bind", syscall.Bind(l, testAddr(m.addr, port)))
	must(t, "listen", syscall.Listen(l, 8))
	client := made{proto: "tcp", addr: m.addr}.socket(t)
	must(t, "connect", syscall.Connect(client, testAddr(m.addr, port)))
	server, _, err := syscall.Accept(l)
	must(t, "accept", err)
	must(t, "close the server's end", syscall.Close(server))
	closeNow(t, client)
	closeNow(t, l)
	return port
}

// closeNow closes a descriptor that the end of the test would close, and keeps its number taken.
func closeNow(t *testing.T, fd int) {
	t.Helper()
	null, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	must(t, "open /dev/null", err)
	must(t, "close", syscall.Dup3(null, fd, syscall.O_CLOEXEC))
	must(t, "close", syscall.Close(null))
}

// socket opens a socket with its options until the test ends.
func (m made) socket(t *testing.T) int {
	t.Helper()
	family, kind := syscall.AF_INET, syscall.SOCK_STREAM
	if netip.MustParseAddr(m.addr).Is6() {
		family = syscall.AF_INET6
	}
	if m.proto == "udp" {
		kind = syscall.SOCK_DGRAM
	}
	fd, err := syscall.Socket(family, kind|syscall.SOCK_CLOEXEC, 0)
	must(t, "socket", err)
	t.Cleanup(func() { syscall.Close(fd) })
	if family == syscall.AF_INET6 {
		only := 1
		if m.dual {
			only = 0
		}
		must(t, "IPV6_V6ONLY", syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, only))
	}
	if m.reuse {
		must(t, "SO_REUSEADDR", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	}
	if m.reusePort {
		must(t, "SO_REUSEPORT", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, 15, 1))
	}
	if m.device != "" {
		needRoot(t)
		must(t, "SO_BINDTODEVICE", syscall.SetsockoptString(fd, syscall.SOL_SOCKET, syscall.SO_BINDTODEVICE, m.device))
	}
	return fd
}

func must(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func testAddr(addr string, port uint16) syscall.Sockaddr {
	a := netip.MustParseAddr(addr)
	if a.Is4() {
		return &syscall.SockaddrInet4{Port: int(port), Addr: a.As4()}
	}
	return &syscall.SockaddrInet6{Port: int(port), Addr: a.As16()}
}

func portOf(t *testing.T, fd int) uint16 {
	t.Helper()
	sa, err := syscall.Getsockname(fd)
	must(t, "getsockname", err)
	switch a := sa.(type) {
	case *syscall.SockaddrInet4:
		return uint16(a.Port)
	case *syscall.SockaddrInet6:
		return uint16(a.Port)
	}
	t.Fatalf("address %T", sa)
	return 0
}

func TestCheckOtherAnswers(t *testing.T) {
	port := freePort(t, "tcp")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		ctx    context.Context
		want   lint.Endpoint
		result lint.ProbeResult
		reason string
	}{
		{t.Context(), endpoint("tcp", "192.0.2.7", port), lint.NotLocal, ""},
		{t.Context(), endpoint("tcp", "fe80::1%nosuch0", port), lint.NotLocal, ""},
		{t.Context(), endpoint("tcp", "::ffff:127.0.0.1", port), lint.Free, ""},
		{t.Context(), endpoint("sctp", "0.0.0.0", port), lint.NotTested, `portlint can't bind "sctp" ports`},
		{t.Context(), endpoint("tcp", "0.0.0.0", 0), lint.NotTested, "the system picks its port"},
		{t.Context(), lint.Endpoint{Proto: "tcp"}, lint.NotTested, "it has no address"},
		{ctx, endpoint("tcp", "0.0.0.0", port), lint.NotTested, "the time was up"},
	} {
		probes, _ := Check(tt.ctx, []lint.Endpoint{tt.want}, Options{})
		if p := probes[0]; p.Result != tt.result || p.Reason != tt.reason || p.Endpoint != tt.want {
			t.Errorf("%s: %+v", tt.want, p)
		}
	}
}

// TestCheckPrivilegedPort: the kernel answers "not allowed" for a taken port too, and the table shows who has it.
func TestCheckPrivilegedPort(t *testing.T) {
	needRoot(t)
	first, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	must(t, "read", err)
	if n, err := strconv.Atoi(strings.TrimSpace(string(first))); err != nil || n < 900 {
		t.Skip("every user may bind low ports here")
	}

	port := uint16(0)
	for p := uint16(700); p < 900 && port == 0; p++ {
		if try(t.Context(), endpoint("tcp", "127.0.0.1", p), Options{}).Result == lint.Free {
			port = p
		}
	}
	fd := made{proto: "tcp", addr: "127.0.0.1"}.socket(t)
	must(t, "bind", syscall.Bind(fd, testAddr("127.0.0.1", port)))
	must(t, "listen", syscall.Listen(fd, 1))
	probes := asStranger(t, "check", endpoint("tcp", "0.0.0.0", port), endpoint("tcp", "::", port))
	if p := probes[0]; p.Result != lint.NotAllowed || len(p.Holders) != 1 || p.Holders[0].Owner.UID != 0 {
		t.Errorf("IPv4: %+v", p)
	}
	if p := probes[1]; p.Result != lint.NotAllowed || len(p.Holders) != 0 {
		t.Errorf("IPv6: %+v", p)
	}
}

// TestCheckReuseUDP: engine 28.x takes over a UDP port whose holder shares it, and the holder is still named.
func TestCheckReuseUDP(t *testing.T) {
	port := made{proto: "udp", addr: "0.0.0.0", reuse: true}.open(t)
	want := []lint.Endpoint{endpoint("udp", "0.0.0.0", port)}
	probes, _ := Check(t.Context(), want, Options{ReuseUDP: true})
	if p := probes[0]; p.Result != lint.Free || len(p.Holders) != 1 {
		t.Errorf("as engine 28: %+v", p)
	}
	probes, _ = Check(t.Context(), want, Options{})
	if p := probes[0]; p.Result != lint.InUse || len(p.Holders) != 1 {
		t.Errorf("as engine 29: %+v", p)
	}
}

// TestCheckAgreesWithTheEngine compares the trial bind with what an engine does, bind and listen, for pairs of addresses.
func TestCheckAgreesWithTheEngine(t *testing.T) {
	needIPv6(t)
	addresses := []string{"0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::1"}
	for _, bound := range []bool{false, true} {
		for _, reuse := range []bool{false, true} {
			for _, has := range addresses {
				t.Run(fmt.Sprintf("%s bound=%t reuse=%t", has, bound, reuse), func(t *testing.T) {
					port := made{proto: "tcp", addr: has, bound: bound, reuse: reuse}.open(t)
					for _, wanted := range addresses {
						fd := made{proto: "tcp", addr: wanted, reuse: true}.socket(t)
						err := syscall.Bind(fd, testAddr(wanted, port))
						if err == nil {
							err = syscall.Listen(fd, 1)
						}
						syscall.Shutdown(fd, syscall.SHUT_RDWR)
						closeNow(t, fd)
						got := try(t.Context(), endpoint("tcp", wanted, port), Options{})
						if (err == nil) != (got.Result == lint.Free) {
							t.Errorf("%s: the engine gets %v, the probe says %d", wanted, err, got.Result)
						}
					}
				})
			}
		}
	}
}

// openAlone opens a socket whose port no other socket has. The kernel gives a client one that somebody else has at another address, or that a
// closing connection of an earlier test has with another destination.
func (m made) openAlone(t *testing.T) uint16 {
	t.Helper()
	for range 20 {
		port := m.open(t)
		rows, _ := list(t.Context(), everything, []uint16{port})
		if !m.connected || len(rows) == 1 {
			return port
		}
	}
	t.Fatal("somebody else has every port")
	return 0
}

// TestAsUser: for an engine that opens ports as a user a low port is refused, whatever root may that asks.
func TestAsUser(t *testing.T) {
	low := endpoint("tcp", "127.0.0.1", 1)
	if got := try(t.Context(), low, Options{AsUser: true}); got.Result != lint.NotAllowed && firstUserPort() > 1 {
		t.Errorf("%+v", got)
	}
	high := endpoint("tcp", "127.0.0.1", firstUserPort()+20000)
	if got := try(t.Context(), high, Options{AsUser: true}); got.Result == lint.NotAllowed {
		t.Errorf("%+v", got)
	}
}
