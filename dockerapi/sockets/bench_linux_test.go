package sockets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/portlint/portlint/lint"
)

// The variables that make BenchmarkManyProcesses fill the machine, such as 50000 and 500.
const (
	socketsVar   = "PORTLINT_BENCH_SOCKETS"
	processesVar = "PORTLINT_BENCH_PROCESSES"
)

// BenchmarkCheckFree asks for 5 ports, IPv4 and IPv6, that nothing holds.
func BenchmarkCheckFree(b *testing.B) {
	want := both(freePorts(b, "tcp", 5))
	b.ReportAllocs()
	for b.Loop() {
		checkAll(b, want, lint.Free)
	}
}

// BenchmarkCheckHeld asks for 5 ports that this process holds.
func BenchmarkCheckHeld(b *testing.B) {
	ports := freePorts(b, "tcp", 5)
	take(b, ports)
	want := both(ports)
	b.ReportAllocs()
	for b.Loop() {
		checkAll(b, want, lint.InUse)
	}
}

// BenchmarkManyProcesses asks for 5 held ports, and for 5 free ones, on a machine with many sockets and processes, and lets ss
// and lsof answer as well.
func BenchmarkManyProcesses(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv(socketsVar))
	if n == 0 {
		b.Skip(socketsVar + " says how many sockets to open")
	}
	processes, _ := strconv.Atoi(os.Getenv(processesVar))
	startMany(b, n, processes)
	ports := freePorts(b, "tcp", 10)
	take(b, ports[5:])
	free, held := both(ports[:5]), both(ports[5:])
	b.Run("free", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			checkAll(b, free, lint.Free)
		}
	})
	b.Run("held", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			checkAll(b, held, lint.InUse)
		}
	})
	for _, line := range [][]string{{"ss", "-tulnp"}, {"lsof", "-nP", "-iTCP", "-sTCP:LISTEN"}} {
		b.Run(line[0], func(b *testing.B) {
			if _, err := exec.LookPath(line[0]); err != nil {
				b.Skipf("%s is not installed", line[0])
			}
			b.ReportAllocs()
			for b.Loop() {
				cmd := exec.Command(line[0], line[1:]...)
				cmd.Stdout = &bytes.Buffer{} // a pipe, as a program that reads it would have
				cmd.Run()
			}
		})
	}
}

func checkAll(b *testing.B, want []lint.Endpoint, result lint.ProbeResult) {
	b.Helper()
	probes, blind := Check(b.Context(), want, Options{})
	for _, p := range probes {
		if p.Result != result || result == lint.InUse && p.Holders[0].Owner.Seen != lint.Known {
			b.Fatalf("%+v, %v", p, blind)
		}
	}
}

// both are the ports on all addresses of both families.
func both(ports []uint16) (want []lint.Endpoint) {
	for _, p := range ports {
		want = append(want, endpoint("tcp", "0.0.0.0", p), endpoint("tcp", "::", p))
	}
	return want
}

// take listens on ports for both families until the end.
func take(b *testing.B, ports []uint16) {
	b.Helper()
	for _, port := range ports {
		fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		must(b, "socket", err)
		b.Cleanup(func() { syscall.Close(fd) })
		must(b, "both families", syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, 0))
		must(b, "bind", syscall.Bind(fd, testAddr("::", port)))
		must(b, "listen", syscall.Listen(fd, 1))
	}
}

// startMany starts processes that hold listeners on 127.x.y.z between them, until the end.
func startMany(b *testing.B, listeners, processes int) {
	b.Helper()
	each := listeners / max(processes, 1)
	for i := range max(processes, 1) {
		start(b, helper(b, "many", strconv.Itoa(i*each), strconv.Itoa(each)))
	}
}

// holdMany opens listeners and waits for the end of the standard input.
func holdMany(first, count int) error {
	for i := first; i < first+count; i++ {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		addr := &syscall.SockaddrInet4{Port: 32768 + i%25000, Addr: [4]byte{127, 1, byte(i / 25000), 1}}
		if err := errors.Join(syscall.Bind(fd, addr), syscall.Listen(fd, 1)); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}
