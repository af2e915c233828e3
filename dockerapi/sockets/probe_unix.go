//go:build unix

package sockets

import (
	"context"
	"errors"
	"net/netip"
	"syscall"

	"github.com/portlint/portlint/lint"
)

// bindOnce binds an endpoint with the socket options of the engine and closes it. It never listens, so that no client
// ever reaches it: on Linux bind(2) alone says what bind and listen would. Source: moby
// daemon/libnetwork/portallocator/osallocator_linux.go; 28.x libnetwork/drivers/bridge/port_mapping_linux.go.
func bindOnce(e lint.Endpoint, reuseUDP bool) (lint.ProbeResult, string) {
	return bindWith(e, e.Proto == "tcp" || reuseUDP, true)
}

// bindForwarded binds an endpoint with the socket options of a forwarder: SO_REUSEADDR for TCP alone. Source: go
// net/sockopt_bsd.go, net/sockopt_linux.go setDefaultListenerSockopts.
func bindForwarded(e lint.Endpoint, dual bool) (lint.ProbeResult, string) {
	return bindWith(e, e.Proto == "tcp", !dual)
}

func bindWith(e lint.Endpoint, reuse, v6only bool) (lint.ProbeResult, string) {
	addr := e.Addr.Addr().Unmap()
	sa, ok := sockaddr(netip.AddrPortFrom(addr, e.Addr.Port()))
	if !ok {
		return lint.NotLocal, ""
	}

	family, kind := syscall.AF_INET, syscall.SOCK_STREAM
	if addr.Is6() {
		family = syscall.AF_INET6
	}

	if e.Proto == "udp" {
		kind = syscall.SOCK_DGRAM
	}

	return verdict(bindClose(family, kind, reuse, v6only, sa))
}

// exclude has nothing to do: no port is kept back from bind(2) here. Linux's ip_local_reserved_ports keeps ports from
// outgoing connections alone.
func exclude(context.Context, []lint.Probe) {}

// bindClose opens, binds and closes one socket.
func bindClose(family, kind int, reuse, v6only bool, sa syscall.Sockaddr) error {
	fd, err := openSocket(family, kind)
	if err != nil {
		return err
	}

	defer func() { _ = syscall.Close(fd) }()
	if family == syscall.AF_INET6 {
		if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, onOff(v6only)); err != nil {
			return err
		}
	}

	if reuse {
		if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}

	return syscall.Bind(fd, sa)
}

// onOff is the value of a socket option that is on or off.
func onOff(on bool) int {
	if on {
		return 1
	}
	return 0
}

// openSocket opens a socket that no child process inherits.
func openSocket(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(family, kind, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	return fd, err
}

// verdict reads the error of a trial bind. Only EADDRINUSE is a port conflict; an error that is not known is no answer.
func verdict(err error) (lint.ProbeResult, string) {
	switch {
	case err == nil:
		return lint.Free, ""
	case errors.Is(err, syscall.EADDRINUSE):
		return lint.InUse, ""
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return lint.NotLocal, ""
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM):
		return lint.NotAllowed, ""
	case errors.Is(err, syscall.EAFNOSUPPORT):
		return lint.NotTested, "this machine has no such address family"
	}
	return lint.NotTested, err.Error()
}

// sockaddr is an address for bind(2); not ok when it names an interface that is not there.
func sockaddr(ap netip.AddrPort) (syscall.Sockaddr, bool) {
	if ap.Addr().Is4() {
		return &syscall.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}, true
	}
	zone, ok := zoneID(ap.Addr().Zone())
	return &syscall.SockaddrInet6{Port: int(ap.Port()), Addr: ap.Addr().As16(), ZoneId: zone}, ok
}
