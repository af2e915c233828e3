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

	"github.com/portlint/portlint/compose/testdir"
)

// TestEnginePoolMemory is why some answers about a range of host ports stay open: an engine that gives up at a port that it can't have
// begins after the port that it tried last, and shows nowhere which one that was. Beside one socket the same project is refused and
// started in turn, with all that can be seen before being the same. Other engines try the next port, and start it each time.
func TestEnginePoolMemory(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		if strings.HasPrefix(e.name, "podman") {
			t.Skip("Podman takes no range of host ports for one container port")
		}
		dir, first := t.TempDir(), unusedRow(2)
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services: {web: {image: portlint-test, ports: [\"127.0.0.1:%d-%d:80\"]}}\n", first, first+1))
		serving(t, e.command(programNamed(t, "server"), fmt.Sprintf("0.0.0.0:%d/tcp", first)))
		compose := e.compose(t, dir, "plpoolmemory")

		var last bool
		for n := range 3 {
			said := e.portlint(t, dir, "check").stdout
			open := strings.Contains(said, "give up at the first one that is held") || strings.Contains(said, "gives up at the first one that is held")
			starts := e.startsOnPool(t, dir, "plpoolmemory")
			if !open && !starts || open && n > 0 && starts == last {
				t.Errorf("try %d: started %t, the last time %t, with\n%s", n+1, starts, last, said)
			}
			last = starts
			compose("down", "-t", "0")
		}
	})
}

// startsOnPool reports whether `docker compose up` starts a project, which is refused for a port otherwise.
func (e realEngine) startsOnPool(t *testing.T, dir, project string) bool {
	t.Helper()
	cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), "-p", project, "up", "-d")
	cmd.Dir, cmd.Env = dir, e.docker()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || !strings.Contains(string(out), "address already in use")) {
		t.Fatalf("%v\n%s", err, out)
	}
	return err == nil
}
