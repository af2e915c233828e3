package sockets

import (
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"slices"

	"github.com/portlint/portlint/lint"
	"golang.org/x/sys/windows"
)

// soExclusiveAddrUse is SO_EXCLUSIVEADDRUSE of ws2def.h: ((int)(~SO_REUSEADDR)). Without it Windows lets 0.0.0.0 and
// 127.0.0.1 share a port.
const soExclusiveAddrUse = ^windows.SO_REUSEADDR

// bindOnce binds an endpoint for itself alone and closes it. It never listens. Windows answers WSAEACCES for a port in
// an excluded range ([exclude]) and for one that another socket has for itself alone ([explain]).
func bindOnce(e lint.Endpoint, _ bool) (lint.ProbeResult, string) { return bindWith(e, true, false) }

// bindForwarded binds an endpoint as a forwarder does: without any option, so that the wildcard binds beside a specific address.
// Source: go net/sockopt_windows.go setDefaultListenerSockopts.
func bindForwarded(e lint.Endpoint, dual bool) (lint.ProbeResult, string) {
	return bindWith(e, false, dual)
}

func bindWith(e lint.Endpoint, exclusive, dual bool) (lint.ProbeResult, string) {
	ap := unmap(e.Addr)
	sa, ok := sockaddr(ap)
	if !ok {
		return lint.NotLocal, ""
	}

	err := bindClose(ap.Addr().Is6(), e.Proto, exclusive, dual, sa)
	switch {
	case err == nil:
		return lint.Free, ""
	case errors.Is(err, windows.WSAEADDRINUSE):
		return lint.InUse, ""
	case errors.Is(err, windows.WSAEADDRNOTAVAIL):
		return lint.NotLocal, ""
	case errors.Is(err, windows.WSAEAFNOSUPPORT):
		return lint.NotTested, "this machine has no such address family"
	case errors.Is(err, windows.WSAEACCES):
		return lint.NotAllowed, ""
	}

	return lint.NotTested, err.Error()
}

// exclude finds the probes whose port Windows keeps for itself. It asks netsh, which takes a tenth of a second, and only
// when something was refused.
func exclude(ctx context.Context, probes []lint.Probe) {
	asked := map[[2]string][]excluded{}
	for i, p := range probes {
		if p.Result != lint.NotAllowed {
			continue
		}

		families := []string{"ipv4"}
		switch a := p.Addr.Addr().Unmap(); {
		case a == netip.IPv6Unspecified(): // which may have been asked for both families
			families = []string{"ipv6", "ipv4"}
		case a.Is6():
			families = []string{"ipv6"}
		}

		for _, family := range families {
			key := [2]string{family, p.Proto}
			if _, ok := asked[key]; !ok {
				asked[key] = excludedRanges(ctx, key[0], key[1])
			}
			at := slices.IndexFunc(asked[key], func(r excluded) bool { return r.Contains(p.Addr.Port()) })
			if at >= 0 && probes[i].Result != lint.Excluded {
				probes[i].Result, probes[i].Reason, probes[i].Administered = lint.Excluded, asked[key][at].String(), asked[key][at].administered
			}
		}
	}
}

// excludedRanges are the ports that Windows keeps for itself, none when it does not tell.
func excludedRanges(ctx context.Context, family, proto string) []excluded {
	out, err := exec.CommandContext(ctx, "netsh", "interface", family, "show", "excludedportrange", "protocol="+proto).Output()
	if err != nil {
		return nil
	}
	return parseExcluded(string(out))
}

func bindClose(v6 bool, proto string, exclusive, dual bool, sa windows.Sockaddr) error {
	family, kind := windows.AF_INET, windows.SOCK_STREAM
	if v6 {
		family = windows.AF_INET6
	}

	if proto == "udp" {
		kind = windows.SOCK_DGRAM
	}
	fd, err := windows.WSASocket(int32(family), int32(kind), 0, nil, 0, windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		return err
	}
	defer func() { _ = windows.Closesocket(fd) }()
	if v6 {
		only := 1
		if dual {
			only = 0
		}
		if err := windows.SetsockoptInt(fd, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, only); err != nil {
			return err
		}
	}
	if exclusive {
		if err := windows.SetsockoptInt(fd, windows.SOL_SOCKET, soExclusiveAddrUse, 1); err != nil {
			return err
		}
	}
	return windows.Bind(fd, sa)
}

// sockaddr is an address for bind; not ok when it names an interface that is not there.
func sockaddr(ap netip.AddrPort) (windows.Sockaddr, bool) {
	if ap.Addr().Is4() {
		return &windows.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}, true
	}
	zone, ok := zoneID(ap.Addr().Zone())
	return &windows.SockaddrInet6{Port: int(ap.Port()), Addr: ap.Addr().As16(), ZoneId: zone}, ok
}
