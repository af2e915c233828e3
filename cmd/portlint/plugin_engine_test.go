//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// dockerUser is somebody with a docker CLI, a directory for its settings, and portlint installed as its plugin.
type dockerUser struct {
	engine  realEngine
	environ []string
	dir     string // of the project
	config  string // DOCKER_CONFIG
}

// newDockerUser installs the plugin, with a program that stays: a test binary is one of go run's.
func newDockerUser(t *testing.T, e realEngine, project string) dockerUser {
	t.Helper()
	u := dockerUser{engine: e, dir: t.TempDir(), config: t.TempDir()}
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "portlint"), text, 0o755); err != nil {
		t.Fatal(err)
	}
	plugins := filepath.Join(u.config, "cli-plugins")
	if err := errors.Join(os.Mkdir(plugins, 0o755), os.Symlink(os.Getenv("PORTLINT_TEST_COMPOSE"), filepath.Join(plugins, "docker-compose")),
		os.Symlink(dockerProgram(t), filepath.Join(bin, "docker"))); err != nil {
		t.Fatal(err)
	}
	u.environ = slices.DeleteFunc(os.Environ(), func(line string) bool {
		return strings.HasPrefix(line, "DOCKER_") || strings.HasPrefix(line, "PATH=")
	})
	u.environ = append(u.environ, "DOCKER_CONFIG="+u.config, "PATH="+bin+":"+os.Getenv("PATH"), "COMPOSE_PROJECT_NAME="+project)
	install := exec.Command(filepath.Join(bin, "portlint"), "plugin", "install")
	install.Env = u.environ
	if out, err := install.CombinedOutput(); err != nil || !strings.Contains(string(out), "hint after a failed docker compose up: on") {
		t.Fatalf("%v\n%s", err, out)
	}
	return u
}

// docker runs the docker CLI on a terminal: only there it asks plugins for a hint. The engine is named by a flag alone.
func (u dockerUser) docker(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	line := u.engine.command(dockerProgram(t), append([]string{"--host", "unix://" + u.engine.socket}, args...)...)
	cmd := exec.CommandContext(ctx, line.Path, line.Args[1:]...) // nobody answers a question
	cmd.Dir, cmd.Env = u.dir, u.environ
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var shown bytes.Buffer
	if _, err := io.Copy(&shown, terminal); err != nil && !errors.Is(err, syscall.EIO) { // which is the end of a terminal
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is asked below
	return result{cmd.ProcessState.ExitCode(), strings.ReplaceAll(shown.String(), "\r\n", "\n"), ""}
}

// TestEngineHint lets a real docker CLI call portlint: as a command, and for a hint after commands that a real engine
// refused a port to.
func TestEngineHint(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		port := unusedPorts(1)[0]
		compose := fmt.Sprintf("services:\n  web:\n    image: portlint-test:latest\n    ports: [\"%d:80\"]\n", port)
		held, holder := t.TempDir(), fmt.Sprintf("hld%d%s", os.Getpid(), e.name)
		testdir.Write(t, filepath.Join(held, "compose.yaml"), compose)
		project := fmt.Sprintf("plhint%d%s", os.Getpid(), e.name)
		u := newDockerUser(t, e, project)
		testdir.Write(t, filepath.Join(u.dir, "compose.yaml"), compose)
		e.compose(t, u.dir, project) // takes it down
		before := e.compose(t, held, holder)
		before("up", "-d")

		owner := fmt.Sprintf("\n  held by: container %s-web-1, since ", holder)
		hint := "What's next:\x1b[0m\n    " + fmt.Sprintf("%d/tcp is taken by %s/web\n      held by: container %s-web-1 in %s\n      free it: docker -H unix://%s compose -p %s stop web\n", port, holder, holder, held, e.socket, holder)
		for _, c := range []struct {
			want string
			args []string
		}{
			{hint, []string{"compose", "up", "-d"}},
			{fmt.Sprintf("What's next:\x1b[0m\n    %d/tcp is taken by %s/web\n      held by: container ", port, holder), []string{"run", "--rm", "-p", fmt.Sprintf("%d:80", port), "portlint-test:latest"}},
			{"", []string{"compose", "-f", "compose.yaml", "up", "-d", "--force-recreate"}}, // the value is not passed on
			{"", []string{"compose", "logs", "--no-such-flag"}},
			{"", []string{"run", "--rm", "portlint-test:latest", "exit", "3"}},
		} {
			r := u.docker(t, c.args...)
			for tries := 0; tries < 10 && c.want != "" && !strings.Contains(r.stdout, "What's next"); tries++ {
				r = u.docker(t, c.args...) // on a busy machine a hint may come too late to be printed
			}
			if r.code == 0 || c.want != "" && !strings.Contains(r.stdout, c.want) || c.want == "" && strings.Contains(r.stdout, "What's next") {
				t.Errorf("docker %s: exit %d, want %q in\n%s", strings.Join(c.args, " "), r.code, c.want, r.stdout)
			}
		}
		for _, c := range []struct {
			want string
			args []string
		}{
			{fmt.Sprintf("  held by: container %s-web-1, since ", holder), []string{"portlint", "check"}},
			{owner, []string{"portlint", "who", fmt.Sprint(port)}},
		} {
			if r := u.docker(t, c.args...); r.code != run.ExitFindings || !strings.Contains(r.stdout, c.want) {
				t.Errorf("docker %s: exit %d, no %q in\n%s", strings.Join(c.args, " "), r.code, c.want, r.stdout)
			}
		}
		before("down", "-t", "0")
		if r := u.docker(t, "portlint", "up", "-d"); r.code != 0 {
			t.Errorf("docker portlint up: exit %d\n%s", r.code, r.stdout)
		}
		if r := u.docker(t, "portlint", "plugin", "uninstall"); r.code != 0 {
			t.Errorf("docker portlint plugin uninstall: exit %d\n%s", r.code, r.stdout)
		}
		if _, err := os.Stat(filepath.Join(u.config, "config.json")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("config.json is left behind: %v", err)
		}
	})
}
