package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEnginePodman plays what a user of Podman types, on each that runs, as root's and as a user's.
func TestEnginePodman(t *testing.T) {
	played := false
	realEngines(t, func(t *testing.T, e realEngine) {
		if !strings.Contains(e.name, "podman") {
			t.Skip("this engine is not Podman")
		}
		played = true
		dir := t.TempDir()
		write(t, filepath.Join(dir, "compose.yaml"), "services:\n  web:\n    image: portlint-test\n    ports: [\"28471:80\"]\n")
		e.compose(t, dir, "plpodman")("up", "-d")
		says := func(code int, want string, args ...string) {
			t.Helper()
			r := e.portlint(t, dir, args...)
			if r.code != code || !strings.Contains(r.stdout+r.stderr, want) {
				t.Errorf("portlint %q: %d\n%s%s\nwant %d and %q", args, r.code, r.stdout, r.stderr, code, want)
			}
		}
		says(1, `28471/tcp is held by container "plpodman-web-1"`, "who", "28471")
		says(0, "ours: plpodman-web-1", "ports", "-p", "plpodman")
		says(0, `container "plpodman-web-1"`, "explain", "cannot listen on the TCP port: listen tcp4 :28471: bind: address already in use")

		other := t.TempDir()
		write(t, filepath.Join(other, "compose.yaml"), "services:\n  web:\n    image: portlint-test\n    ports: [\"28471:80\"]\n  pool:\n    image: portlint-test\n    ports: [\"28472-28474:80\"]\n")
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
	if !played {
		t.Skip("no Podman runs")
	}
}
