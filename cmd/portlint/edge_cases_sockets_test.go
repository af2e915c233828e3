package main

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/portlint/portlint/lint"
)

// addressCases are the sockets that a host IP and the network's own address give.
var addressCases = []edgeCase{
	{name: "all of IPv6", files: onItem("[::]:8080:80"), sockets: "[::]:8080/tcp"},
	{name: "IPv6 loopback", files: onItem("[::1]:8080:80"), sockets: "[::1]:8080/tcp"},
	{name: "a mapped address is IPv4", files: onItem("::ffff:1.2.3.4:8080:80"), sockets: "1.2.3.4:8080/tcp"},
	{name: "mapped 0.0.0.0", files: onItem("::ffff:0.0.0.0:8080:80"), sockets: "0.0.0.0:8080/tcp"},
	{name: "SCTP", files: onItem("8080:80/sctp"), sockets: "0.0.0.0:8080/sctp [::]:8080/sctp"},
	{name: "a range is as many sockets", files: onItem("127.0.0.1:8080-8081:80-81"), sockets: "127.0.0.1:8080/tcp 127.0.0.1:8081/tcp"},
	{name: "the network's address 0.0.0.0 is none", files: onNetwork("0.0.0.0", "8080:80"), sockets: "0.0.0.0:8080/tcp [::]:8080/tcp"},
	{name: "the network's IPv6 address", files: onNetwork("::1", "8080:80"), sockets: "[::1]:8080/tcp"},
	{name: "the item's address beats it", files: onNetwork("127.0.0.1", "127.0.0.2:8080:80"), sockets: "127.0.0.2:8080/tcp"},
	{name: "so does 0.0.0.0", files: onNetwork("127.0.0.1", "0.0.0.0:8080:80"), sockets: "0.0.0.0:8080/tcp"},
	{name: "it parts two items", files: onNetwork("127.0.0.1", "8080:80", "127.0.0.2:8080:80"), sockets: "127.0.0.1:8080/tcp 127.0.0.2:8080/tcp"},
	{name: "it joins two items", files: onNetwork("127.0.0.1", "8080:80", "127.0.0.1:8080:80"), want: sureDup + "web"},
	{name: "it leaves IPv6 free", files: onNetwork("127.0.0.1", "8080:80", "[::]:8080:80"), sockets: "127.0.0.1:8080/tcp [::]:8080/tcp"},
}

// onNetwork is a service "web" on a network with an address of its own.
func onNetwork(ip string, items ...string) string {
	return fmt.Sprintf("services: {web: {image: i, ports: [\"%s\"]}}\n"+
		"networks: {default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: \"%s\"}}}\n", strings.Join(items, `", "`), ip)
}

// meetings says which host IPs meet on one port, X, and which do not. An IPv4 address that is not the machine's own
// loopback stands for all others.
var meetings = []struct{ ip, with string }{
	//                 0.0.0.0 127.0.0.1 other none [::] [::1]
	{"0.0.0.0", "      X       X         X     X    -    -"},
	{"127.0.0.1", "    X       X         -     X    -    -"},
	{"192.168.1.5", "  X       -         X     X    -    -"},
	{"", "             X       X         X     X    X    X"},
	{"::", "           -       -         -     X    X    X"},
	{"::1", "          -       -         -     X    X    X"},
}

// containerCases are all pairs of host IPs in two containers, and the pairs of items in one.
func containerCases() []edgeCase {
	var cases []edgeCase
	for _, proto := range []string{"tcp", "udp", "sctp"} {
		for _, a := range meetings {
			for j, cell := range strings.Fields(a.with) {
				cases = append(cases, pair(a.ip, meetings[j].ip, proto, cell == "X"))
			}
		}
	}
	return append(cases, insideCases...)
}

// pair is one port of two services. Over UDP engines 28.0 to 28.2 compare addresses as text, and of SCTP it is not known.
func pair(a, b, proto string, meet bool) edgeCase {
	c := edgeCase{name: fmt.Sprintf("%s %q and %q", proto, a, b), files: fmt.Sprintf(
		"services:\n  a: {image: i, ports: [\"%s8080:80/%s\"]}\n  b: {image: i, ports: [\"%s8080:80/%s\"]}\n",
		address(a), proto, address(b), proto)}
	wild := a == "" && (b == "0.0.0.0" || b == "::") || b == "" && (a == "0.0.0.0" || a == "::")
	switch {
	case !meet:
	case proto == "tcp" || a == b || wild:
		c.want = sureDup + "a,b"
	case proto == "udp":
		c.want, c.says = maybeDup+"a,b", "engines 28.0 to 28.2"
	default:
		c.want, c.says = maybeDup+"a,b", "SCTP"
	}
	return c
}

// inside is a service "web" with two items.
func inside(a, b string) string {
	return fmt.Sprintf("services: {web: {image: i, ports: [%s, %s]}}\n", a, b)
}

var insideCases = []edgeCase{
	{name: "one: same twice, TCP", files: inside(`{target: 80, published: 8080}`, `"8080:80"`), want: sureDup + "web"},
	{name: "one: same twice, UDP", files: inside(`{target: 80, published: 8080, protocol: udp}`, `"8080:80/udp"`),
		want: maybeDup + "web", says: "engine 28"},
	{name: "one: all and one, TCP", files: inside(`"8080:80"`, `"127.0.0.1:8080:80"`), want: sureDup + "web"},
	{name: "one: all and one, UDP", files: inside(`"8080:80/udp"`, `"127.0.0.1:8080:80/udp"`), want: maybeDup + "web", says: "engine 28"},
	{name: "one: all and [::], TCP", files: inside(`"8080:80"`, `"[::]:8080:80"`), want: sureDup + "web"},
	{name: "one: all and [::], UDP", files: inside(`"8080:80/udp"`, `"[::]:8080:80/udp"`), want: maybeDup + "web", says: "engine 28"},
	{name: "one: both wildcards, TCP", files: inside(`"0.0.0.0:8080:80"`, `"[::]:8080:80"`)},
	{name: "one: both wildcards, UDP", files: inside(`"0.0.0.0:8080:80/udp"`, `"[::]:8080:80/udp"`)},
	{name: "one: two loopbacks, TCP", files: inside(`"127.0.0.1:8080:80"`, `"127.0.0.2:8080:80"`)},
	{name: "one: two loopbacks, UDP", files: inside(`"127.0.0.1:8080:80/udp"`, `"127.0.0.2:8080:80/udp"`)},
	{name: "one: two container ports, TCP", files: inside(`"8080:80"`, `"8080:81"`), want: sureDup + "web"},
	{name: "one: two container ports, UDP", files: inside(`"8080:80/udp"`, `"8080:81/udp"`), want: sureDup + "web"},
	{name: "one: two host ports, TCP", files: inside(`"8080:80"`, `"8081:80"`)},
	{name: "one: two host ports, UDP", files: inside(`"8080:80/udp"`, `"8081:80/udp"`)},
	{name: "one: TCP and UDP", files: inside(`"8080:80"`, `"8080:80/udp"`)},
	{name: "one: a pool and its member, TCP", files: inside(`"8080-8081:80"`, `"8080:81"`), want: races + "web", says: "engines up to 26"},
	{name: "one: a pool and its member, UDP", files: inside(`"8080-8081:80/udp"`, `"8080:81/udp"`), want: races + "web", says: "engines up to 26"},
}

// address writes a host IP as the short syntax does.
func address(ip string) string {
	if ip == "" {
		return ""
	}
	return strings.TrimSuffix(lint.HostPort(netip.MustParseAddr(ip), ""), ":") + ":"
}
