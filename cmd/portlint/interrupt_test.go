//go:build unix

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestInterrupted: who ends portlint while the engine is asked gets no answer, and no file is written.
func TestInterrupted(t *testing.T) {
	short, err := os.MkdirTemp("", "pl") // the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: a, ports: ['${WEB_PORT}:80']}}\n")
	for i, args := range [][]string{{"check"}, {"assign", "--write"}, {"env"}, {"ports"}, {"ports", "--all"}, {"who"}, {"who", "1"}, {"free"}, {"explain", "Bind for 0.0.0.0:1 failed: port is already allocated"}} {
		l, err := net.Listen("unix", filepath.Join(short, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if c, err := l.Accept(); err == nil {
				cancel()
				c.Close()
			}
		}()
		var stdout, stderr bytes.Buffer
		w := run.Process{Env: map[string]string{"DOCKER_HOST": "unix://" + l.Addr().String(), "XDG_STATE_HOME": t.TempDir()}, Dir: dir, Stdout: &stdout, Stderr: &stderr}
		if code := execute(ctx, args, w); code != int(run.ErrInterrupt) || stdout.Len() > 0 {
			t.Errorf("%q: exit %d\n%s%s", args, code, &stdout, &stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".env")); err == nil {
		t.Error("there is a .env")
	}
}
