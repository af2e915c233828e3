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
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", unusedPorts(1)[0]))
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
	for _, want := range []string{port + " is taken by ", "\n  held by: ", "\n  listening at " + l.Addr().String() + "\n", fmt.Sprintf("\n  with %d connections\n", many)} {
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

// TestWhoNamesWhatIsInNobodysWay: a port of closing connections is free, and who says what is left of them.
func TestWhoNamesWhatIsInNobodysWay(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lets an engine bind such a port")
	}
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", unusedPorts(1)[0]))
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	server.Close() // the side that closes first keeps the port
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Fatal("the server did not close")
	}
	client.Close()

	port := l.Addr().(*net.TCPAddr).Port
	r := portlint(t, t.TempDir(), "who", fmt.Sprint(port))
	want := fmt.Sprintf("%d/tcp is free\n  in nobody's way: 1 closing connection (TIME_WAIT)\n", port)
	if r.code != run.ExitClean || !strings.HasPrefix(r.stdout, want) {
		t.Errorf("exit %d, %s, want %s", r.code, r.stdout, want)
	}
}

// TestParseAsked: what people have at hand when they ask about a port.
func TestParseAsked(t *testing.T) {
	for words, want := range map[string]string{
		"8080/TCP 8080 53/udp 8080/tcp": "8080/tcp 8080/udp? 53/udp",
		":8080":                         "8080/tcp 8080/udp?",
		"8080 8080/udp":                 "8080/tcp 8080/udp",
		"localhost:8080 127.0.0.1:81/udp [::1]:82/tcp 0.0.0.0:83/tcp *:84/tcp":              "8080/tcp 8080/udp? 81/udp 82/tcp 83/tcp 84/tcp",
		"http://localhost:8080/x?y=1 https://127.0.0.1 postgres://u:pw@shop.localhost:5432": "8080/tcp 443/tcp 5432/tcp",
		"8000-8002/tcp 8001/tcp": "8000/tcp?(8000-8002) 8001/tcp(8000-8002) 8002/tcp?(8000-8002)",
		"web 80/tcp my-api_1.x":  "80/tcp web my-api_1.x",
	} {
		a, err := parseAsked(strings.Fields(words))
		var got []string
		for _, p := range a.ports {
			text := fmt.Sprintf("%d/%s", p.Number, p.Proto)
			if p.implied {
				text += "?"
			}
			if p.within.Known() {
				text += "(" + p.within.String() + ")"
			}
			got = append(got, text)
		}
		if said := strings.Join(append(got, a.services...), " "); err != nil || said != want {
			t.Errorf("%s: %s, %v; want %s", words, said, err, want)
		}
	}

	for _, bad := range []string{
		"", "0", "65536", "-1", "80/", "80/sctp", "8090-8080", "1-65535", " 80", "web:80", "example.com:80", "192.0.2.1:80", "http://example.com", "ftp://localhost",
		"http://localhost:0", "http://localhost:99999", "://", "a/b", "localhost:",
	} {
		if a, err := parseAsked([]string{bad}); err == nil {
			t.Errorf("%q is %v", bad, a)
		}
	}
	for _, secret := range []string{"postgres://u:hunter2@localhost", "http://u:hunter2@example.com", "http://u:hunter2@local host"} {
		if _, err := parseAsked([]string{secret}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", secret, err)
		}
	}
}
