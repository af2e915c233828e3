package lint

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"
)

// kernelAddresses are host addresses as people write them; the engine unmaps the last.
var kernelAddresses = []string{"0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::1", "::ffff:127.0.0.1"}

// TestOverlapsIsWhatTheKernelDoes binds every ordered pair the way the engine does and expects EADDRINUSE exactly where
// Overlaps says so.
func TestOverlapsIsWhatTheKernelDoes(t *testing.T) {
	v6 := hasIPv6()
	for _, proto := range []string{"tcp", "udp"} {
		for _, a := range kernelAddresses {
			for _, b := range kernelAddresses {
				t.Run(fmt.Sprintf("%s %s then %s", proto, a, b), func(t *testing.T) {
					first, second := netip.MustParseAddr(a).Unmap(), netip.MustParseAddr(b).Unmap()
					if !v6 && (first.Is6() || second.Is6()) {
						t.Skip("this machine has no IPv6")
					}
					checkPair(t, proto, first, second)
				})
			}
		}
	}
}

func checkPair(t *testing.T, proto string, first, second netip.Addr) {
	t.Helper()
	port := freePort(t, proto)
	one, err := bind(proto, netip.AddrPortFrom(first, port))
	if err != nil {
		t.Fatalf("the first bind of %s:%d: %v", first, port, err)
	}
	defer syscall.Close(one)
	two, err := bind(proto, netip.AddrPortFrom(second, port))
	if err == nil {
		defer syscall.Close(two)
	} else if !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("the second bind of %s:%d: %v", second, port, err)
	}
	a, b := Endpoint{proto, netip.AddrPortFrom(first, port)}, Endpoint{proto, netip.AddrPortFrom(second, port)}
	if got, want := a.Overlaps(b), err != nil; got != want {
		t.Errorf("Overlaps(%s, %s) = %t, the kernel says %v", a, b, got, err)
	}
	if a.Overlaps(b) != b.Overlaps(a) {
		t.Errorf("Overlaps(%s, %s) is not symmetric", a, b)
	}
}

// freePort finds a port that is free for both families: it holds the wildcards of both and lets go of them.
func freePort(t *testing.T, proto string) uint16 {
	t.Helper()
	for p := uint16(28100); p < 29000; p += 7 { // which no other package's tests use
		fds, ok := holdAll(proto, p)
		for _, fd := range fds {
			syscall.Close(fd)
		}
		if ok {
			return p
		}
	}
	t.Fatal("no free port")
	return 0
}

func holdAll(proto string, port uint16) (fds []int, ok bool) {
	wild := []netip.Addr{netip.IPv4Unspecified()}
	if hasIPv6() {
		wild = append(wild, netip.IPv6Unspecified())
	}
	for _, a := range wild {
		fd, err := bind(proto, netip.AddrPortFrom(a, port))
		if err != nil {
			return fds, false
		}
		fds = append(fds, fd)
	}
	return fds, true
}

// bind opens a socket as the engine does: SO_REUSEADDR and listen for TCP, neither for UDP, and IPV6_V6ONLY.
func bind(proto string, ap netip.AddrPort) (int, error) {
	family, kind := syscall.AF_INET, syscall.SOCK_DGRAM
	if ap.Addr().Is6() {
		family = syscall.AF_INET6
	}
	if proto == "tcp" {
		kind = syscall.SOCK_STREAM
	}
	fd, err := syscall.Socket(family, kind|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := prepare(fd, proto, ap); err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

func prepare(fd int, proto string, ap netip.AddrPort) error {
	sa := sockaddr(ap)
	if ap.Addr().Is6() {
		if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, 1); err != nil {
			return err
		}
	}
	if proto == "udp" {
		return syscall.Bind(fd, sa)
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := syscall.Bind(fd, sa); err != nil {
		return err
	}
	return syscall.Listen(fd, 1)
}

func sockaddr(ap netip.AddrPort) syscall.Sockaddr {
	if ap.Addr().Is6() {
		return &syscall.SockaddrInet6{Port: int(ap.Port()), Addr: ap.Addr().As16()}
	}
	return &syscall.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}
}

func hasIPv6() bool {
	fd, err := bind("udp", netip.AddrPortFrom(netip.IPv6Loopback(), 0))
	if err != nil {
		return false
	}
	syscall.Close(fd)
	return true
}
