//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/plugin"
	"github.com/portlint/portlint/cmd/portlint/run"
)

// BenchmarkHint is the answer to docker's hook, of which starting the program is no part: it has to stay far below the
// quarter of a second that people don't notice. The engine answers at once and is no process named dockerd.
func BenchmarkHint(b *testing.B) {
	dir := b.TempDir()
	port := unusedPorts(1)[0]
	listed := fmt.Sprintf(`[{"Id": "b1", "Names": ["/blog-web-1"], "State": "running", "HostConfig": {"NetworkMode": "blog"}, "Ports":
 [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": %d, "Type": "tcp"}], "Labels": {"com.docker.compose.project": "blog"}}]`, port)
	project := fmt.Sprintf("services:\n  web:\n    image: nginx\n    ports: [\"%d:80\"]\n", port)
	for name, text := range map[string]string{"containers.json": listed, "compose.yaml": project} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	socket, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(socket)
	l, err := net.Listen("unix", filepath.Join(socket, "s"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() { _ = http.Serve(l, fakes.Canned{Dir: dir}) }()
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		w := run.Process{Env: map[string]string{"DOCKER_HOST": "unix://" + l.Addr().String()}, Dir: dir, Stdout: &out, Patience: time.Minute}
		if err := plugin.Hint(context.Background(), w, `{"RootCmd":"compose up","CommandError":"exited with code 1"}`); err != nil || out.Len() == 0 {
			b.Fatalf("no hint, %v", err)
		}
	}
}
