// Package reach says where the containers of a project are published now: in words, as URLs, and as the variables of an
// environment.
package reach

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/portlint/portlint/lint"
)

// OnePerSocket sorts ports and names those on all IPv4 and all IPv6 addresses once.
func OnePerSocket(ports []lint.PublishedPort) []lint.PublishedPort {
	out := slices.Clone(ports)
	for i, p := range out {
		if p.Addr.Addr() == netip.IPv6Unspecified() {
			out[i].Addr = netip.AddrPortFrom(netip.IPv4Unspecified(), p.Addr.Port())
		}
	}

	slices.SortFunc(out, func(a, b lint.PublishedPort) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Proto, b.Proto), a.Addr.Compare(b.Addr))
	})
	return slices.Compact(out)
}

// At is how a port is reached: a URL where the container port is not known to speak anything but HTTP.
func At(p lint.PublishedPort, host string) string {
	port := strconv.Itoa(int(p.Addr.Port()))
	if OnlyThere(p, host) {
		return lint.HostPort(p.Addr.Addr(), port) + Suffix(p.Proto) + " on " + host
	}
	if ip := p.Addr.Addr(); !ip.IsUnspecified() {
		host = ip.String()
	}
	at := host + ":" + port
	if ip, err := netip.ParseAddr(host); err == nil {
		at = lint.HostPort(ip, port)
	}

	if scheme := scheme(p); scheme != "" {
		return scheme + "://" + at
	}
	return at + Suffix(p.Proto)
}

// OnlyThere reports whether a port is published on a loopback address of an engine's machine that is not this one: nothing here reaches it.
func OnlyThere(p lint.PublishedPort, host string) bool {
	return p.Addr.Addr().IsLoopback() && host != here
}

// here is the machine of an engine that is this one, or that is reached as if it were.
const here = "localhost"

// scheme is that of the URL under which a port is reached, "" where the container port is not known to speak HTTP.
func scheme(p lint.PublishedPort) string {
	switch {
	case p.Proto != "tcp" || notHTTP[p.Target]:
		return ""
	case p.Target == 443 || p.Target == 8443 || p.Target == 9443:
		return "https"
	}
	return "http"
}

// Suffix names a protocol that is not tcp.
func Suffix(proto string) string {
	if proto == "tcp" {
		return ""
	}
	return "/" + proto
}

// notHTTP are container ports that something else than HTTP has by custom: ssh, mail, DNS, LDAP, databases, queues, caches.
// Source: the IANA registry of ports, and the images' own documentation.
var notHTTP = map[uint16]bool{21: true, 22: true, 25: true, 53: true, 110: true, 143: true, 389: true, 465: true, 587: true,
	636: true, 853: true, 993: true, 995: true, 1025: true, 1433: true, 1521: true, 1883: true, 2181: true, 3306: true, 3389: true,
	4222: true, 5432: true, 5672: true, 6379: true, 6432: true, 8883: true, 9042: true, 9092: true,
	11211: true, 26379: true, 26257: true, 27017: true, 33060: true, 61616: true}

// EngineHost is the machine of an engine as seen from here.
func EngineHost(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"tcp", "ssh", "http", "https"}, u.Scheme) {
		return here
	}

	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return here
	}
	return u.Hostname()
}
