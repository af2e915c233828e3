package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestSilentEngineIsAskedOnce: an engine that takes the connection and says nothing costs a command its time once, whatever the
// command wants to know of it.
func TestSilentEngineIsAskedOnce(t *testing.T) {
	t.Parallel()
	short, err := os.MkdirTemp("", "pl") // the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	held, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	_, port, _ := net.SplitHostPort(held.Addr().String())

	for i, args := range [][]string{
		{"check"}, {"check", "--fix", "--diff"}, {"check", "--fix", "--diff", "--unsafe-fixes"}, {"check", "--twice"}, {"ports"}, {"ports", "--all"},
		{"who", port}, {"explain", "listen tcp 0.0.0.0:" + port + ": bind: address already in use"}, {"explain"}, {"assign"}, {"env"}, {"free"},
	} {
		l, err := net.Listen("unix", filepath.Join(short, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })

		dir := t.TempDir()
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: a, container_name: w, ports: ['"+port+":80']}}\n")
		var stdout, stderr bytes.Buffer
		w := run.Process{Env: map[string]string{"DOCKER_HOST": "unix://" + l.Addr().String(), "XDG_STATE_HOME": t.TempDir()}, Dir: dir, Stdout: &stdout, Stderr: &stderr}
		execute(t.Context(), append(args, "--timeout", "500ms"), w)
		if n := connectionsTo(t, l); n != 1 {
			t.Errorf("%q: %d connections, want 1\n%s%s", args, n, &stdout, &stderr)
		}
	}
}

// connectionsTo counts the connections that were made to a socket at which nobody answers. One that comes last ends them.
func connectionsTo(t *testing.T, l net.Listener) (n int) {
	t.Helper()
	last, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	if _, err := last.Write([]byte("!")); err != nil {
		t.Fatal(err)
	}

	for ; ; n++ {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 1)
		_, _ = c.Read(first) // whoever gave up has sent a request, or nothing
		c.Close()
		if first[0] == '!' {
			return n
		}
	}
}
