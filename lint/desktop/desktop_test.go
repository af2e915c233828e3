package desktop

import "testing"

// TestOf: how engines in virtual machines are told apart, from what `docker info` showed in public reports.
func TestOf(t *testing.T) {
	const mac, wsl = "unix:///Users/u/.docker/run/docker.sock", "5.15.90.1-microsoft-standard-WSL2"
	label := func(at string) []string { return []string{"com.docker.desktop.address=" + at} }
	for name, c := range map[string]struct {
		facts Facts
		want  string // NAME on SYSTEM, early or late; "" for none
	}{
		"Docker Desktop, macOS": {Facts{System: "darwin", Endpoint: mac, OperatingSystem: "Docker Desktop", OSType: "linux", Name: "docker-desktop",
			EngineKernel: "6.12.72-linuxkit"}, "Docker Desktop on darwin, early"},
		"Docker Desktop, Windows": {Facts{System: "windows", Endpoint: "npipe:////./pipe/docker_engine", OSType: "linux", Labels: label(`npipe://\\.\pipe\docker_cli`)},
			"Docker Desktop on windows, early"},
		"Docker Desktop, its old address": {Facts{System: "windows", Endpoint: "npipe:////./pipe/docker_engine", Labels: label(`npipe://\\.\pipe\docker_cli`)},
			"Docker Desktop on windows, early"},
		"Docker Desktop, Windows containers": {Facts{System: "windows", Endpoint: "npipe:////./pipe/docker_engine", OSType: "windows", Name: "PC"}, ""},
		"Docker Desktop, Linux": {Facts{System: "linux", Kernel: "6.8.0", Endpoint: "unix:///home/u/.docker/desktop/docker.sock", OSType: "linux", OperatingSystem: "Docker Desktop",
			EngineKernel: "6.10.14-linuxkit"}, "Docker Desktop on linux, early"},
		"Docker Desktop, in a distribution of WSL": {Facts{System: "linux", Kernel: wsl, Endpoint: "unix:///var/run/docker.sock", OSType: "linux", OperatingSystem: "Docker Desktop",
			EngineKernel: wsl}, "Docker Desktop on windows, early, from WSL"},
		"Docker Desktop, far away": {Facts{System: "linux", Endpoint: "ssh://build1", OSType: "linux", OperatingSystem: "Docker Desktop"}, ""},
		"OrbStack": {Facts{System: "darwin", Endpoint: "unix:///Users/u/.orbstack/run/docker.sock", OSType: "linux", OperatingSystem: "OrbStack", Name: "orbstack"},
			"OrbStack on darwin, late"},
		"Colima":           {Facts{System: "darwin", Endpoint: "unix:///Users/u/.colima/default/docker.sock", OSType: "linux", OperatingSystem: "Ubuntu 24.04.2 LTS", Name: "colima"}, "Colima on darwin, late"},
		"Colima, profile":  {Facts{System: "darwin", Endpoint: "unix:///Users/u/x.sock", OSType: "linux", Name: "colima-x"}, "Colima on darwin, late"},
		"Colima, own name": {Facts{System: "darwin", Endpoint: "unix:///Users/u/.config/colima/default/docker.sock", OSType: "linux", Name: "dev"}, "Colima on darwin, late"},
		"Lima":             {Facts{System: "darwin", Endpoint: "unix:///Users/u/.lima/docker/sock/docker.sock", OSType: "linux", Name: "lima-docker"}, "Lima on darwin, late"},
		"Lima, Linux":      {Facts{System: "linux", Kernel: "6.8.0", Endpoint: "unix:///home/u/.lima/docker/sock/docker.sock", OSType: "linux", Name: "lima-docker", EngineKernel: "6.11"}, "Lima on linux, late"},
		"Rancher Desktop": {Facts{System: "darwin", Endpoint: "unix:///Users/u/.rd/docker.sock", OSType: "linux", OperatingSystem: "Alpine Linux v3.24", Name: "lima-rancher-desktop"},
			"Rancher Desktop on darwin, late"},
		"Rancher Desktop, Windows": {Facts{System: "windows", Endpoint: "npipe:////./pipe/docker_engine", OSType: "linux", OperatingSystem: "Rancher Desktop WSL Distribution (containerized)",
			EngineKernel: wsl}, "Rancher Desktop on windows, late"},
		"Podman's machine": {Facts{System: "darwin", Endpoint: "unix:///var/folders/x/T/podman/podman-machine-default-api.sock", OSType: "linux", OperatingSystem: "fedora",
			EngineKernel: "7.1.3-200.fc44.aarch64", Podman: true}, "Podman's machine on darwin, early"},
		"Podman's machine, WSL": {Facts{System: "windows", Endpoint: "npipe:////./pipe/podman-machine-default", OSType: "linux", EngineKernel: wsl, Podman: true}, "WSL on windows, late"},
		"dockerd of WSL, from Windows": {Facts{System: "windows", Endpoint: "npipe:////./pipe/docker_wsl", OSType: "linux", OperatingSystem: "Ubuntu 24.04", EngineKernel: wsl},
			"WSL on windows, late"},
		"dockerd here":         {Facts{System: "linux", Kernel: "6.8.0", Endpoint: "unix:///var/run/docker.sock", OSType: "linux", Name: "lima-vm", EngineKernel: "6.8.0"}, ""},
		"Podman here":          {Facts{System: "linux", Kernel: "6.8.0", Endpoint: "unix:///run/podman/podman.sock", OSType: "linux", EngineKernel: "6.8.0", Podman: true}, ""},
		"an unknown machine":   {Facts{System: "darwin", Endpoint: "unix:///Users/u/x.sock", OSType: "linux", Name: "vm", EngineKernel: "6.1"}, ""},
		"another kernel":       {Facts{System: "linux", Kernel: "6.8.0", Endpoint: "unix:///home/u/x.sock", OSType: "linux", Name: "vm", EngineKernel: "6.1"}, ""},
		"an engine over TCP":   {Facts{System: "darwin", Endpoint: "tcp://127.0.0.1:2375", OSType: "linux", Name: "colima"}, ""},
		"nothing that it says": {Facts{System: "darwin", Endpoint: "unix:///Users/u/x.sock"}, ""},
	} {
		got := ""
		if f := Of(c.facts); f != nil {
			got = f.Name() + " on " + f.System + map[bool]string{true: ", early", false: ", late"}[f.Early]
			if f.Beyond {
				got += ", from WSL"
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestIsOwn: the forwarders as tables name them, cut off or with a path.
func TestIsOwn(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		name    string
		command string
		want    bool
	}{
		{DockerDesktop, "com.docker.backend", "", true}, {DockerDesktop, "com.docke", "", true}, {DockerDesktop, "com.docker.back", "", true},
		{DockerDesktop, "com.docker.backend.exe", "", true}, {DockerDesktop, `C:\Program Files\Docker\com.docker.backend.exe`, "", true},
		{DockerDesktop, "com.docker.build", "", false}, {DockerDesktop, "vpnkit.exe", "", true}, {DockerDesktop, "wslrelay.exe", "", false},
		{OrbStack, "OrbStack", "", true}, {OrbStack, "OrbStack Helper", "", true}, {OrbStack, "node", "", false},
		{Colima, "ssh", "ssh -F /dev/null -o ControlPath=\"/Users/u/.colima/_lima/colima/ssh.sock\"", true}, {Colima, "ssh", "ssh -L 8080:localhost:80 build1", false},
		{Colima, "ssh", "ssh -M -S /Users/u/.ssh/ssh.sock -N -L 8080:db:5432 build1", false},
		{Lima, "ssh", "ssh: /Users/u/.lima/docker/ssh.sock [mux]", true}, {Lima, "ssh", "ssh -S /Users/u/.lima/ssh.sock build1", false},
		{Lima, "ssh", "ssh -S /Users/u/.ssh/ssh.sock -o ControlPath=/Users/u/.lima/docker/ssh.sock build1", true},
		{RancherDesktop, "ssh", `ssh -o ControlPath="/Users/u/Library/Application Support/rancher-desktop/lima/0/ssh.sock"`, true},
		{Lima, "limactl", "", true}, {RancherDesktop, "host-switch.exe", "", true}, {PodmanMachine, "gvproxy", "", true}, {WSL, "wslrelay.exe", "", true},
		{DockerDesktop, "", "", false},
	} {
		if got := late(c.kind, "darwin").IsOwn(c.name, c.command); got != c.want {
			t.Errorf("%s, %q: %t", late(c.kind, "darwin").Name(), c.name, got)
		}
	}
}
