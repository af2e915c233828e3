package sockets

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
	"testing"

	"github.com/portlint/portlint/lint"
)

// inBothWays asks about a port with Check and with Who. Before each round but the first, between is called.
func inBothWays(t *testing.T, proto string, test func(t *testing.T, ask func(port uint16, between func(round int)) lint.Probe)) {
	waits := func(between func(int)) waiter {
		return func(_ context.Context, round int) bool { between(round); return round < 5 }
	}
	t.Run("check", func(t *testing.T) {
		test(t, func(port uint16, between func(int)) lint.Probe {
			e := lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
			probes, _ := check(t.Context(), []lint.Endpoint{e}, Options{}, waits(between))
			return probes[0]
		})
	})
	t.Run("who", func(t *testing.T) {
		test(t, func(port uint16, between func(int)) lint.Probe {
			probes, _ := who(t.Context(), []Port{{port, proto}}, Options{}, waits(between))
			return probes[0]
		})
	})
}

// TestPassing: who only tries a port, as engines and other runs of portlint do, does not hold it.
func TestPassing(t *testing.T) {
	for _, c := range []struct {
		proto string
		last  int // the round that still sees it
	}{{"tcp", 0}, {"tcp", 1}, {"tcp", 2}, {"udp", 0}} {
		t.Run(fmt.Sprint(c.proto, c.last), func(t *testing.T) {
			inBothWays(t, c.proto, func(t *testing.T, ask func(uint16, func(int)) lint.Probe) {
				trial, port := made{proto: c.proto, addr: "0.0.0.0", bound: true}, freePort(t, c.proto)
				fd := trial.socket(t)
				must(t, "bind", syscall.Bind(fd, testAddr(trial.addr, port)))
				p := ask(port, func(round int) {
					if round == c.last {
						closeNow(t, fd)
					}
				})
				if p.Result != lint.Free || len(p.Holders) > 0 {
					t.Errorf("%+v", p)
				}
			})
		})
	}
}

// TestLasting: who has a port for longer is found, and a server at the first look.
func TestLasting(t *testing.T) {
	for _, c := range []struct {
		made   made
		state  lint.HolderState
		rounds int // that are asked for
	}{
		{made{proto: "tcp", addr: "0.0.0.0"}, lint.Listening, 0},
		{made{proto: "udp", addr: "0.0.0.0"}, lint.Datagram, 1},
		{made{proto: "tcp", addr: "0.0.0.0", bound: true}, lint.BoundOnly, 6},
		{made{proto: "tcp", addr: "127.0.0.1", connected: true}, lint.Connection, 6},
	} {
		t.Run(fmt.Sprint(c.made.proto, c.rounds), func(t *testing.T) {
			inBothWays(t, c.made.proto, func(t *testing.T, ask func(uint16, func(int)) lint.Probe) {
				rounds := 0
				p := ask(c.made.openAlone(t), func(int) { rounds++ })
				if p.Result != lint.InUse || len(p.Holders) != 1 || p.Holders[0].State != c.state || rounds != c.rounds {
					t.Errorf("%d rounds: %+v", rounds, p)
				}
			})
		})
	}
}
