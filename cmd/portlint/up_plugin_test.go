//go:build unix

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/socket"
)

// calling is `docker portlint` as docker calls it: with a socket, whose end tells a plugin to end. connected gets a word
// for every plugin that listens.
type calling struct {
	cmd       *exec.Cmd
	server    *socket.PluginServer
	connected chan struct{}
}

func callAsDocker(t *testing.T, dir string, args ...string) calling {
	t.Helper()
	bin := programs(t, "docker-portlint", "docker")
	if err := os.Rename(programs(t, "docker-compose"), filepath.Join(bin, "cli-plugins")); err != nil {
		t.Fatal(err)
	}
	c := calling{connected: make(chan struct{}, 8)}
	var err error
	if c.server, err = socket.NewPluginServer(func(net.Conn) { c.connected <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.server.Close() })
	c.cmd = exec.Command(filepath.Join(bin, "docker-portlint"), append([]string{"--host", noEngine, "portlint"}, args...)...)
	c.cmd.Dir = dir
	c.cmd.Env = []string{"PATH=" + bin, "HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(bin, "state"), "DOCKER_CONFIG=" + bin,
		metadata.ReexecEnvvar + "=docker", socket.EnvKey + "=" + c.server.Addr().String(), "FAKE_WAIT=1", "FAKE_SHOW=" + metadata.ReexecEnvvar}
	return c
}

// listens waits until so many plugins listen to docker.
func (c calling) listens(t *testing.T, plugins int) {
	t.Helper()
	for limit := time.After(time.Minute); plugins > 0; plugins-- {
		select {
		case <-c.connected:
		case <-limit:
			t.Fatalf("%d plugins too few listen to docker", plugins)
		}
	}
}

// TestUpPluginEnds: docker, told to end, tells Compose, which portlint started, and not a docker of portlint's that would
// not hear of it. The process is docker's own child, or with -d a child of that, which gets no signal twice.
func TestUpPluginEnds(t *testing.T) {
	for _, args := range [][]string{{"up", "api"}, {"up", "-d", "api"}} {
		c := callAsDocker(t, clashingProject(t), args...)
		out, err := c.cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.cmd.Process.Kill() })
		c.listens(t, 2)
		if len(args) == 3 {
			_ = c.cmd.Process.Signal(os.Interrupt) // as if it were one to all of the group
		}
		c.server.Close()
		said, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.cmd.Wait() // its exit code is asked below
		want := fmt.Sprintf("docker-compose %q\n%s=docker true\n", append([]string{"--host=" + noEngine, "compose"}, args...), metadata.ReexecEnvvar)
		if !strings.HasPrefix(string(said), want) || !strings.HasSuffix(string(said), "told to end\n") || strings.Contains(string(said), "interrupted") ||
			c.cmd.ProcessState.ExitCode() != 130 {
			t.Errorf("%q ends with %d\n%s\nwant\n%s", args, c.cmd.ProcessState.ExitCode(), said, want)
		}
	}
}

// TestUpPluginAsks: the question ends with docker, too.
func TestUpPluginAsks(t *testing.T) {
	c := callAsDocker(t, clashingProject(t), "up")
	x := startOnTerminal(t, c.cmd, "")
	x.await(askClashing, 1)
	c.listens(t, 1)
	c.server.Close()
	x.ends(130)
}
