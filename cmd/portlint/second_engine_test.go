//go:build linux

package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestEngineBesideAnother: a docker-proxy that no container of the engine explains is another engine's, and portlint says
// which, or a leftover.
func TestEngineBesideAnother(t *testing.T) { realEngines(t, besideAnother) }

func besideAnother(t *testing.T, e realEngine) {
	two, err := startSecond(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := two.Close(); err != nil {
			t.Error(err)
		}
	})
	ports := unusedPorts(2)
	there := &situationRun{engineEnv: two.engineEnv, id: "beside"}
	if err := there.otherProject(t.Context(), []string{fmt.Sprintf("127.0.0.1:%d:80", ports[0])}); err != nil {
		t.Fatal(err)
	}
	leaveProxy(t, e, ports[1])
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  web:\n    image: portlint-test\n    ports: [\"%d:80\", \"%d:81\"]\n", ports[0], ports[1]))
	r := e.portlint(t, dir, "check")
	if r.code != run.ExitFindings {
		t.Errorf("exit code %d\n%s", r.code, r.stderr)
	}
	r.stdout += whoInside(t, e, dir, "who", fmt.Sprint(ports[0]))
	for _, want := range []string{
		fmt.Sprintf("error: %d/tcp is taken by docker-proxy", ports[0]),
		"\n  held by: docker-proxy (pid ",
		") for a container of another engine (172.",
		fmt.Sprintf(".0.2:80, dockerd with pid %d), at 127.0.0.1:%d\n", two.cmd.Process.Pid, ports[0]),
		fmt.Sprintf("\n  help:    see which container of that engine it is; do not end docker-proxy:\n           docker -H unix://%s/s ps\n", two.dir),
		fmt.Sprintf(") for 172.31.255.9:80: a leftover of an engine that has ended, at 127.0.0.1:%d\n", ports[1]),
		"\n  help:    restart the engine that it was, such as docker.service; do not end docker-proxy\n",
		fmt.Sprintf(".0.2:80, dockerd with pid %d)\n  listening at 127.0.0.1:%d\n  help:    see", two.cmd.Process.Pid, ports[0]),
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
}

// leaveProxy starts a docker-proxy for a container that is not there, as an engine that ended may leave one behind.
func leaveProxy(t *testing.T, e realEngine, port int) {
	t.Helper()
	first, err := daemonOf(e.socket)
	if err != nil {
		t.Fatal(err)
	}
	ready, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd := first.command(cmp.Or(first.proxy, "docker-proxy"), "-proto", "tcp", "-host-ip", "127.0.0.1", "-host-port", fmt.Sprint(port), "-container-ip", "172.31.255.9", "-container-port", "80")
	cmd.ExtraFiles = []*os.File{says} // where it says that it listens
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	says.Close()
	said := make([]byte, 200)
	if n, err := ready.Read(said); err != nil || said[0] != '0' {
		t.Fatalf("docker-proxy says %q, %v", said[:n], err)
	}
}
