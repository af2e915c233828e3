package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// podmanEngines runs a test on each Podman that runs.
func podmanEngines(t *testing.T, test func(t *testing.T, e realEngine)) {
	t.Helper()
	played := false
	realEngines(t, func(t *testing.T, e realEngine) {
		if !strings.Contains(e.name, "podman") {
			t.Skip("this engine is not Podman")
		}
		played = true
		test(t, e)
	})
	if !played {
		t.Skip("no Podman runs")
	}
}

// TestEnginePodman plays what a user of Podman types, on each that runs, as root's and as a user's.
func TestEnginePodman(t *testing.T) {
	podmanEngines(t, func(t *testing.T, e realEngine) {
		dir := t.TempDir()
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services:\n  web:\n    image: portlint-test\n    ports: [\"28471:80\"]\n")
		e.compose(t, dir, "plpodman")("up", "-d")
		says := func(code int, want string, args ...string) {
			t.Helper()
			r := e.portlint(t, dir, args...)
			if r.code != code || !strings.Contains(r.stdout+r.stderr, want) {
				t.Errorf("portlint %q: %d\n%s%s\nwant %d and %q", args, r.code, r.stdout, r.stderr, code, want)
			}
		}
		says(1, `28471/tcp is taken by container plpodman-web-1`, "who", "28471")
		says(0, "ours: plpodman-web-1", "ports", "-p", "plpodman")
		says(0, `container "plpodman-web-1"`, "explain", "cannot listen on the TCP port: listen tcp4 :28471: bind: address already in use")

		other := t.TempDir()
		testdir.Write(t, filepath.Join(other, "compose.yaml"), "services:\n  web:\n    image: portlint-test\n    ports: [\"28471:80\"]\n  pool:\n    image: portlint-test\n    ports: [\"28472-28474:80\"]\n")
		says = func(code int, want string, args ...string) {
			t.Helper()
			r := e.portlint(t, other, args...)
			if r.code != code || !strings.Contains(r.stdout+r.stderr, want) {
				t.Errorf("portlint %q: %d\n%s%s\nwant %d and %q", args, r.code, r.stdout, r.stderr, code, want)
			}
		}
		says(1, "Podman takes no range of host ports", "check")
		if _, err := exec.LookPath("docker"); err == nil {
			says(1, "nothing was pulled, built, created or stopped", "up", "-d")
		}
	})
}

// podman runs a line of a shell where the engine has its programs, podman and docker-compose among them.
func (e realEngine) podman(env []string, line string) (string, error) {
	pid, err := os.ReadFile(filepath.Join(filepath.Dir(e.socket), "pid"))
	if err != nil {
		return "", err
	}
	words := []string{"--target", strings.TrimSpace(string(pid)), "--mount", "env", "-i", "HOME=/root", "PODMAN_IGNORE_CGROUPSV1_WARNING=1",
		"PATH=/usr/local/bin:/usr/bin:/usr/sbin:" + filepath.Dir(os.Getenv("PORTLINT_TEST_COMPOSE"))}
	cmd := exec.Command("nsenter", append(append(words, env...), "sh", "-c", line)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var proposed = regexp.MustCompile(`"command": "(podman .*|docker .*)"`)

// TestEnginePodmanCommands: the command that portlint proposes is podman's, and frees the port, where podman asks the engine by itself
// and where it has to be told its address.
func TestEnginePodmanCommands(t *testing.T) {
	podmanEngines(t, func(t *testing.T, e realEngine) {
		address := "unix://" + e.socket
		run := func(t *testing.T, line string) {
			t.Helper()
			if out, err := e.podman(nil, "podman --url "+address+" "+line); err != nil {
				t.Fatalf("podman %s: %v\n%s", line, err, out)
			}
		}
		for i, c := range []struct {
			name   string
			make   string // with %d, the port; "" for Compose
			asked  string // what is proposed where podman asks the engine by itself
			url    string // and where it has to be told
			remove string
		}{
			{"Compose", "", "compose -p plfree stop web", "stop plfree-web-1", "rm -f plfree-web-1"},
			{"alone", "run -d --name plfree-solo -p %d:80 portlint-test", "stop plfree-solo", "stop plfree-solo", "rm -f plfree-solo"},
			{"podman-compose", "run -d --name plfree_web_1 -p %d:80 --label io.podman.compose.project=plfree --label com.docker.compose.project=plfree " +
				"--label com.docker.compose.service=web --label com.docker.compose.project.working_dir=/ portlint-test", "stop plfree_web_1", "stop plfree_web_1", "rm -f plfree_web_1"},
			{"pod", "pod create --name plfree-pod --infra-image portlint-test --infra-command /testimage -p %d:80 && podman --url " + address +
				" run -d --pod plfree-pod portlint-test", "pod stop plfree-pod", "pod stop plfree-pod", "pod rm -f plfree-pod"},
		} {
			for _, byVariable := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s-told-%t", c.name, !byVariable), func(t *testing.T) {
					port := 28480 + i
					if c.make == "" {
						dir := t.TempDir()
						testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  web:\n    image: portlint-test\n    ports: [\"%d:80\"]\n", port))
						e.compose(t, dir, "plfree")("up", "-d")
					} else {
						run(t, fmt.Sprintf(c.make, port))
						t.Cleanup(func() { run(t, c.remove) })
					}

					want, env := "podman --url "+address+" "+c.url, []string(nil)
					if byVariable {
						want, env = "podman "+c.asked, []string{"CONTAINER_HOST=" + address}
						if strings.HasPrefix(c.asked, "compose") && e.name == "podman" { // 4.3 has no `podman compose`
							want = "podman " + c.url
						}
					}
					asks := e.with(env...)
					got := asks.portlint(t, t.TempDir(), "who", "--format", "json", fmt.Sprintf("%d/tcp", port))
					m := proposed.FindStringSubmatch(got.stdout)
					if got.code != 1 || m == nil || m[1] != want {
						t.Fatalf("who says %d and %q, want %q\n%s%s", got.code, m, want, got.stdout, got.stderr)
					}

					if out, err := e.podman(env, m[1]); err != nil {
						t.Fatalf("%s: %v\n%s", m[1], err, out)
					}
					if got := asks.portlint(t, t.TempDir(), "who", fmt.Sprintf("%d/tcp", port)); got.code != 0 || !strings.Contains(got.stdout, "is free") {
						t.Errorf("after %s: %d\n%s%s", m[1], got.code, got.stdout, got.stderr)
					}
				})
			}
		}
	})
}
