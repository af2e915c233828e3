package refusal

import (
	"fmt"
	"net/netip"
	"slices"
)

// Headlines say in a few words what was refused, the most telling first. The last fits into a line of a terminal whatever it names.
func (r Refusal) Headlines() []string {
	switch {
	case r.Container == "":
		bare := r // addresses may be long
		bare.Addr, bare.Host = netip.Addr{}, ""
		return slices.Concat([]string{r.Meaning()}, r.short(), bare.short())
	case r.aboutAddress():
		return []string{fmt.Sprintf("container %q did not get its address", r.Container), "a container did not get its address"}
	}

	port := "its port"
	if r.First != 0 {
		port = fmt.Sprintf("port %d%s", r.First, prefixed("/", r.Proto))
	}
	return []string{fmt.Sprintf("container %q did not get %s", r.Container, port), "a container did not get " + port}
}

// aboutAddress reports whether the refusal is about an address of a container in a network.
func (r Refusal) aboutAddress() bool { return r.Kind == AddressTaken || r.Kind == AddressOutside }

// short says why the port or the name was refused in fewer words than Meaning.
func (r Refusal) short() []string {
	named := func(format, without string) []string { return []string{fmt.Sprintf(format, r.Name), without} }

	switch r.Kind {
	case SocketFile:
		return []string{"the address is a socket file, which is there already"}
	case Allocated:
		return []string{fmt.Sprintf("a container of the same engine has port %d already", r.First)}
	case InTheWay:
		return r.shortInTheWay()
	case AllTaken:
		return []string{"every port of the range is taken"}
	case Forbidden:
		if r.First == 0 {
			return []string{"Windows keeps the port for itself"}
		}
		return []string{fmt.Sprintf("Windows keeps port %d for itself", r.First)}
	case Privileged:
		return []string{fmt.Sprintf("%s may not open a port as low as %d", r.opener(), r.First)}
	case NotHere:
		return []string{"the address is not one of " + r.machine()}

	case SwarmHas:
		return []string{fmt.Sprintf("a swarm service publishes port %d already", r.First)}
	case NoNode:
		return []string{fmt.Sprintf("no node of the swarm has %s free", r.port())}
	case NoPool:
		return []string{"Podman takes no range of host ports for one port"}
	case TimedOut:
		return []string{"docker-proxy did not say in time whether it has the port"}
	case Unpublishable:
		return []string{"the service publishes nothing of its own"}

	case NoAnswer:
		return []string{"the backend of Docker Desktop did not answer"}
	case ObjectExists:
		return []string{"the network service of Windows has such an object already"}
	case DoublyOpened:
		return []string{"the port was opened already, by this engine"}

	case NameTaken:
		if r.Name == "" {
			return []string{"a container has the name that this one was to get"}
		}
		return named("a container has the name %q", "a container has that name")
	case NameTwice:
		return named("two services have the container name %q", "two services have one container name")
	case NameScaled:
		return []string{fmt.Sprintf("only one container can be %q", r.Service), "only one container can have that name"}

	case SubnetTaken:
		if r.By == ByPodman {
			return []string{"something has a part of the subnet"}
		}
		return []string{"a network of the engine has a part of the subnet"}
	case NoSubnet:
		return []string{"the engine has no subnet left to give"}
	case AddressTaken:
		return []string{"a fixed address of the container is taken"}
	case AddressOutside:
		return []string{"a fixed address is in no subnet of its network"}
	case NetworkTaken:
		if r.By == ByPodman {
			return named("Podman has a network %q already", "Podman has a network of that name already")
		}
		return named("there is a network %q that is not the project's", "there is a network of that name that is not the project's")
	case NetworkMissing:
		return named("the network %q is not there", "an external network is not there")
	case VolumeMissing:
		return named("the volume %q is not there", "an external volume is not there")
	}
	return []string{fmt.Sprintf("%s could not open the port", r.opener())}
}

func (r Refusal) shortInTheWay() []string {
	switch {
	case r.By == ByProgram && r.moves:
		return []string{fmt.Sprintf("%s takes another port, as something has %s", r.opener(), r.port())}
	case r.By == ByWindowsHNS:
		return []string{"a host port of the container is taken on Windows"}
	case r.By == ByPodmanDNS:
		return []string{fmt.Sprintf("Podman's DNS server could not open %s", r.port())}
	case r.By == BySynology:
		return []string{fmt.Sprintf("the container manager of the NAS gives %s to nobody", r.port())}
	case r.By == ByEngine:
		return []string{fmt.Sprintf("something has %s already", r.port())}
	}
	return []string{fmt.Sprintf("%s could not open %s, which is taken", r.opener(), r.port())}
}
