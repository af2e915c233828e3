package dockerapi

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestPodmanReach: which engine podman asks by itself, as root, as a user and on a desktop.
func TestPodmanReach(t *testing.T) {
	own := t.TempDir()
	link := filepath.Join(own, "docker.sock")
	err := errors.Join(os.Mkdir(filepath.Join(own, "podman"), 0o755), os.WriteFile(filepath.Join(own, "podman", "podman.sock"), nil, 0o600),
		os.Symlink(filepath.Join(own, "podman", "podman.sock"), link))
	if err != nil {
		t.Skip(err)
	}
	const root, user, mac = "unix:///run/podman/podman.sock", "unix:///run/user/1000/podman/podman.sock", "unix:///var/folders/x/T/podman/podman-machine-default-api.sock"
	for name, c := range map[string]struct {
		host, system string
		uid          int
		env          map[string]string
		url, given   bool
		foreign      bool
	}{
		"root":                       {host: root, system: "linux"},
		"user":                       {host: user, system: "linux", uid: 1000},
		"user, own directory":        {host: "unix:///r/podman/podman.sock", system: "linux", uid: 1000, env: map[string]string{"XDG_RUNTIME_DIR": "/r"}},
		"root's, as a user":          {host: root, system: "linux", uid: 1000, url: true},
		"a user's, as root":          {host: user, system: "linux", url: true},
		"somewhere":                  {host: "unix:///tmp/x.sock", system: "linux", url: true},
		"far away":                   {host: "ssh://build1/run/podman/podman.sock", system: "linux", url: true},
		"named by a variable":        {host: user, system: "linux", env: map[string]string{"CONTAINER_HOST": user}, given: true},
		"another one by a variable":  {host: root, system: "linux", env: map[string]string{"CONTAINER_HOST": user}, url: true},
		"a connection by a variable": {host: root, system: "linux", env: map[string]string{"CONTAINER_CONNECTION": "build1"}, url: true},
		"docker's is another":        {host: root, system: "linux", env: map[string]string{"DOCKER_HOST": user}, foreign: true},
		"docker's is the same":       {host: root, system: "linux", env: map[string]string{"DOCKER_HOST": root}},
		"a machine":                  {host: mac, system: "darwin", uid: 501},
		"another machine":            {host: "unix:///var/folders/x/T/podman/work-api.sock", system: "darwin", uid: 501, url: true},
		"a machine on Windows":       {host: "npipe:////./pipe/podman-machine-default", system: "windows", uid: -1},
		"a link to one's own":        {host: "unix://" + link, system: "linux", uid: 1000, env: map[string]string{"XDG_RUNTIME_DIR": own}},
	} {
		want := lint.PodmanReach{Given: c.given, Foreign: c.foreign}
		if c.url {
			want.Flags = []string{"--url", c.host}
		}
		got := podmanReach(c.host, c.env, c.system, c.uid)
		if got.Given != want.Given || got.Foreign != want.Foreign || !slices.Equal(got.Flags, want.Flags) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
