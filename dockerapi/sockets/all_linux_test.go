package sockets

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestAll: every socket that has a port of its own is found with its process, and no connection is.
func TestAll(t *testing.T) {
	needIPv6(t)
	want := map[uint16]lint.HolderState{}
	for _, m := range []struct {
		made
		state lint.HolderState
	}{
		{made{proto: "tcp", addr: "127.0.0.1"}, lint.Listening}, {made{proto: "tcp", addr: "::", dual: true}, lint.Listening},
		{made{proto: "tcp", addr: "::1"}, lint.Listening}, {made{proto: "udp", addr: "0.0.0.0"}, lint.Datagram}, {made{proto: "udp", addr: "::1"}, lint.Datagram},
	} {
		want[m.open(t)] = m.state
	}
	connections := []uint16{made{proto: "tcp", addr: "127.0.0.1", connected: true}.open(t), made{proto: "udp", addr: "127.0.0.1", connected: true}.open(t)}

	probes, blind := All(t.Context())
	if len(blind) > 0 {
		t.Errorf("blind spots: %v", blind)
	}
	seen := map[uint16]lint.Holder{}
	for _, p := range probes {
		if p.Result != lint.InUse || !p.Listed || len(p.Holders) == 0 {
			t.Errorf("%+v", p)
		}
		for _, h := range p.Holders {
			if h.State == lint.Connection || h.State == lint.Closing || h.Local.Port() != p.Addr.Port() {
				t.Errorf("%s: %+v", p.Endpoint, h)
			}
			if h.Owner.Process.PID == os.Getpid() {
				seen[p.Addr.Port()] = h
			}
		}
	}
	for port, state := range want {
		if h, listed := seen[port]; !listed || h.State != state {
			t.Errorf("%d: %+v, want state %d", port, h, state)
		}
	}
	for _, port := range connections {
		if h, listed := seen[port]; listed {
			t.Errorf("a connection is listed: %+v", h)
		}
	}
}

// TestAllBound: a socket that is bound and does not listen is found, where the kernel tells of it.
func TestAllBound(t *testing.T) {
	port := made{proto: "tcp", addr: "127.0.0.1", bound: true}.open(t)
	if rows, _ := list(t.Context(), everything, []uint16{port}); len(rows) == 0 {
		t.Skip("this kernel lists no such socket")
	}
	probes, _ := All(t.Context())
	if !slices.ContainsFunc(probes, func(p lint.Probe) bool { return p.Addr.Port() == port && p.Holders[0].State == lint.BoundOnly }) {
		t.Error("it is not listed")
	}
}

// TestAllAgreesWithSS compares the sockets of this process with what ss lists of them.
func TestAllAgreesWithSS(t *testing.T) {
	needIPv6(t)
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip("ss is not installed")
	}
	for _, m := range []made{{proto: "tcp", addr: "127.0.0.1"}, {proto: "tcp", addr: "0.0.0.0"}, {proto: "tcp", addr: "::", dual: true}, {proto: "tcp", addr: "::"}, {proto: "tcp", addr: "127.0.0.1", connected: true},
		{proto: "udp", addr: "127.0.0.2"}, {proto: "udp", addr: "::", dual: true}, {proto: "udp", addr: "127.0.0.1", connected: true}} {
		m.open(t)
	}
	out, err := exec.CommandContext(t.Context(), "ss", "-H", "-l", "-n", "-t", "-u", "-p").Output()
	if err != nil {
		t.Skipf("ss: %v", err)
	}
	theirs, ours := map[string]bool{}, map[string]bool{}
	mine := regexp.MustCompile(fmt.Sprintf(`pid=%d\b`, os.Getpid()))
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); mine.MatchString(line) {
			theirs[f[0]+" "+strings.Replace(f[4], "*", "[::]", 1)] = true
		}
	}
	probes, _ := All(t.Context())
	for _, p := range probes {
		for _, h := range p.Holders {
			if h.Owner.Process.PID == os.Getpid() && h.State != lint.BoundOnly {
				ours[p.Proto+" "+h.Local.String()] = true
			}
		}
	}
	if len(theirs) < 8 || !maps.Equal(ours, theirs) {
		t.Errorf("ss lists\n%q\nand we\n%q", slices.Sorted(maps.Keys(theirs)), slices.Sorted(maps.Keys(ours)))
	}
}
