package dockerapi

import (
	"strings"
	"testing"

	"github.com/docker/docker/api/types/system"

	"github.com/portlint/portlint/lint/desktop"
)

// TestElsewhere: where ports are bound, by what the engine says and what this machine shows.
func TestElsewhere(t *testing.T) {
	dockerd := process{pid: 7, command: "dockerd", root: true, network: same}
	for name, c := range map[string]struct {
		host   string
		change func(i *system.Info, s *hostView)
		want   string // the beginning, "" where this machine's sockets count
	}{
		"here":                  {"", func(*system.Info, *hostView) {}, ""},
		"ssh":                   {"ssh://build1", func(*system.Info, *hostView) {}, "the engine is remote (ssh://build1)"},
		"tcp":                   {"tcp://127.0.0.1:2375", func(*system.Info, *hostView) {}, "the engine is remote (tcp://127.0.0.1:2375)"},
		"no info":               {"", func(i *system.Info, _ *hostView) { *i = system.Info{} }, "the engine did not tell on which machine it runs"},
		"desktop":               {"", func(i *system.Info, _ *hostView) { i.OperatingSystem = "Docker Desktop" }, "Docker Desktop binds"},
		"desktop's label":       {"", func(i *system.Info, _ *hostView) { i.Labels = []string{"com.docker.desktop.address=x"} }, "Docker Desktop binds"},
		"colima":                {"", func(i *system.Info, s *hostView) { s.system, i.Name = "darwin", "colima" }, `the engine runs in a virtual machine ("colima", linux)`},
		"windows":               {"npipe:////./pipe/docker_engine", func(i *system.Info, s *hostView) { s.system, i.OSType = "windows", "windows" }, "the engine runs in a virtual machine"},
		"lima":                  {"", func(i *system.Info, _ *hostView) { i.KernelVersion = "6.1" }, "the engine runs on another kernel"},
		"forwarded":             {"", func(_ *system.Info, s *hostView) { s.see("ssh", same) }, `the engine's socket is served by "ssh" (pid 7)`},
		"rootless":              {"", func(_ *system.Info, s *hostView) { s.see("dockerd", other); s.rootless = true }, ""},
		"rootless, late":        {"", func(i *system.Info, s *hostView) { *i = system.Info{}; s.see("dockerd", other); s.rootless = true }, ""},
		"desktop's old address": {"", func(i *system.Info, _ *hostView) { *i = system.Info{Labels: []string{"com.docker.desktop.address=x"}} }, "Docker Desktop binds"},
		"namespace":             {"", func(_ *system.Info, s *hostView) { s.see("dockerd", other) }, "the engine binds ports in another network namespace (dockerd, pid 7)"},
		"container":             {"", func(_ *system.Info, s *hostView) { s.peer, s.daemon, s.inContainer = process{}, process{}, true }, "portlint runs in a container"},
		"pid namespace":         {"", func(_ *system.Info, s *hostView) { s.peer, s.daemon = process{}, process{} }, "the process that serves the engine's socket can't be seen"},
		"systemd":               {"", func(_ *system.Info, s *hostView) { s.see("systemd", same) }, ""},
		"systemd's proxy":       {"", func(i *system.Info, s *hostView) { s.see("systemd", same); i.Name = "vm2" }, `the engine calls its machine "vm2", this one is "vm1"`},
		"hidden proc":           {"", func(_ *system.Info, s *hostView) { s.see("dockerd", notSeen) }, ""},
		"other name":            {"", func(i *system.Info, _ *hostView) { i.Name = "vm2" }, ""}, // dockerd is proof enough
		"podman":                {"", func(_ *system.Info, s *hostView) { s.see("podman", same) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := &answers{info: system.Info{OSType: "linux", Name: "vm1", KernelVersion: "6.18"}}
			s := hostView{system: "linux", kernel: "6.18", name: "vm1", peer: dockerd, daemon: dockerd}
			c.change(&a.info, &s)
			host := "unix:///var/run/docker.sock"
			if c.host != "" {
				host = c.host
			}
			got := elsewhere(host, a, s)
			if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestDirsElsewhere: whether a directory that is not here is gone, or may be where Compose ran.
func TestDirsElsewhere(t *testing.T) {
	const local = "unix:///var/run/docker.sock"
	for name, c := range map[string]struct {
		host      string
		os        string // the engine's
		elsewhere string
		s         hostView
		want      string // the beginning
	}{
		"here":                           {local, "", "", hostView{kernel: "6.18"}, ""},
		"ssh":                            {"ssh://build1", "", "the engine is remote (ssh://build1)", hostView{sameFiles: true}, "the engine is remote"},
		"in a container":                 {local, "", "", hostView{inContainer: true}, "portlint runs in a container"},
		"engine and portlint in one":     {local, "", "", hostView{inContainer: true, sameFiles: true}, ""},
		"another network, the same disk": {local, "", "the engine binds ports in another network namespace", hostView{sameFiles: true}, ""},
		"forwarded":                      {local, "", "the engine's socket is served by \"ssh\"", hostView{}, "the engine's socket is served"},
		"desktop":                        {local, desktop.DockerDesktopName, "Docker Desktop binds", hostView{kernel: "6.18"}, ""},
		"desktop and WSL":                {local, desktop.DockerDesktopName, "Docker Desktop binds", hostView{system: "linux", kernel: "5.15.90.1-microsoft-standard-WSL2"}, "Docker Desktop serves Windows"},
		"desktop, in a container":        {local, desktop.DockerDesktopName, "Docker Desktop binds", hostView{inContainer: true}, "portlint runs in a container"},
	} {
		a := &answers{info: system.Info{OperatingSystem: c.os}, elsewhere: c.elsewhere}
		if got := dirsElsewhere(c.host, a, c.s); c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func (s *hostView) see(command string, n netnsMatch) {
	s.peer = process{pid: 7, command: command, network: n}
	s.daemon = s.peer
}

// TestProves: what the process behind the socket shows spares the engine the slow questions.
func TestProves(t *testing.T) {
	docker, podman := hello{server: "Docker/27.5.1 (linux)"}, hello{server: "Libpod/5.4.2 (linux)"}
	for name, c := range map[string]struct {
		said   hello
		daemon process
		want   bool
	}{
		"root's dockerd":           {docker, process{7, "dockerd", true, same}, true},
		"not seen":                 {docker, process{0, "dockerd", true, same}, false},
		"something before dockerd": {docker, process{7, "ssh", true, same}, false},
		"a user's dockerd":         {docker, process{7, "dockerd", false, same}, false},
		"another network":          {docker, process{7, "dockerd", true, other}, false},
		"network not seen":         {docker, process{7, "dockerd", true, notSeen}, false},
		"root's podman":            {podman, process{7, "podman", true, same}, true},
		"a user's podman":          {podman, process{7, "podman", false, same}, true},
		"podman elsewhere":         {podman, process{7, "podman", true, other}, false},
		"podman before an engine":  {docker, process{7, "podman", true, same}, false},
		"dockerd before podman":    {podman, process{7, "dockerd", true, same}, false},
	} {
		if got := (hostView{daemon: c.daemon}).proves(c.said); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
