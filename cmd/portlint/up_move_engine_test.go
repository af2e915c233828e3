//go:build linux

package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEngineUpStays moves a project away from another one that goes then: the next --move leaves the containers alone.
func TestEngineUpStays(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(2)
		text := ported(`services:
  db: {image: i, ports: ["@0:53", "@0:53/udp"]}
  web: {image: i, scale: 2, ports: ["${WEB_PORT:-@1}:80"]}
`, ports)
		other := newStarter(t, e, "holder", strings.ReplaceAll(text, "scale: 2, ", ""))
		other.compose("up", "-d")
		s := newStarter(t, e, "stays", text)
		first := s.run("portlint", "up", "-d", "--move")
		before := sorted(s.compose("ps", "-q", "--no-trunc"))
		if one := regexp.MustCompile(`(?m)^db localhost:(\d+)(/udp)? -> 53`).FindAllStringSubmatch(first.stdout, -1); first.code != 0 || len(one) != 2 || one[0][1] != one[1][1] {
			t.Errorf("one number over two protocols became\n%+v", first)
		}
		other.compose("down", "-t", "0")
		if repeated := s.run("portlint", "up", "-d", "--move"); repeated.code != 0 || repeated.stdout != first.stdout {
			t.Errorf("first\n%+v\nwithout the other project\n%+v", first, repeated)
		}
		if after := sorted(s.compose("ps", "-q", "--no-trunc")); after != before || len(before) < 3*64 {
			t.Errorf("the containers were\n%s\nand are\n%s", before, after)
		}
	})
}

// TestEngineUpStdinMoves reads a project from standard input: moved, it is the same project in the same directory.
func TestEngineUpStdinMoves(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(1)
		text := strings.ReplaceAll(ported(`services: {web: {image: i, ports: ["127.0.0.1:@0:80"]}}`, ports),
			"image: i", "image: portlint-test:latest")
		s := newStarter(t, e, "stdin", text)
		s.serve(fmt.Sprintf("127.0.0.1:%d/tcp", ports[0]))
		program := filepath.Join(strings.TrimPrefix(s.env[0], "PATH="), "portlint")
		cmd := s.command(program, "-p", s.project, "-f", "-", "up", "-d", "--move")
		cmd.Dir, cmd.Env, cmd.Stdin = s.dir, s.env, strings.NewReader(text)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if got := s.end(cmd, &stdout, &stderr); got.code != 0 || !strings.HasPrefix(got.stdout, "web http://127.0.0.1:") {
			t.Fatalf("%+v", got)
		}
		for _, want := range []string{"com.docker.compose.project.working_dir=" + s.dir, "com.docker.compose.project=" + s.project} {
			if all := strings.Join(s.containers(), "\n"); !strings.Contains(all+"\n", want+"\n") {
				t.Errorf("no %s in\n%s", want, all)
			}
		}
	})
}
