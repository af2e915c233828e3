package sockets

import (
	"fmt"
	"net"
	"testing"
)

// TestInUse opens a listener and a UDP socket and wants both ports listed, and neither after they are closed. The ports are none of those
// that the system gives to whoever asks for any.
func TestInUse(t *testing.T) {
	var l net.Listener
	var u net.PacketConn
	const first, last = uint16(28500), uint16(28998)
	port := first
	for ; port < last; port += 2 {
		var err error
		if l, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
			continue
		}
		if u, err = net.ListenPacket("udp4", fmt.Sprintf("127.0.0.1:%d", port+1)); err == nil {
			break
		}
		l.Close()
	}
	if u == nil {
		t.Fatal("no port is free")
	}

	if in := InUse(t.Context()); !in[port] || !in[port+1] {
		t.Errorf("%d and %d are not listed", port, port+1)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if in := InUse(t.Context()); in[port] || in[port+1] {
		t.Errorf("%d or %d is listed still", port, port+1)
	}
}
