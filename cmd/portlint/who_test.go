package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// TestWhoSumsUpConnections: a busy server is one holder, and its connections are one line.
func TestWhoSumsUpConnections(t *testing.T) {
	const many = 50
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range many {
		client, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
	}
	port := fmt.Sprintf("%d/tcp", l.Addr().(*net.TCPAddr).Port)
	r := portlint(t, t.TempDir(), "who", port)
	for _, want := range []string{port + " is held by ", "\n  listening at " + l.Addr().String() + "\n", fmt.Sprintf("\n  with %d connections\n", many)} {
		if r.code != run.ExitFindings || strings.Count(r.stdout, want) != 1 {
			t.Errorf("exit %d, no %q in\n%s%s", r.code, want, r.stdout, r.stderr)
		}
	}
	asked := portlint(t, t.TempDir(), "who", port, "--format", "json")
	for _, want := range []string{fmt.Sprintf(`"pid": %d`, os.Getpid()), fmt.Sprintf(`"connections": %d`, many)} {
		if runtime.GOOS == "linux" && strings.Count(asked.stdout, want) != 1 {
			t.Errorf("no %s in\n%s", want, asked.stdout)
		}
	}
}

func TestParsePorts(t *testing.T) {
	got, err := parsePorts([]string{"8080/TCP", "8080", "53/udp", "8080/tcp"})
	if want := "[{8080 tcp} {8080 udp} {53 udp}]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "0", "65536", "-1", "http", "80/", "80/sctp", "8080-8090", "127.0.0.1:80", " 80"} {
		if got, err := parsePorts([]string{bad}); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}
