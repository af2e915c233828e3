package sockets

import (
	"net/netip"
	"path"
	"strconv"

	"github.com/portlint/portlint/lint"
)

const (
	proxyName  = "docker-proxy"
	engineName = "dockerd"
)

// proxy is what a docker-proxy process says of itself on its command line.
type proxy struct {
	endpoint lint.Endpoint  // what it holds
	target   netip.AddrPort // where it forwards to
}

// parseProxy reads docker-proxy's arguments. Source: moby cmd/docker-proxy/main_linux.go parseFlags.
func parseProxy(args []string) (proxy, bool) {
	if len(args) == 0 || path.Base(args[0]) != proxyName {
		return proxy{}, false
	}

	value := map[string]string{}
	for i := 1; i+1 < len(args); i++ {
		if len(args[i]) > 1 && args[i][0] == '-' {
			value[args[i]] = args[i+1]
		}
	}

	host, ok1 := addrPort(value["-host-ip"], value["-host-port"])
	target, ok2 := addrPort(value["-container-ip"], value["-container-port"])
	return proxy{lint.Endpoint{Proto: value["-proto"], Addr: host}, target}, ok1 && ok2
}

func addrPort(ip, port string) (netip.AddrPort, bool) {
	addr, err := netip.ParseAddr(ip)
	n, err2 := strconv.ParseUint(port, 10, 16)
	return unmap(netip.AddrPortFrom(addr, uint16(n))), err == nil && err2 == nil
}

// holds reports whether a row is the socket that the proxy was started for.
func (p proxy) holds(r row) bool {
	return p.endpoint.Proto == r.proto && p.endpoint.Addr == r.local &&
		(r.state == lint.Listening || r.state == lint.Datagram)
}
