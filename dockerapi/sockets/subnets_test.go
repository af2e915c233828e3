package sockets

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
)

// TestRoutes reads the tables of the kernel, in the byte order of this machine.
func TestRoutes(t *testing.T) {
	word := func(a string) uint32 {
		raw := netip.MustParseAddr(a).As4()
		return binary.NativeEndian.Uint32(raw[:])
	}
	text := "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	for _, r := range [][2]string{{"0.0.0.0", "0.0.0.0"}, {"10.8.0.0", "255.255.0.0"}, {"172.20.5.128", "255.255.255.128"}} {
		text += fmt.Sprintf("eth0\t%08X\t00000000\t0001\t0\t0\t0\t%08X\t0\t0\t0\n", word(r[0]), word(r[1]))
	}
	if got := fmt.Sprint(parseRoutes([]byte(text + "odd\n"))); got != "[0.0.0.0/0 10.8.0.0/16 172.20.5.128/25]" {
		t.Error(got)
	}

	text = "fd000000000000010000000000000000 40 00000000000000000000000000000000 00 0 0 0 0 0 eth0\nodd 1\n"
	if got := fmt.Sprint(parseRoutes6([]byte(text))); got != "[fd00:0:0:1::/64]" {
		t.Error(got)
	}
}

// TestSubnets: each address of an interface is in one of the subnets, unless it is no address of a network.
func TestSubnets(t *testing.T) {
	all := Subnets()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() {
			continue
		}
		if !slices.Contains(all, p.Masked()) {
			t.Errorf("%s is not among %v", p, all)
		}
	}
	if slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(netip.MustParseAddr("8.8.8.8")) }) {
		t.Errorf("%v: everything is taken", all)
	}
}
