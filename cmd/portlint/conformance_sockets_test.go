//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// descriptor is a socket of this process.
type descriptor int

// Close ends the socket.
func (d descriptor) Close() error { return unix.Close(int(d)) }

// openSocket opens what a step names, on ADDRESS:PORT:
//
//	listen          a TCP server
//	bound           a TCP socket that neither listens nor connects
//	udp             a UDP socket
//	client          an outgoing TCP connection from there
//	udp-client      a UDP socket that is connected to another
//	closed-client   what is left of an outgoing connection that this side closed
//	closed-server   what is left of a server's connection that the server closed, and of the server
//	accepted        a server's connection whose server is gone
//
// Options follow: "reuse" and "reuseport" are the socket options, "v6only" too, "lo" ties it to that device.
func openSocket(verb string, args []string) (held []io.Closer, err error) {
	if len(args) == 0 {
		return nil, errors.New("no address")
	}
	at, err := netip.ParseAddrPort(args[0])
	if err != nil {
		return nil, err
	}
	kind := unix.SOCK_STREAM
	if strings.HasPrefix(verb, "udp") {
		kind = unix.SOCK_DGRAM
	}
	fd, err := bound(at, kind, args[1:])
	if err != nil {
		return nil, err
	}
	held = []io.Closer{descriptor(fd)}
	switch verb {
	case "bound", "udp":
		return held, nil
	case "listen":
		return held, unix.Listen(fd, 16)
	case "udp-client":
		return held, unix.Connect(fd, sockaddr(netip.AddrPortFrom(loopback(at), 9)))
	case "client", "closed-client":
		return connected(fd, at, verb == "client")
	case "accepted", "closed-server":
		return served(fd, at, verb == "accepted")
	}
	return held, fmt.Errorf("unknown step %q", verb)
}

// bound is a socket with options at an address.
func bound(at netip.AddrPort, kind int, options []string) (int, error) {
	family := unix.AF_INET
	if at.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	set := func(level, option int) { err = errors.Join(err, unix.SetsockoptInt(fd, level, option, 1)) }
	for _, o := range options {
		switch o {
		case "reuse":
			set(unix.SOL_SOCKET, unix.SO_REUSEADDR)
		case "reuseport":
			set(unix.SOL_SOCKET, unix.SO_REUSEPORT)
		case "v6only":
			set(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
		case "lo":
			err = errors.Join(err, unix.SetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, o))
		default:
			err = fmt.Errorf("unknown option %q", o)
		}
	}
	if err = errors.Join(err, unix.Bind(fd, sockaddr(at))); err != nil {
		unix.Close(fd)
	}
	return fd, err
}

func sockaddr(at netip.AddrPort) unix.Sockaddr {
	if at.Addr().Is6() {
		return &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
}

// loopback is where somebody reaches a socket at the address.
func loopback(at netip.AddrPort) netip.Addr {
	switch {
	case !at.Addr().IsUnspecified():
		return at.Addr()
	case at.Addr().Is6():
		return netip.IPv6Loopback()
	default:
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
}

// connected makes a bound socket an outgoing connection, to a server that goes at once; closed it leaves a TIME_WAIT.
func connected(client int, at netip.AddrPort, open bool) ([]io.Closer, error) {
	server, err := bound(netip.AddrPortFrom(loopback(at), 0), unix.SOCK_STREAM, []string{"reuse"})
	if err != nil {
		return nil, err
	}
	defer unix.Close(server)
	peer, err := meet(server, client)
	if err != nil {
		return nil, err
	}
	if open {
		return []io.Closer{descriptor(client), descriptor(peer)}, nil
	}
	unix.Close(client)
	time.Sleep(10 * time.Millisecond)
	return nil, unix.Close(peer)
}

// served makes a bound socket a server that has accepted one connection and is gone; closed it leaves a TIME_WAIT.
func served(server int, at netip.AddrPort, open bool) ([]io.Closer, error) {
	client, err := bound(netip.AddrPortFrom(loopback(at), 0), unix.SOCK_STREAM, []string{"reuse"})
	if err != nil {
		return nil, err
	}
	peer, err := meet(server, client)
	if err != nil {
		return nil, err
	}
	unix.Close(server)
	if open {
		return []io.Closer{descriptor(client), descriptor(peer)}, nil
	}
	unix.Close(peer)
	time.Sleep(10 * time.Millisecond)
	return nil, unix.Close(client)
}

// meet connects two bound sockets, the client's to the server's.
func meet(server, client int) (peer int, err error) {
	if err := unix.Listen(server, 1); err != nil {
		return 0, err
	}
	to, err := unix.Getsockname(server)
	if err != nil {
		return 0, err
	}
	switch a := to.(type) {
	case *unix.SockaddrInet4:
		if a.Addr == [4]byte{} {
			a.Addr = [4]byte{127, 0, 0, 1}
		}
	case *unix.SockaddrInet6:
		if slices.Max(a.Addr[:]) == 0 {
			a.Addr[15] = 1
		}
	}
	if err := unix.Connect(client, to); err != nil {
		return 0, err
	}
	peer, _, err = unix.Accept4(server, unix.SOCK_CLOEXEC)
	return peer, err
}
