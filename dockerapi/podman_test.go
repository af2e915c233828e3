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
		url, named   bool
		foreign      bool
	}{
		"root":                       {host: root, system: "linux"},
		"user":                       {host: user, system: "linux", uid: 1000},
		"user, own directory":        {host: "unix:///r/podman/podman.sock", system: "linux", uid: 1000, env: map[string]string{"XDG_RUNTIME_DIR": "/r"}},
		"root's, as a user":          {host: root, system: "linux", uid: 1000, url: true},
		"a user's, as root":          {host: user, system: "linux", url: true},
		"somewhere":                  {host: "unix:///tmp/x.sock", system: "linux", url: true},
		"far away":                   {host: "ssh://build1/run/podman/podman.sock", system: "linux", url: true},
		"named by a variable":        {host: user, system: "linux", env: map[string]string{"CONTAINER_HOST": user}, named: true},
		"another one by a variable":  {host: root, system: "linux", env: map[string]string{"CONTAINER_HOST": user}, url: true},
		"a connection by a variable": {host: root, system: "linux", env: map[string]string{"CONTAINER_CONNECTION": "build1"}, url: true},
		"docker's is another":        {host: root, system: "linux", env: map[string]string{"DOCKER_HOST": user}, foreign: true},
		"docker's is the same":       {host: root, system: "linux", env: map[string]string{"DOCKER_HOST": root}},
		"a machine":                  {host: mac, system: "darwin", uid: 501},
		"another machine":            {host: "unix:///var/folders/x/T/podman/work-api.sock", system: "darwin", uid: 501, url: true},
		"a machine on Windows":       {host: "npipe:////./pipe/podman-machine-default", system: "windows", uid: -1},
		"a link to one's own":        {host: "unix://" + link, system: "linux", uid: 1000, env: map[string]string{"XDG_RUNTIME_DIR": own}},
	} {
		want := lint.PodmanReach{FromVariable: c.named, Foreign: c.foreign}
		if c.url {
			want.Flags = []string{"--url", c.host}
		}
		got := podmanReach(c.host, c.env, c.system, c.uid)
		if got.FromVariable != want.FromVariable || got.Foreign != want.Foreign || !slices.Equal(got.Flags, want.Flags) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestPodmanLeases: the range of which a network gives addresses is told by Podman's own list alone, as its first and last one.
func TestPodmanLeases(t *testing.T) {
	const range128 = `"lease_range":{"start_ip":"10.1.0.129","end_ip":"10.1.0.255"}`
	for own, want := range map[string]string{
		`[{"name":"n","id":"b","subnets":[{"subnet":"10.1.0.0/24","gateway":"10.1.0.1",` + range128 + `}]}]`: "10.1.0.128/25",
		`[{"name":"n","id":"b","subnets":[{"subnet":"10.1.0.0/24","gateway":"10.1.0.1"}]}]`:                  "invalid Prefix",
		`[{"name":"n","id":"c","subnets":[{"subnet":"10.1.0.0/24",` + range128 + `}]}]`:                      "invalid Prefix",
		`[{"name":"n","id":"b","subnets":[{"subnet":"10.1.0.0/24","lease_range":{"start_ip":""}}]}]`:         "invalid Prefix",
		`{"message":"no such path"}`: "invalid Prefix",
	} {
		f := newFake(t, func(f *fake) {
			f.headers["Server"] = "Libpod/5.4.0 (linux)"
			f.from(t, "podman")
			f.bodies["/networks"] = `[{"Name":"n","Id":"b","Driver":"bridge","IPAM":{"Driver":"default","Config":[{"Subnet":"10.1.0.0/24","Gateway":"10.1.0.1"}]}}]`
			f.bodies["/v4.0.0/libpod/networks/json"], f.bodies["/libpod/networks/json"] = own, own
		})
		h := lookWithin(t, Options{Host: "unix://" + f.socket})
		if len(h.Networks) != 1 || len(h.Networks[0].Subnets) != 1 || h.Networks[0].Subnets[0].Range.String() != want {
			t.Errorf("%s: %+v, want %s", own, h.Networks, want)
		}
	}
}
