// Package fakes are programs that tests start: they stand for docker, an engine, ssh and servers. They are a program of their own, which
// starts in a tenth of the time of portlint: a test run starts hundreds of them.
package fakes

import (
	"os"
	"strings"
)

// Names are the programs, as they are called.
func Names() []string {
	return []string{"docker", "docker-compose", "dockerd", "listener", "measured", "podman", "relay", "server", "ssh"}
}

// Main is the program whose name was called.
func Main() {
	switch name := called(); name {
	case "docker", "docker-compose":
		docker(name)
	case "podman":
		podman(name)
	case "dockerd", "relay":
		engine()
	case "server":
		server()
	case "listener":
		listener()
	case "measured":
		measured()
	case "ssh":
		ssh()
	}
}

// called is the name under which the program was started.
func called() string {
	return strings.TrimSuffix(os.Args[0][strings.LastIndexAny(os.Args[0], `/\`)+1:], ".exe")
}
