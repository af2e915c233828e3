package dockerapi

import (
	"strings"
	"testing"
)

// TestMeaning: the sentence about each kind of refusal, in the words of every program that refuses.
func TestMeaning(t *testing.T) {
	for text, want := range map[string]string{
		"Bind for 0.0.0.0:80 failed: port is already allocated":                                                  "another container of the same engine has port 80",
		"Bind for 127.0.0.1:80 failed: port is already allocated":                                                "another container of the same engine has port 80; 127.0.0.1 can be its address, and not the one that was asked for",
		"failed to bind host port [::]:80/udp: address already in use":                                           "a socket that is no port of the engine's own containers has [::]:80/udp: a process, a connection or another engine",
		"failed to listen on TCP socket: address already in use":                                                 "a socket that is no port of the engine's own containers has the port: a process, a connection or another engine",
		"Ports are not available: listen tcp 0.0.0.0:80: bind: address already in use":                           "Docker Desktop could not open 0.0.0.0:80/tcp on the machine's own network, because a socket there has it",
		"PortManager.AddPort(): listen tcp4 0.0.0.0:80: bind: address already in use":                            "RootlessKit could not open 0.0.0.0:80/tcp on the machine's own network, because a socket there has it",
		"cannot bind tcp port :80: address already in use":                                                       "Podman could not open port 80/tcp on the machine's own network, because a socket there has it",
		"HNS failed with error : The process cannot access the file because it is being used by another process": "a host port of the container is taken on Windows, which does not say which one",
		"all ports are allocated": "every port of the range that was asked for is taken by containers of the same engine",
		"listen tcp 0.0.0.0:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions": "Windows keeps port 80 for itself, in a range that Hyper-V or WinNAT reserved: nobody listens there, and ending a process does not help" +
			" | choose a port outside of the ranges that this prints | netsh interface ipv4 show excludedportrange protocol=tcp",
		"PortManager.AddPort(): listen tcp4 0.0.0.0:80: bind: permission denied": "RootlessKit runs without root, and may not open a port as low as 80 on this machine" +
			" | publish a port from 1024 on, or let everybody open ports from 80 on | sudo sysctl net.ipv4.ip_unprivileged_port_start=80",
		"failed to bind host port 10.9.8.7:80/tcp: cannot assign requested address": "10.9.8.7 is not an address of the engine's machine" +
			" | publish on an address that the engine's machine has, or on none",
		"invalid port range: 0-5": "0-5 is no range of ports | write FIRST-LAST with ports from 1 to 65535",
		"failed to create socket for 0.0.0.0:80/sctp: protocol not supported": "the kernel of the engine's machine does not have the protocol sctp" +
			" | load the kernel's module for it on the engine's machine",
		"exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: /forwards/expose returned unexpected status: 500": "Docker Desktop could not open 0.0.0.0:80/tcp, and does not say why",
		"PortManager.AddPort(): conflict with ID 3":                                                     "RootlessKit has opened the port for this engine already: another container has it, or the same one asks for it twice",
	} {
		refusals := ParseError(text)
		if len(refusals) != 1 {
			t.Fatalf("%q is %+v", text, refusals)
		}
		what, command := refusals[0].Advice()
		said := strings.TrimRight(strings.Join([]string{refusals[0].Meaning(), what, command}, " | "), " |")
		if said != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, said, want)
		}
	}
}
