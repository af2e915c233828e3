package sockets

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"net"
	"net/netip"
	"strconv"
)

// shortestRoute is the shortest prefix of a route that says where a subnet is in use: shorter ones, such as 0.0.0.0/1, send everything
// elsewhere.
const shortestRoute = 4

// Subnets are those in which this machine has an address, and, on Linux, those to which it has a route. What can't be read is none.
func Subnets() []netip.Prefix {
	var all []netip.Prefix
	for _, p := range append(Addressed(), routes()...) {
		special := p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() || p.Addr().IsMulticast()
		if p.Bits() >= shortestRoute && !special {
			all = append(all, p.Masked())
		}
	}
	return all
}

// Addressed are the subnets in which this machine has an address, its loopback too. What can't be read is none.
func Addressed() []netip.Prefix {
	var all []netip.Prefix
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, p.Masked())
		}
	}
	return all
}

// parseRoutes reads /proc/net/route: "interface destination gateway flags references use metric mask …", after a heading; addresses
// are words in the machine's byte order. Source: linux net/ipv4/fib_trie.c, fib_route_seq_show.
func parseRoutes(text []byte) []netip.Prefix {
	var out []netip.Prefix
	for line := range bytes.Lines(text) {
		f := bytes.Fields(line)
		if len(f) < 8 {
			continue
		}
		to, err1 := strconv.ParseUint(string(f[1]), 16, 32)
		mask, err2 := strconv.ParseUint(string(f[7]), 16, 32)
		if err1 != nil || err2 != nil {
			continue
		}
		var raw [4]byte
		binary.NativeEndian.PutUint32(raw[:], uint32(to))
		out = append(out, netip.PrefixFrom(netip.AddrFrom4(raw), bits.OnesCount32(uint32(mask))))
	}
	return out
}

// parseRoutes6 reads /proc/net/ipv6_route: "destination length …" in hexadecimal. Source: linux net/ipv6/route.c, rt6_info_route.
func parseRoutes6(text []byte) []netip.Prefix {
	var out []netip.Prefix
	for line := range bytes.Lines(text) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		raw, err1 := hex.DecodeString(string(f[0]))
		length, err2 := strconv.ParseUint(string(f[1]), 16, 8)
		addr, ok := netip.AddrFromSlice(raw)
		readable := err1 == nil && err2 == nil && ok
		if readable && addr.Is6() {
			out = append(out, netip.PrefixFrom(addr, int(length)))
		}
	}
	return out
}
