package refusal

import (
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/client"
)

// TestMeaning: the sentence about each kind of refusal, in the words of every program that refuses.
func TestMeaning(t *testing.T) {
	for text, want := range map[string]string{
		"Bind for 0.0.0.0:80 failed: port is already allocated":                                                  "a container of the same engine has port 80 already",
		"Bind for 127.0.0.1:80 failed: port is already allocated":                                                "a container of the same engine has port 80 already; 127.0.0.1 can be its address, and not the one that was asked for",
		"failed to bind host port [::]:80/udp: address already in use":                                           "a socket that is no port of the engine's own containers has [::]:80/udp: a process, a connection or another engine",
		"failed to listen on TCP socket: address already in use":                                                 "something has the port already: a process, a connection, another engine, or a container that has the port on another address",
		"Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use":                    "something has 0.0.0.0:80/tcp already: a process, a connection, another engine, or a container that has the port on another address",
		"failed to bind host port for 0.0.0.0:80:172.18.0.2:80/tcp: address already in use":                      "something has 0.0.0.0:80/tcp already: a process, a connection, another engine, or a container that has the port on another address",
		"Ports are not available: listen tcp 0.0.0.0:80: bind: address already in use":                           "Docker Desktop could not open 0.0.0.0:80/tcp on the machine's own network, because a socket there has it",
		"PortManager.AddPort(): listen tcp4 0.0.0.0:80: bind: address already in use":                            "RootlessKit could not open 0.0.0.0:80/tcp on the machine's own network, because a socket there has it",
		"cannot bind tcp port :80: address already in use":                                                       "Podman could not open port 80/tcp on the machine's own network, because a socket there has it",
		"HNS failed with error : The process cannot access the file because it is being used by another process": "a host port of the container is taken on Windows, which does not say which one",
		"all ports are allocated": "every port of the range that was asked for is taken by containers of the same engine",
		"listen tcp 0.0.0.0:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions": "Windows keeps port 80 for itself, in a range that Hyper-V or WinNAT reserved: nobody listens there, and ending a process does not help" +
			" | choose a port outside of the ranges that this prints on that Windows machine | netsh interface ipv4 show excludedportrange protocol=tcp",
		"PortManager.AddPort(): listen tcp4 0.0.0.0:80: bind: permission denied": "RootlessKit runs without root, and may not open a port as low as 80 on this machine" +
			" | publish a port from 1024 on, or let everybody on the engine's machine open ports from 80 on | sudo sysctl net.ipv4.ip_unprivileged_port_start=80",
		"failed to bind host port 10.9.8.7:80/tcp: cannot assign requested address": "10.9.8.7 is not an address of the engine's machine" +
			" | publish on an address that the engine's machine has, or on none",
		"invalid port range: 0-5": "0-5 is no range of ports | write FIRST-LAST with ports from 1 to 65535",
		"failed to create socket for 0.0.0.0:80/sctp: protocol not supported": "the kernel of the engine's machine does not have the protocol sctp" +
			" | load the kernel's module for it on the engine's machine",
		"exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: /forwards/expose returned unexpected status: 500": "Docker Desktop could not open 0.0.0.0:80/tcp, and gives no reason that portlint knows",
		"rpc error: code = InvalidArgument desc = port '2181' is already in use by service 'zoo_a' (nxlr74hs) as an ingress port": "the swarm service \"zoo_a\" publishes port 2181 already, and a swarm gives a port to one service" +
			" | publish another port, or take it from that service",
		"no suitable node (host-mode port already in use on 1 node)": "no node of the swarm that will do has the port free: each runs a task that publishes it in host mode" +
			" | run fewer tasks than nodes, free the port on a node, or publish it in ingress mode",
		"unable to find a node with port 7000 available": "no node of the swarm that will do has port 7000 free: each runs a task that publishes it in host mode" +
			" | run fewer tasks than nodes, free the port on a node, or publish it in ingress mode",
		"Local port 10001 conflicts with other ports used by other services.": "the container manager of the NAS gives port 10001 to nobody: a container or a service of the NAS has registered it",
		`make cli opts(): strconv.Atoi: parsing "18100-18102": invalid syntax`: "Podman takes no range of host ports, as in 18100-18102, for one port of the container" +
			" | publish one host port, or ranges of equal length on both sides, as in 8000-8001:80-81",
		"aardvark-dns failed to start: failed to bind udp listener on 10.89.0.1:53: IO error: Address already in use (os error 98)": "Podman's own DNS server needs 10.89.0.1:53/udp for the network of the container, which publishes no such port, and a socket there has it" +
			" | let the other DNS server listen on addresses of its own, or set dns_bind_port in Podman's containers.conf",
		"Timed out proxy starting the userland proxy": "docker-proxy did not say in time whether it has the port: the machine was busy, or, with a rootless engine up to 27, another container has the port on another address",
		"conflicting options: port publishing and the container type network mode": "the service is in the network of another container, and publishes nothing of its own" +
			" | publish the port in the service that has the network",
		"Ports are not available: unable to list exposed ports: Get http://unix/forwards/list: EOF": "the backend of Docker Desktop, which opens ports on the desktop's own system, did not answer: that says nothing about a port" +
			" | restart Docker Desktop, and try again",
		"failed to create endpoint x on network nat: HNS failed with error : The object already exists.": "the network service of Windows has such an object already: that says nothing about a port" +
			" | remove what an earlier run has left, as with `docker compose down`, or restart the Host Network Service of that Windows machine",
		"Error starting userland proxy: Failed to bind: EADDRINUSE":               "Docker Desktop could not open the port on the machine's own network, because a socket there has it",
		`Conflict. The container name "/rnx" is already in use by container "4b"`: "a container has the name \"rnx\": an engine gives each name once, and a container keeps its own until it is removed, whether it runs or not",
		`services.a: container name "rnx" is already in use by service {}"`: "two services of the project have the container name \"rnx\": Compose refuses the project before it makes anything" +
			" | leave container_name out in one of the two, or give each a name of its own",
		"can't set container_name and a as container name must be unique": "\"a\" has a container_name, and only one container can have it: Compose makes no second one" +
			" | leave container_name out, and Compose gives each container a name of its own",
		"rootlessport conflict with ID 1":           "rootlessport has opened the port for this container already: the container asks for it twice",
		"PortManager.AddPort(): conflict with ID 3": "RootlessKit has opened the port for this engine already: another container has it, or the same one asks for it twice",
	} {
		refusals := Parse(text)
		if len(refusals) != 1 {
			t.Fatalf("%q is %+v", text, refusals)
		}
		what, command := refusals[0].Help(client.Client{})
		said := strings.TrimRight(strings.Join([]string{refusals[0].Meaning(), what, command}, " | "), " |")
		if said != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, said, want)
		}
	}
}
