package refusal

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// short writes a refusal: kind, who refuses, address, ports, protocol, container, service.
func short(r Refusal) string {
	addr, port := "-", fmt.Sprint(r.First)
	if r.Addr.IsValid() {
		addr = r.Addr.String()
	}
	if r.Last != r.First {
		port += fmt.Sprint("-", r.Last)
	}
	return strings.TrimRight(strings.Join([]string{r.Kind.String(), r.By.String(), addr, port, r.Proto, r.Container, r.Service}, " "), " ")
}

// endpointWords stand before the inner words since every engine.
const endpointWords = "driver failed programming external connectivity on endpoint shop-web-1 (0c5b4ad3f1f9): "

// refusalTexts are what engines say, and what that means.
var refusalTexts = []struct{ about, text, want string }{
	{"every engine", "Bind for 0.0.0.0:8080 failed: port is already allocated", "allocated engine 0.0.0.0 8080"},
	{"IPv6 without brackets", "Bind for :::8080 failed: port is already allocated", "allocated engine :: 8080"},
	{"one IPv6 address", "Bind for ::1:8080 failed: port is already allocated", "allocated engine ::1 8080"},
	{"20.10, proxy", "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"20.10, proxy, udp6", "Error starting userland proxy: listen udp6 [::]:53: bind: address already in use", "in-use engine :: 53 udp"},
	{"20.10, no proxy", "listen tcp4 0.0.0.0:8080: bind: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"20.10, new proxy", "Error starting userland proxy: failed to listen on 0.0.0.0:8080: listen tcp4 0.0.0.0:8080: bind: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"27", "failed to bind port 0.0.0.0:8080/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"28", "failed to bind host port for 0.0.0.0:8080:172.18.0.2:80/tcp: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"28, IPv6", "failed to bind host port for [::1]:8080:[fd00::2]:80/udp: address already in use", "in-use engine ::1 8080 udp"},
	{"28, range", "failed to bind host port 8101 for 0.0.0.0:8100-8105:172.18.0.2:80/tcp: address already in use", "in-use engine 0.0.0.0 8101 tcp"},
	{"28, any port", "failed to bind host port 32770 for 0.0.0.0::172.18.0.2:80/tcp: address already in use", "in-use engine 0.0.0.0 32770 tcp"},
	{"28, listen", "failed to listen on TCP socket: address already in use", "in-use engine - 0 tcp"},
	{"29", "failed to bind host port 0.0.0.0:8080/tcp: address already in use", "in-use engine 0.0.0.0 8080 tcp"},
	{"29, IPv6", "failed to bind host port [::]:8080/tcp: address already in use", "in-use engine :: 8080 tcp"},
	{"29, listen", "failed to listen on sctp socket: address already in use", "in-use engine - 0 sctp"},
	{"29, another's address", "failed to bind host port 10.9.8.7:8080/tcp: cannot assign requested address", "not-local engine 10.9.8.7 8080 tcp"},
	{"20.10, another's address", "Error starting userland proxy: listen tcp4 10.9.8.7:8080: bind: cannot assign requested address", "not-local engine 10.9.8.7 8080 tcp"},
	{"29, no sctp", "failed to create socket for 0.0.0.0:8080/sctp: protocol not supported", "no-protocol engine 0.0.0.0 8080 sctp"},
	{"20.10, no sctp", "Error starting userland proxy: protocol not supported", "no-protocol engine - 0"},
	{"a name", `Error response from daemon: Conflict. The container name "/rnx" is already in use by container "` + strings.Repeat("4b", 32) + `". You have to remove (or rename) that container to be able to reuse that name.`, "name-taken engine - 0"},
	{"a name, in a recreate", `Error response from daemon: Error when allocating new name: Conflict. The container name "/rnx" is already in use by container "` + strings.Repeat("4b", 32) + `".`, "name-taken engine - 0"},
	{"a name, cut off", `Conflict. The container name "/rnx" is already in use by container`, "name-taken engine - 0"},
	{"a name, Podman", `Error: creating container storage: the container name "rnx" is already in use by ` + strings.Repeat("4b", 32) + `. You have to remove that container to be able to reuse that name`, "name-taken engine - 0"},
	{"a name, Podman 4, renaming", "renaming container 4b: name rnx already in use, cannot rename container 4b: container already exists", "name-taken podman - 0"},
	{"a name, Podman 5, renaming", "Error response from daemon: renaming container 4b: updating container config table with new configuration for container 4b: UNIQUE constraint failed: ContainerConfig.Name", "name-taken podman - 0"},
	{"a name, Podman, of a pod", `Error: adding pod to state: name "rnx" is in use: container already exists`, "name-taken podman - 0"},
	{"Compose, two services", `services.a: container name "rnx" is already in use by service {}"`, "name-twice engine - 0   a"},
	{"Compose, replicas", "services.scale: can't set container_name and a as container name must be unique: invalid compose project", "name-scaled engine - 0   a"},
	{"Compose, --scale", `WARNING: The "a-s" service is using the custom container name "rnx". Docker requires each container to have a unique name. Remove the custom name to scale the service`, "name-scaled engine - 0   a-s"},
	{"a range", "all ports are allocated", "all-taken engine - 0"},
	{"no range", "invalid port range: 0-5", "bad-range engine - 0-5"},

	{"Desktop, macOS", "Ports are not available: exposing port TCP 0.0.0.0:7000 -> 0.0.0.0:0: listen tcp 0.0.0.0:7000: bind: address already in use", "in-use desktop 0.0.0.0 7000 tcp"},
	{"Desktop, before 4.12", "Ports are not available: listen tcp 0.0.0.0:5000: bind: address already in use", "in-use desktop 0.0.0.0 5000 tcp"},
	{"Desktop, newer", "ports are not available: exposing port UDP 127.0.0.1:53 -> 127.0.0.1:0: listen udp4 127.0.0.1:53: bind: address already in use", "in-use desktop 127.0.0.1 53 udp"},
	{"Desktop, Windows", "Ports are not available: exposing port TCP 0.0.0.0:4505 -> 0.0.0.0:0: listen tcp4 0.0.0.0:4505: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.", "in-use desktop 0.0.0.0 4505 tcp"},
	{"Desktop, excluded range", "Ports are not available: exposing port TCP 0.0.0.0:50070 -> 0.0.0.0:0: listen tcp 0.0.0.0:50070: bind: An attempt was made to access a socket in a way forbidden by its access permissions.", "forbidden desktop 0.0.0.0 50070 tcp"},
	{"Desktop, another's address", "Ports are not available: exposing port TCP 10.9.8.7:80 -> 127.0.0.1:0: listen tcp 10.9.8.7:80: bind: The requested address is not valid in its context.", "not-local desktop 10.9.8.7 80 tcp"},
	{"Desktop, without a reason", "ports are not available: exposing port TCP 0.0.0.0:3001 -> 127.0.0.1:0: /forwards/expose returned unexpected status: 500", "unknown desktop 0.0.0.0 3001 tcp"},
	{"Desktop, 2017", "Error starting userland proxy: Bind for 0.0.0.0:1023: unexpected error (Failure EADDRINUSE).", "in-use desktop 0.0.0.0 1023"},

	{"rootless 28", "error while calling RootlessKit PortManager.AddPort(): listen tcp4 0.0.0.0:8080: bind: address already in use", "in-use rootlesskit 0.0.0.0 8080 tcp"},
	{"rootless 20.10", "Error starting userland proxy: error while calling PortManager.AddPort(): listen tcp 127.0.0.1:8080: bind: address already in use", "in-use rootlesskit 127.0.0.1 8080 tcp"},
	{"rootless, low port", "error while calling PortManager.AddPort(): cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or set CAP_NET_BIND_SERVICE on rootlesskit binary, or choose a larger port number (>= 1024): listen tcp4 0.0.0.0:80: bind: permission denied", "privileged rootlesskit - 80"},
	{"rootless, twice", "error while calling RootlessKit PortManager.AddPort(): conflict with ID 3", "opened-before rootlesskit - 0"},
	{"Podman rootless, twice", "rootlessport conflict with ID 1", "opened-before podman - 0"},
	{"Podman rootless", "rootlessport listen tcp 127.0.0.1:9080: bind: address already in use", "in-use podman 127.0.0.1 9080 tcp"},
	{"Podman 2", `failed to expose ports via rootlessport: "listen tcp 0.0.0.0:9080: bind: address already in use\n"`, "in-use podman 0.0.0.0 9080 tcp"},
	{"Podman, low port", "rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 0.0.0.0:80: bind: permission denied", "privileged podman - 80"},
	{"Podman as root", "cannot listen on the TCP port: listen tcp4 :80: bind: address already in use", "in-use podman - 80 tcp"},
	{"Podman as root, IPv6", "cannot bind tcp port :80: address already in use", "in-use podman - 80 tcp"},
	{"Windows containers", "failed to create endpoint shop-web-1 on network nat: HNS failed with error : The process cannot access the file because it is being used by another process.", "in-use windows - 0  shop-web-1"},
	{"Windows, other words", "failed to create endpoint shop-web-1 on network shop_default: failed during hnsCallRawResponse: hnsCall failed in Win32: O arquivo já está sendo usado por outro processo. (0x20)", "in-use windows - 0  shop-web-1"},

	{"a swarm's service", "port '2181' is already in use by service 'zoo_a' (nxlr74hs) as an ingress port", "swarm swarm - 2181"},
	{"a swarm's service, before it had modes", "rpc error: code = 3 desc = port '443' is already in use by service 'A' (pjo2sx4wx3apaejqhgevpkvqs)", "swarm swarm - 443"},
	{"a swarm's host-mode ports", "no suitable node (host-mode port already in use on 2 nodes)", "no-node swarm - 0"},
	{"a swarm of Swarm", "unable to find a node with port 7000 available", "no-node swarm - 7000"},
	{"a NAS", "Local port 10001 conflicts with other ports used by other services.", "in-use synology - 10001"},
	{"Podman's DNS", `unable to start container "abc": aardvark-dns failed to start: failed to bind udp listener on 10.89.0.1:53: IO error: Address already in use (os error 98)`, "in-use podman-dns 10.89.0.1 53 udp"},
	{"Podman's DNS, on no address", "error starting server failed to bind udp listener on [2001:db8::1]:53: IO error: Cannot assign requested address (os error 99)", "not-local podman-dns 2001:db8::1 53 udp"},
	{"Podman, a pool", `make cli opts(): strconv.Atoi: parsing "18100-18102": invalid syntax`, "no-pool podman - 18100-18102"},
	{"rootless 20.10, slow", endpointWords + "Timed out proxy starting the userland proxy", "timed-out engine - 0  shop-web-1"},
	{"another's network", "conflicting options: port publishing and the container type network mode", "unpublishable engine - 0"},
	{"Desktop without a backend", `Ports are not available: unable to list exposed ports: Get "http://unix/forwards/list": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, "no-answer desktop - 0"},
	{"Desktop, 2018", "Error starting userland proxy: Failed to bind: EADDRINUSE", "in-use desktop - 0"},
	{"Desktop, 2016", `Error starting userland proxy: failed to bind port: Unix.Unix_error(Unix.EADDRNOTAVAIL, "bind", "")`, "not-local desktop - 0"},
	{"Desktop, French Windows", "ports are not available: exposing port TCP 0.0.0.0:8080 -> 127.0.0.1:0: listen tcp 0.0.0.0:8080: bind: Une tentative d'accès à un socket de manière interdite par ses autorisations d'accès a été tentée.", "forbidden desktop 0.0.0.0 8080 tcp"},
	{"Desktop, German Windows", "ports are not available: exposing port TCP 0.0.0.0:8080 -> 127.0.0.1:0: listen tcp 0.0.0.0:8080: bind: Normalerweise darf jede Socketadresse (Protokoll, Netzwerkadresse oder Anschluss) nur jeweils einmal verwendet werden.", "in-use desktop 0.0.0.0 8080 tcp"},
	{"Desktop, Windows in a language that is not known", "ports are not available: exposing port TCP 0.0.0.0:8080 -> 127.0.0.1:0: listen tcp 0.0.0.0:8080: bind: Jeden soket.", "unknown desktop 0.0.0.0 8080 tcp"},
	{"Windows containers, an object", "failed to create endpoint shop-web-1 on network nat: HNS failed with error : The object already exists.", "object-exists windows - 0  shop-web-1"},
	{"Windows containers, an object by number", "failed to create endpoint shop-web-1 on network nat: failed during hnsCallRawResponse: hnsCall failed in Win32: Das Objekt ist bereits vorhanden. (0x1392)", "object-exists windows - 0  shop-web-1"},

	{"around it, 20.10", "Error response from daemon: " + endpointWords + "Bind for 0.0.0.0:8080 failed: port is already allocated", "allocated engine 0.0.0.0 8080  shop-web-1"},
	{"around it, 28.0.1", "docker: Error response from daemon: failed to set up container networking: " + endpointWords + "failed to bind host port 0.0.0.0:8080/tcp: address already in use", "in-use engine 0.0.0.0 8080 tcp shop-web-1"},
	{"Compose 1", "ERROR: for shop_web_1  Cannot start service web: " + endpointWords + "Bind for 0.0.0.0:8080 failed: port is already allocated", "allocated engine 0.0.0.0 8080  shop-web-1 web"},
}

func TestParseError(t *testing.T) {
	for _, c := range refusalTexts {
		for how, text := range disguises(c.text) {
			var got []string
			for _, r := range Parse(text) {
				got = append(got, short(r))
			}
			if !reflect.DeepEqual(got, []string{c.want}) {
				t.Errorf("%s, %s:\n%q\ngot  %q\nwant %q", c.about, how, text, got, c.want)
			}
		}
	}
}

// disguises are the ways in which a text comes along.
func disguises(text string) map[string]string {
	line, _ := json.Marshal(map[string]string{"level": "error", "msg": "Error response from daemon: " + text})
	return map[string]string{
		"alone":        text,
		"colours":      "\x1b[31mError\x1b[0m response from daemon: \x1b[1m" + text + "\x1b[0m\x1b]8;;https://x\x07\x1b[K\n",
		"progress":     "\r\x1b[2K[+] up 1/2\r\n ✔ Network shop_default Created\r\n ✘ Container shop-db-1 Error response from daemon: " + text + "\r\n",
		"JSON":         string(line) + "\n",
		"twice":        text + "\n" + text + "\n",
		"spaces":       "  " + strings.ReplaceAll(text, " ", "\n      ") + "\n",
		"hard wrapped": wrap("Error response from daemon: "+text, 37),
		"narrow":       wrap(text, 11),
	}
}

// wrap breaks a text into lines as a terminal does, in the middle of words.
func wrap(text string, width int) string {
	var b strings.Builder
	for i, r := range []rune(text) {
		if i > 0 && i%width == 0 {
			b.WriteByte('\n')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestParseErrorSeveral(t *testing.T) {
	text := "Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint a (1f): " +
		"Bind for 127.0.0.1:5432 failed: port is already allocated\n" +
		"web-1  | listen tcp :80: bind: address already in use\n" +
		"Error response from daemon: driver failed programming external connectivity on endpoint b (2f): error while calling RootlessKit PortManager.AddPort(): " +
		"listen tcp4 0.0.0.0:8080: bind: address already in use\n" +
		"Error response from daemon: driver failed programming external connectivity on endpoint c (3f): all ports are allocated\n" +
		"Error response from daemon: driver failed programming external connectivity on endpoint d (4f): all ports are allocated\n"
	want := []string{"allocated engine 127.0.0.1 5432  a", "in-use rootlesskit 0.0.0.0 8080 tcp b", "all-taken engine - 0  c", "all-taken engine - 0  d"}
	var got []string
	for _, r := range Parse(text) {
		got = append(got, short(r))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestParseErrorNone: what is about no host port is none of these.
func TestParseErrorNone(t *testing.T) {
	for _, text := range []string{
		"", "8080", "port-in-use", "Error response from daemon: No such container: web",
		"Bind for 0.0.0.0:80800 failed: port is already allocated",
		"web-1  | nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
		"web-1  | listen tcp :80: bind: address already in use",
		"shop_web_1  | \x1b[31mlisten tcp :80: bind: address already in use\x1b[0m",
		`web-1  | {"msg":"start\nlisten tcp :80: bind: address already in use\n"}`,
		"time=x level=warning msg=\"Published ports are discarded when using host network mode\"",
	} {
		if got := Parse(text); len(got) > 0 {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

func TestParseNameRaw(t *testing.T) {
	for text, want := range map[string]string{
		`Error response from daemon: Conflict. The container name "/cache" is already in use by container "4b825dc6…"`:                                                                          `Conflict. The container name "/cache" is already in use by container "4b825dc6…"`,
		`Conflict. The container name "/cache" is already in use by container "`:                                                                                                                `Conflict. The container name "/cache" is already in use by container`,
		`Conflict. The container name "/cache" is already in use by container "` + strings.Repeat("4b", 32) + `". You have to remove (or rename) that container to be able to reuse that name.`: `Conflict. The container name "/cache" is already in use by container "` + strings.Repeat("4b", 32) + `". You have to remove (or rename) that container to be able to reuse that name.`,
	} {
		got := Parse(text)
		if len(got) != 1 || got[0].Raw != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

func TestParseErrorRaw(t *testing.T) {
	got := Parse("x\nError response from daemon: Bind for 0.0.0.0:80\n80 failed: port\nis already allocated")
	if len(got) != 1 || got[0].Raw != "Bind for 0.0.0.0:80 80 failed: port is already allocated" || got[0].Addr != netip.IPv4Unspecified() {
		t.Errorf("got %+v", got)
	}
}

func FuzzParseError(f *testing.F) {
	for _, c := range refusalTexts {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range Parse(text) {
			if r.Last < r.First || r.Raw == "" {
				t.Errorf("%q is %+v", text, r)
			}
		}
	})
}
