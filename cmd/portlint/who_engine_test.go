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
func TestEngineWho(t *testing.T) { realEngines(t, whoOn) }

func whoOn(t *testing.T, e realEngine) {
	dir, project, ports := t.TempDir(), fmt.Sprintf("plwho%d%s", os.Getpid(), e.name), unusedPorts(3)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(whoProject, ports[0], ports[1], ports[2]))
	compose := e.compose(t, dir, project)
	compose("up", "-d")
	compose("stop", "-t", "0", "old")
	said := whoInside(t, e, dir, "who",
		fmt.Sprintf("%d/tcp", ports[0]), fmt.Sprintf("%d/tcp", ports[1]), fmt.Sprintf("%d/tcp", ports[2]))
	for _, want := range []string{
		fmt.Sprintf("%d/tcp is taken by %s/web\n", ports[0], project), fmt.Sprintf("\n  held by: container %s-web-1, since 20", project), ", compose.yaml:5\n",
		fmt.Sprintf("\n  listening at 127.0.0.1:%d\n  served by docker-proxy (pid ", ports[0]),
		fmt.Sprintf("\n  free it: docker compose -p %s stop web\n", project),
		fmt.Sprintf("%d/tcp is taken by %s/direct\n", ports[1], project),
		fmt.Sprintf("\n  held by: container %s-direct-1 in %s, which uses the host's network\n", project, dir),
		"\n  served by testimage (pid ",
		fmt.Sprintf("\n  free it: docker compose -p %s stop direct\n", project),
		fmt.Sprintf("%d/tcp is free now, but %s/old may take it\n", ports[2], project),
		fmt.Sprintf(`  later:   stopped container "%s-old-1" of project %q takes it when the engine starts again (restart: always)`, project, project),
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

// whoInside runs portlint where an engine is, and returns what it prints when somebody has a port.
func whoInside(t *testing.T, e realEngine, dir string, args ...string) string {
	t.Helper()
	r := e.portlint(t, dir, args...)
	if r.code != run.ExitFindings {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	return r.stdout + r.stderr
}

// TestEngineProjectDown: the command that takes a project down by its name takes its network too, typed beside the files of another one.
func TestEngineProjectDown(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		gone := newStarter(t, e, "down", "services: {web: {image: i, networks: [back]}}\nnetworks: {back: {}}\n")
		gone.compose("up", "-d")
		other := newStarter(t, e, "beside", "services: {db: {image: i, networks: [front]}}\nnetworks: {front: {}}\n")
		other.compose("-p", gone.project, "down", "-t", "0")
		if left := gone.docker("network", "ls", "-q", "--filter", "label=com.docker.compose.project="+gone.project) + gone.compose("ps", "-aq"); left != "" {
			t.Error(left)
		}
	})
}
