//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

const heldProject = `services:
  web:
    image: portlint-test:latest
    ports: ["%[1]d:80", "127.0.0.1:%[2]d:81", "%[1]d:53/udp"]
`

const fixProject = `services:
  web:
    image: portlint-test:latest
    ports:
      - "%[1]d:80"
      - "%[1]d:53/udp"
  api:
    image: portlint-test:latest
    ports:
      - target: 81
        published: "%[2]d"
  db:
    image: portlint-test:latest
    ports: ["%[1]d:5432", "${DB_PORT:-%[3]d}:5433"]
`

// TestEngineFix starts a project whose ports somebody has: docker compose refuses it, --fix --unsafe-fixes moves what
// has to move, docker compose starts it, and nothing is left to fix.
func TestEngineFix(t *testing.T) { realEngines(t, fixOn) }

func fixOn(t *testing.T, e realEngine) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	ports := unusedPorts(3)
	held, dir := t.TempDir(), t.TempDir()
	testdir.Write(t, filepath.Join(held, "compose.yaml"), fmt.Sprintf(heldProject, ports[0], ports[1]))
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(fixProject, ports[0], ports[1], ports[2]))
	testdir.Write(t, filepath.Join(dir, "README.md"), fmt.Sprintf("It is at http://localhost:%d/\n", ports[0]))
	other := fmt.Sprintf("plheld%d%s", os.Getpid(), e.name)
	e.compose(t, held, other)("up", "-d")
	project := fmt.Sprintf("plfix%d%s", os.Getpid(), e.name)
	compose := e.compose(t, dir, project)

	if r := e.portlint(t, dir, "-p", project, "check"); r.code != run.ExitFindings {
		t.Fatalf("before: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := e.portlint(t, dir, "-p", project, "check", "--fix"); r.code != run.ExitFindings || !strings.Contains(r.stdout, "port-in-use") {
		t.Errorf("with safe fixes alone: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r := e.portlint(t, dir, "-p", project, "check", "--fix", "--unsafe-fixes")
	if r.code != run.ExitClean {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if stale := fmt.Sprintf(`README.md:1: still names %d, from which "`, ports[0]); !strings.Contains(r.stderr, stale) {
		t.Errorf("no %q in\n%s", stale, r.stderr)
	}
	compose("up", "-d")
	after := e.portlint(t, dir, "-p", project, "check", "--fix", "--unsafe-fixes")
	if after.code != run.ExitClean || after.stderr != "" {
		t.Errorf("a second time: exit code %d\n%s%s", after.code, after.stdout, after.stderr)
	}
}
