package fakes

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// server is the program `server ADDRESS/PROTO...`. It ends with its standard input.
func server() {
	var open []io.Closer
	for _, at := range os.Args[1:] {
		s, err := bindWithPatience(at)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		open = append(open, s)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(open) // what nobody refers to is closed when the garbage is collected
}

// bindWithPatience is Bind for a port that another test, or a portlint that it runs, may be trying for a moment.
func bindWithPatience(at string) (io.Closer, error) {
	for limit := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s, err := Bind(at)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(limit) {
			return s, err
		}
	}
}

// listener is the program `listener ADDRESS/PROTO`. It has the port until it is ended, and for two minutes at most.
func listener() {
	s, err := bindWithPatience(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(2 * time.Minute)
	_ = s.Close()
}

// Unused reports whether nobody has one of the n ports from first on, over TCP and UDP.
func Unused(first, n int) bool {
	for port := first; port < first+n; port++ {
		for _, proto := range []string{"tcp", "udp"} {
			s, err := Bind(fmt.Sprintf(":%d/%s", port, proto))
			if err != nil || s.Close() != nil {
				return false
			}
		}
	}
	return true
}

// Bind opens a socket, such as "127.0.0.1:8080/tcp".
func Bind(at string) (io.Closer, error) {
	addr, proto, _ := strings.Cut(at, "/")
	if proto == "udp" {
		return net.ListenPacket("udp", addr)
	}
	return net.Listen("tcp", addr)
}
