//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const whoProject = `services:
  web:
    image: portlint-test:latest
    ports:
      - "127.0.0.1:%d:80"
  direct:
    image: portlint-test:latest
    network_mode: host
    command: [listen, "%d"]
  old:
    image: portlint-test:latest
    restart: always
    ports:
      - "%d:80"
`

// TestEngineWho asks who has ports on real engines: docker-proxy leads to its container and line, and so does a
// process of a container on the host's network; a stopped container is told before it takes its port.
func TestEngineWho(t *testing.T) {
	engines := strings.FieldsFunc(os.Getenv("PORTLINT_TEST_ENGINES"), func(r rune) bool { return r == ';' })
	if len(engines) == 0 && os.Getenv("PORTLINT_TEST_ENGINE") == "required" {
		t.Fatal("an engine is required, but PORTLINT_TEST_ENGINES names none")
	}
	if len(engines) == 0 {
		t.Skip(`PORTLINT_TEST_ENGINES names no engine: see .ci/engine, then eval "$(.ci/engine env)"`)
	}
	for _, one := range engines {
		name, rest, _ := strings.Cut(one, "=")
		socket, netns, _ := strings.Cut(rest, ",")
		t.Run(name, func(t *testing.T) { whoOn(t, name, socket, netns) })
	}
}

func whoOn(t *testing.T, name, socket, netns string) {
	dir, project, ports := t.TempDir(), fmt.Sprintf("plwho%d%s", os.Getpid(), name), unusedPorts(3)
	writeExample(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(whoProject, ports[0], ports[1], ports[2]))
	compose := func(args ...string) {
		t.Helper()
		cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), append([]string{"-p", project}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "DOCKER_HOST=unix://"+socket)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker compose %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	t.Cleanup(func() { compose("down", "-t", "0") })
	compose("up", "-d")
	compose("stop", "-t", "0", "old")
	said := whoInside(t, dir, netns, "-H", "unix://"+socket, "who",
		fmt.Sprintf("%d/tcp", ports[0]), fmt.Sprintf("%d/tcp", ports[1]), fmt.Sprintf("%d/tcp", ports[2]))
	for _, want := range []string{
		fmt.Sprintf(`%d/tcp is held by container "%s-web-1", service "web" of project %q in %s, since 20`, ports[0], project, project, dir),
		fmt.Sprintf("\n  listening at 127.0.0.1:%d\n  served by docker-proxy (pid ", ports[0]),
		fmt.Sprintf("\n  compose.yaml:5:20: %d/tcp of \"web\" in project %q\n", ports[0], project),
		fmt.Sprintf("\n    $ | docker compose -p %s stop web\n", project),
		fmt.Sprintf(`%d/tcp is held by container "%s-direct-1", service "direct" of project %q in %s, which uses the host's network`, ports[1], project, project, dir),
		"\n  served by testimage (pid ",
		fmt.Sprintf("\n    $ | docker compose -p %s stop direct\n", project),
		fmt.Sprintf(`%d/tcp is free now, but stopped container "%s-old-1" of project %q takes it when the engine starts again (restart: always)`, ports[2], project, project),
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

// whoInside runs portlint in a network namespace, and returns what it prints when somebody has a port.
func whoInside(t *testing.T, dir, netns string, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "portlint") // the name tells the test binary what to be, see TestMain
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	args = append([]string{program}, args...)
	if netns != "" {
		args = append([]string{"nsenter", "--net=" + netns}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitFindings {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}
