package refusal

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/portlint/portlint/lint/client"
)

// Meaning says in one sentence why the port or the name was refused.
func (r Refusal) Meaning() string {
	if meaning, _, _, ok := r.networkMeaning(); ok {
		return meaning
	}

	switch r.Kind {
	case SocketFile:
		if r.Path == "" {
			return "the address is a socket file, which is there already: that says nothing about a port"
		}
		return fmt.Sprintf("the address is the socket file %q, which is there already: that says nothing about a port", r.Path)
	case Allocated:
		return r.allocated()
	case InTheWay:
		return r.inTheWay()
	case AllTaken:
		return "every port of the range that was asked for is taken by containers of the same engine"
	case Forbidden:
		if r.First == 0 {
			return "Windows keeps the port for itself, in a range that Hyper-V or WinNAT reserved, or gives it to nobody beside the program that has it"
		}
		return fmt.Sprintf("Windows keeps port %d for itself, in a range that Hyper-V or WinNAT reserved: nobody listens there, and ending a process does not help", r.First)
	case Privileged:
		return fmt.Sprintf("%s runs without root, and may not open a port as low as %d on this machine", r.opener(), r.First)
	case NotHere:
		if !r.Addr.IsValid() {
			return "the address that was asked for is not one of " + r.machine()
		}
		return fmt.Sprintf("%s is not an address of %s", r.Addr, r.machine())

	case BadRange:
		return fmt.Sprintf("%d-%d is no range of ports", r.First, r.Last)
	case NoProtocol:
		return fmt.Sprintf("the kernel of the engine's machine does not have the protocol%s", prefixed(" ", r.Proto))

	case SwarmHas:
		return fmt.Sprintf("the swarm service %q publishes port %d already, and a swarm gives a port to one service", r.Holder, r.First)
	case NoNode:
		return fmt.Sprintf("no node of the swarm that will do has %s free: each runs a task that publishes it in host mode", r.port())

	case NoPool:
		return fmt.Sprintf("Podman takes no range of host ports, as in %d-%d, for one port of the container", r.First, r.Last)
	case TimedOut:
		return "docker-proxy did not say in time whether it has the port: the machine was busy, or, with a rootless engine up to 27, " +
			"another container has the port on another address"
	case Unpublishable:
		return "the service is in the network of another container, and publishes nothing of its own"

	case NoAnswer:
		return "the backend of Docker Desktop, which opens ports on the desktop's own system, did not answer: that says nothing about a port"
	case ObjectExists:
		return "the network service of Windows has such an object already: that says nothing about a port"
	case DoublyOpened:
		if r.By == ByPodman {
			return "rootlessport has opened the port for this container already: the container asks for it twice"
		}
		return "RootlessKit has opened the port for this engine already: another container has it, or the same one asks for it twice"

	case NameTaken:
		return fmt.Sprintf("a container has the name %q: an engine gives each name once, and a container keeps its own until it is removed, whether it runs or not", r.Name)
	case NameTwice:
		return fmt.Sprintf("two services of the project have the container name %q: Compose refuses the project before it makes anything", r.Name)
	case NameScaled:
		return fmt.Sprintf("%q has a container_name, and only one container can have it: Compose makes no second one", r.Service)
	default:
		return fmt.Sprintf("Docker Desktop could not open %s, and gives no reason that portlint knows", r.port())
	}
}

// allocated minds that the address is the one of the entry that has the port.
func (r Refusal) allocated() string {
	text := fmt.Sprintf("a container of the same engine has port %d already", r.First)
	if r.Addr.IsValid() && !r.Addr.IsUnspecified() {
		text += fmt.Sprintf("; %s can be its address, and not the one that was asked for", r.Addr)
	}
	return text
}

func (r Refusal) inTheWay() string {
	switch {
	case r.By == ByProgram && r.moves:
		return fmt.Sprintf("something has %s already, and %s takes another one", r.port(), r.opener())
	case r.By == ByProgram:
		return fmt.Sprintf("%s could not open %s, because something has it already", r.opener(), r.port())
	case r.By == ByWindowsHNS:
		return "a host port of the container is taken on Windows, which does not say which one"
	case r.By == ByPodmanDNS:
		return fmt.Sprintf("Podman's own DNS server needs %s for the network of the container, which publishes no such port, and a socket there has it", r.port())
	case r.By == BySynology:
		return fmt.Sprintf("the container manager of the NAS gives %s to nobody: a container or a service of the NAS has registered it", r.port())
	case r.By == ByEngine && r.NoContainer:
		return fmt.Sprintf("a socket that is no port of the engine's own containers has %s: a process, a connection or another engine", r.port())
	case r.By == ByEngine:
		return fmt.Sprintf("something has %s already: a process, a connection, another engine, or a container that has the port on another address", r.port())
	}
	return fmt.Sprintf("%s could not open %s on the machine's own network, because a socket there has it", r.opener(), r.port())
}

