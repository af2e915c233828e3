package sockets

import (
	"net"
	"net/netip"
	"testing"
)

// TestInUse opens a listener and a UDP socket and wants both ports listed, and neither after they are closed.
func TestInUse(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, udp := netip.MustParseAddrPort(l.Addr().String()).Port(), netip.MustParseAddrPort(u.LocalAddr().String()).Port()
	if in := InUse(t.Context()); !in[tcp] || !in[udp] {
		t.Errorf("%d and %d are not listed", tcp, udp)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if in := InUse(t.Context()); in[tcp] || in[udp] {
		t.Errorf("%d or %d is listed still", tcp, udp)
	}
}
