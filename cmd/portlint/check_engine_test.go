//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestEngineCheckSays reads what `portlint check` prints in real situations, as a user would.
func TestEngineCheckSays(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		t.Run("a failed start", func(t *testing.T) { afterFailedStart(t, e) })
		t.Run("the same name elsewhere", func(t *testing.T) { sameNameElsewhere(t, e) })
		t.Run("another user's server", func(t *testing.T) { anotherUsersServer(t, e) })
	})
}

// afterFailedStart: a current engine starts a container that a failed start has left without its network, without ports
// and without a word, even when the port is free by then.
func afterFailedStart(t *testing.T, e realEngine) {
	dir, project, port := t.TempDir(), fmt.Sprintf("pllost%d%s", os.Getpid(), e.name), unusedPorts(1)[0]
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  web:\n    image: portlint-test\n    ports: [\"%d:80\"]\n", port))
	compose := e.compose(t, dir, project)
	stop := listenAs(t, e, 0, port)
	up := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), "-p", project, "up", "-d")
	up.Dir, up.Env = dir, e.docker()
	if out, err := up.CombinedOutput(); err == nil {
		t.Fatalf("up succeeded beside a listener:\n%s", out)
	}
	stop()
	r := e.portlint(t, dir, "-p", project, "check")
	want := fmt.Sprintf("  possible: a start that failed has left container \"%s-web-1\" without its network, and this engine starts it as it is\n", project)
	if e.name == "old" {
		want = "no conflicts: 1 port in 1 project\n"
	}
	if !strings.Contains(r.stdout, want) || r.code != 0 {
		t.Fatalf("no %q in (exit code %d)\n%s%s", want, r.code, r.stdout, r.stderr)
	}
	if removal := fmt.Sprintf("           docker compose -p %s rm -f web\n", project); e.name != "old" && !strings.Contains(r.stdout, removal) {
		t.Errorf("no %q in\n%s", removal, r.stdout)
	}
	compose("rm", "-f", "web")
	compose("up", "-d")
	if said := whoInside(t, e, dir, "who", fmt.Sprintf("%d/tcp", port)); !strings.Contains(said, project+"-web-1") {
		t.Errorf("what portlint advised does not publish the port:\n%s", said)
	}
}

// sameNameElsewhere: a container of the same project name from another directory is not called our own orphan, and nobody
// is told to remove it.
func sameNameElsewhere(t *testing.T, e realEngine) {
	here, there, project, port := t.TempDir(), t.TempDir(), fmt.Sprintf("plname%d%s", os.Getpid(), e.name), unusedPorts(1)[0]
	file := "services:\n  %s:\n    image: portlint-test\n    ports: [\"%d:80\"]\n"
	testdir.Write(t, filepath.Join(there, "compose.yaml"), fmt.Sprintf(file, "old", port))
	testdir.Write(t, filepath.Join(here, "compose.yaml"), fmt.Sprintf(file, "web", port))
	e.compose(t, there, project)("up", "-d")
	r := e.portlint(t, here, "-p", project, "check")
	for _, want := range []string{
		"warning: `up` may take over ",
		fmt.Sprintf("\n  possible: it would recreate the containers of %s, such as \"%s-old-1\", not start a second stack\n", there, project),
		fmt.Sprintf("error: %d/tcp is taken by another checkout [port-in-use]\n", port),
		fmt.Sprintf("\n  held by: container %s-old-1, another checkout with this project's name", project),
		fmt.Sprintf("\n  free it: docker compose -p %s stop old\n", project),
	} {
		if !strings.Contains(r.stdout, want) || strings.Contains(r.stdout, "--remove-orphans") || r.code != run.ExitFindings {
			t.Errorf("no %q in (exit code %d)\n%s%s", want, r.code, r.stdout, r.stderr)
		}
	}
}

// anotherUsersServer: a user without root's rights is told whose the process is.
func anotherUsersServer(t *testing.T, e realEngine) {
	dir, port := t.TempDir(), unusedPorts(1)[0]
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  web:\n    image: portlint-test\n    ports: [\"%d:80\"]\n", port))
	listenAs(t, e, 65534, port)
	r := e.portlint(t, dir, "check")
	want := fmt.Sprintf("error: %d/tcp of \"web\" is taken by server", port)
	if !strings.Contains(r.stdout, want) || !strings.Contains(r.stdout, ", nobody, since ") || r.code != run.ExitFindings {
		t.Errorf("no %q in (exit code %d)\n%s%s", want, r.code, r.stdout, r.stderr)
	}
}

// listenAs starts a server of a user on the engine's network, until the function is called that it returns.
func listenAs(t *testing.T, e realEngine, user, port int) (stop func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl") // a test's own is below a directory that other users may not enter
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(programNamed(t, "server"))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "server")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(program, text, 0o755)); err != nil {
		t.Fatal(err)
	}
	as := []string{"--setuid", fmt.Sprint(user), "--setgid", fmt.Sprint(user)}
	if e.netns != "" {
		as = append(as, "--net="+e.netns)
	}
	cmd := exec.Command("nsenter", append(as, program, fmt.Sprintf("127.0.0.1:%d/tcp", port))...)
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, stop = serving(t, cmd)
	return stop
}