// Speaker is whose words a refusal is in.
func (r Refusal) Speaker() string {
	switch r.By {
	case ByEngine:
		return "a Docker engine"
	case ByWindowsHNS:
		return "an engine of Windows"
	case ByRootless:
		return "a rootless engine"
	}
	return r.opener()
}

// machine is where the port was to be opened.
func (r Refusal) machine() string {
	if r.By == ByProgram {
		return "this machine"
	}
	return "the engine's machine"
}

func (r Refusal) opener() string {
	if r.By == ByProgram {
		return cmp.Or(r.Program, "a program")
	}
	return [...]string{"the engine", "Docker Desktop", "RootlessKit", "Podman", "Windows", "Podman", "the swarm", "the NAS"}[r.By]
}

// port names what was refused as far as it is known: "0.0.0.0:8080/tcp", "port 8080", "the port".
func (r Refusal) port() string {
	switch {
	case r.First == 0:
		return "the port"
	case r.Host != "":
		return fmt.Sprintf("%s:%d%s", r.Host, r.First, prefixed("/", r.Proto))
	case r.Addr.IsValid():
		return netip.AddrPortFrom(r.Addr, r.First).String() + prefixed("/", r.Proto)
	default:
		return fmt.Sprintf("port %d%s", r.First, prefixed("/", r.Proto))
	}
}

func prefixed(by, text string) string {
	if text == "" {
		return ""
	}
	return by + text
}

// Help is what to do where it is not about an owner of the port, and a command that helps, which may be one of the engine's program; "" for
// none.
func (r Refusal) Help(engine client.Client) (what, command string) {
	if _, help, words, ok := r.networkMeaning(); ok {
		if len(words) > 0 {
			command = strings.Join(engine.Words(words...), " ") // of names that an engine takes
		}
		return help, command
	}

	switch r.Kind {
	case Forbidden:
		return "choose a port outside of the ranges that this prints on that Windows machine",
			"netsh interface ipv4 show excludedportrange protocol=" + cmp.Or(r.Proto, "tcp")
	case SocketFile:
		return "remove the file if no program listens on it any more", ""
	case Privileged:
		verb := "publish"
		if r.By == ByProgram {
			verb = "listen on"
		}
		return fmt.Sprintf("%s a port from 1024 on, or let everybody on %s open ports from %d on", verb, r.machine(), r.First),
			fmt.Sprintf("sudo sysctl net.ipv4.ip_unprivileged_port_start=%d", r.First)
	case NotHere:
		verb := "publish"
		if r.By == ByProgram {
			verb = "listen"
		}
		return fmt.Sprintf("%s on an address that %s has, or on none", verb, r.machine()), ""

	case BadRange:
		return "write FIRST-LAST with ports from 1 to 65535", ""
	case NoProtocol:
		return "load the kernel's module for it on the engine's machine", ""

	case SwarmHas:
		return "publish another port, or take it from that service", ""
	case NoNode:
		return "run fewer tasks than nodes, free the port on a node, or publish it in ingress mode", ""

	case NoPool:
		return "publish one host port, or ranges of equal length on both sides, as in 8000-8001:80-81", ""
	case Unpublishable:
		return "publish the port in the service that has the network", ""

	case NoAnswer:
		return "restart Docker Desktop, and try again", ""
	case NameTwice:
		return "leave container_name out in one of the two, or give each a name of its own", ""
	case NameScaled:
		return "leave container_name out, and Compose gives each container a name of its own", ""
	case ObjectExists:
		return "remove what an earlier run has left, as with `docker compose down`, or restart the Host Network Service of that Windows machine", ""
	}
	if r.By == ByPodmanDNS {
		return "let the other DNS server listen on addresses of its own, or set dns_bind_port in Podman's containers.conf", ""
	}
	return "", ""
}

// Taken reports whether the refusal is about somebody who has the port, and may be gone by now.
func (r Refusal) Taken() bool {
	switch r.Kind {
	case Allocated, InTheWay, AllTaken, DoublyOpened, Unreasoned, SwarmHas, TimedOut:
		return true
	}
	return false
}
