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

// TestEngineFree keeps away from the ports of containers that run, that are stopped, and that use the host's network.
func TestEngineFree(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		dir, elsewhere, first := t.TempDir(), t.TempDir(), 21700
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(`services:
  web:
    image: portlint-test:latest
    ports: ["127.0.0.1:%d:80"]
  old:
    image: portlint-test:latest
    ports: ["%d-%d:80-81"]
  direct:
    image: portlint-test:latest
    network_mode: host
    command: [listen, "%d"]
`, first, first+1, first+2, first+3))
		testdir.Write(t, filepath.Join(elsewhere, ".portlint.yaml"), fmt.Sprintf("ports: {range: %d-%d}\n", first, first+4))
		project := fmt.Sprintf("plfree%d%s", os.Getpid(), e.name)
		compose := e.compose(t, dir, project)
		compose("up", "-d")
		compose("stop", "-t", "0", "old")
		r := e.portlint(t, elsewhere, "free", "-v")
		if r.code != run.ExitClean || r.stdout != fmt.Sprintf("%d\n", first+4) {
			t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
		}
		r = e.portlint(t, elsewhere, "free", "-v", "--near", fmt.Sprint(first))
		if r.code != run.ExitFailed {
			t.Errorf("one port was free, and a second one is given: %s%s", r.stdout, r.stderr)
		}
		testdir.Write(t, filepath.Join(elsewhere, ".portlint.yaml"), "")
		r = e.portlint(t, elsewhere, "free", "-v", "--near", fmt.Sprint(first))
		for _, want := range []string{
			fmt.Sprintf("passed over %d: container %q of project %q has it\n", first, project+"-web-1", project),
			fmt.Sprintf("passed over %d-%d: container %q of project %q takes it when it starts\n", first+1, first+2, project+"-old-1", project),
			fmt.Sprintf("passed over %d: a socket of this machine has it\n", first+3),
		} {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("no %q in\n%s", want, r.stderr)
			}
		}
	})
}
