package lint

import (
	"strings"
	"testing"
)

func TestRelease(t *testing.T) {
	for _, c := range []struct {
		version string
		want    release
		ok      bool
	}{
		{"29.0.1", release{29, 0, 1}, true}, {"20.10.24+dfsg1", release{20, 10, 24}, true}, {"28.3.0-rc.1", release{28, 3, 0}, true},
		{"27.5", release{27, 5, 0}, true}, {"5.4.1", release{5, 4, 1}, false}, {"dev", release{}, false}, {"", release{}, false},
		{"library-import", release{}, false},
	} {
		got, ok := Engine{Version: c.version}.release()
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %v %t", c.version, got, ok)
		}
	}
	if _, ok := (Engine{Name: "Podman Engine", Version: "29.0.0"}).release(); ok {
		t.Error("Podman has a version of Docker's")
	}
}

// TestRefuses plays two containers of one engine, by version.
// Source: moby daemon/libnetwork/portallocator; libnetwork/portallocator up to 28.
func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		version, x, y string
		want          bool
		open          bool
	}{
		{"29.0.1", "0.0.0.0:1/tcp", "127.0.0.1:1/tcp", true, false},
		{"20.10.24", "0.0.0.0:1/tcp", "127.0.0.1:1/tcp", true, false},
		{"29.0.1", "127.0.0.1:1/tcp", "127.0.0.2:1/tcp", false, false},
		{"29.0.1", "0.0.0.0:1/tcp", "[::]:1/tcp", false, false},
		{"29.0.1", "[::]:1/tcp", "[::1]:1/tcp", true, false},
		{"29.0.1", "0.0.0.0:1/tcp", "0.0.0.0:1/udp", false, false},
		{"26.1.4", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"28.2.2", "0.0.0.0:1/udp", "127.0.0.1:1/udp", false, false},
		{"28.2.2", "0.0.0.0:1/udp", "0.0.0.0:1/udp", true, false},
		{"28.5.2", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"29.0.1", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, false},
		{"", "0.0.0.0:1/udp", "127.0.0.1:1/udp", true, true},
		{"29.0.1", "0.0.0.0:1/sctp", "127.0.0.1:1/sctp", true, true},
	} {
		got, refused := Engine{Version: c.version}.refuses(endpoint(c.x), endpoint(c.y))
		if refused != c.want || refused && (got.certainty == Possible) != c.open {
			t.Errorf("%s: %s while %s: %t %s", c.version, c.x, c.y, refused, got.certainty)
		}
	}
}

// internalNetwork is what Docker publishes nothing on.
var internalNetwork = Network{Publishing: Ignored, Why: "only internal networks", Silent: true, Name: "p_back"}

// routedNetwork is one that Docker binds no IPv4 port for, from 28 on.
var routedNetwork = Network{}.WithModes(map[string]string{"com.docker.network.bridge.gateway_mode_ipv4": "routed"})

// TestEnginesBind plays what real ones do: Podman 4.3.1 as root and as a user, 5.4.2 as root, and Docker by version.
func TestEnginesBind(t *testing.T) {
	node := proc("node", 4711)
	web := func(items ...string) []*svc { return on(service("web", items...)) }
	routed := func(items ...string) []*svc { return on(service("web", items...).net(routedNetwork)) }
	checkLive(t, []liveCase{
		{name: "IPv6 loopback is not in the way of root's", services: web("8080:80"), machine: podman("4.3.1").listens("[::1]:8080/tcp", node), want: VerdictClear},
		{name: "IPv6 alone is not in the way of root's", services: web("8080:80"), machine: podman("5.4.2").listens("[::]:8080/tcp6", node), want: VerdictClear},
		{name: "a socket for both families is", services: web("8080:80"), machine: podman("5.4.2").listens("[::]:8080/tcp", node), want: VerdictConflict},
		{name: "IPv4 is", services: web("8080:80"), machine: podman("4.3.1").listens("127.0.0.1:8080/tcp", node), want: VerdictConflict},
		{name: "IPv4 is not in the way of [::]", services: web("[::]:8080:80"), machine: podman("4.3.1").listens("0.0.0.0:8080/tcp", node), want: VerdictClear},
		{name: "both families in one container", services: web("8080:80", "[::]:8080:80"), machine: podman("4.3.1"), want: VerdictClear},

		{name: "IPv6 loopback is in the way of a user's", services: web("8080:80"), machine: podman("4.3.1").rootless().listens("[::1]:8080/tcp", node), want: VerdictConflict},
		{name: "so it is of 0.0.0.0", services: web("0.0.0.0:8080:80"), machine: podman("4.3.1").rootless().listens("[::1]:8080/tcp", node), want: VerdictConflict},
		{name: "IPv4 is in the way of a user's [::]", services: web("[::]:8080:80"), machine: podman("4.3.1").rootless().listens("127.0.0.1:8080/tcp", node), want: VerdictConflict},
		{name: "over UDP too", services: web("[::]:8080:80/udp"), machine: podman("4.3.1").rootless().listens("127.0.0.1:8080/udp", node), want: VerdictConflict},
		{name: "IPv6 is not in the way of a user's 127.0.0.1", services: web("127.0.0.1:8080:80"), machine: podman("4.3.1").rootless().listens("[::1]:8080/tcp", node), want: VerdictClear},
		{name: "both wildcards are one socket of a user's", services: web("0.0.0.0:8080:80", "[::]:8080:80"), machine: podman("4.3.1").rootless(), want: VerdictConflict},
		{name: "two loopback addresses of a user's", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")),
			machine: podman("4.3.1").rootless(), want: VerdictClear},
		{name: "a user's without IPv6", services: web("0.0.0.0:8080:80", "[::1]:8080:80"), want: VerdictClear,
			machine: podman("4.3.1").rootless().with(func(m *machine) { m.Engine.V4Only = true })},

		{name: "internal networks", services: on(service("web", "8080:80").net(internalNetwork)), machine: podman("4.3.1").listens("0.0.0.0:8080/tcp", node), want: VerdictConflict},
		{name: "internal networks on Docker", services: on(service("web", "8080:80").net(internalNetwork)), machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", node), want: VerdictClear},
		{name: "internal as the engine has it", services: on(service("web", "8080:80").net(Network{Name: "p_back"})), want: VerdictConflict,
			machine: podman("4.3.1").listens("0.0.0.0:8080/tcp", node).with(func(m *machine) { m.Networks = []EngineNetwork{{Name: "p_back", Internal: true}} })},

		{name: "Docker's option for an address", services: on(service("web", "8080:80").net(Network{HostIP: "127.0.0.1"})), machine: podman("5.4.2").listens("127.0.0.2:8080/tcp", node), want: VerdictConflict},
		{name: "the option on Docker", services: on(service("web", "8080:80").net(Network{HostIP: "127.0.0.1"})), machine: docker("29.0.1").listens("127.0.0.2:8080/tcp", node), want: VerdictClear},
		{name: "Docker's gateway mode", services: routed("8080:80"), machine: podman("5.4.2").listens("127.0.0.2:8080/tcp", node), want: VerdictConflict},

		{name: "Docker's gateway mode over IPv4 alone", services: routed("0.0.0.0:8080:80"), machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", node), want: VerdictClear},
		{name: "the proxy of both families", services: routed("8080:80"), machine: docker("28.0.4").listens("[::1]:8080/tcp", node), want: VerdictConflict},
		{name: "beside IPv4", services: routed("8080:80"), machine: docker("28.0.4").listens("127.0.0.1:8080/tcp", node), want: VerdictClear},
		{name: "an engine without the mode", services: routed("0.0.0.0:8080:80"), machine: docker("26.1.5").listens("127.0.0.1:8080/tcp", node), want: VerdictConflict},
		{name: "the first engine with the mode", services: routed("0.0.0.0:8080:80"), machine: docker("27.5.0").listens("127.0.0.1:8080/tcp", node), want: VerdictClear},
		{name: "it refuses addresses", services: routed("127.0.0.1:8080:80"), machine: docker("27.5.0"), want: VerdictRefused},
		{name: "newer ones don't", services: routed("127.0.0.1:8080:80"), machine: docker("28.0.4"), want: VerdictClear},
		{name: "an engine of no known version", services: routed("0.0.0.0:8080:80"), machine: docker("dev").listens("127.0.0.1:8080/tcp", node), want: VerdictPossible},
		{name: "replicas where nothing is bound", services: on(service("web", "0.0.0.0:8080:80").scaled(2).net(routedNetwork)), machine: docker("29.0.1"), want: VerdictClear},
		{name: "replicas behind the proxy", services: on(service("web", "8080:80").scaled(2).net(routedNetwork)), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "routed for IPv6", services: on(service("web", "8080:80").net(Network{routedIPv6: true})), machine: docker("29.0.1").listens("[::1]:8080/tcp", node), want: VerdictClear},
		{name: "routed for IPv6, beside IPv4", services: on(service("web", "8080:80").net(Network{routedIPv6: true})), machine: docker("29.0.1").listens("127.0.0.1:8080/tcp", node), want: VerdictConflict},

		{name: "one port written twice alike", services: web("long 8080:80", "8080:80"), machine: podman("5.4.2"), want: VerdictClear},
		{name: "one port for two container ports", services: web("8080:80", "8080:81"), machine: podman("5.4.2"), want: VerdictConflict},
		{name: "one port twice alike on Docker", services: web("long 8080:80", "8080:80"), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "a port that may be picked", services: on(service("a", "40000:80"), service("b", "80")), machine: podman("5.4.2"), want: VerdictClear},
		{name: "two picked ports on addresses that meet", services: web("80", "127.0.0.1::80"), machine: podman("5.4.2"), want: VerdictClear},
		{name: "two picked ports on Docker", services: web("80", "127.0.0.1::80"), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "SCTP is no socket", services: on(service("a", "8080:80/sctp"), service("b", "8080:80/sctp")), machine: podman("5.4.2"), want: VerdictClear},
		{name: "UDP with SO_REUSEADDR", services: web("8080:80/udp"), machine: podman("5.4.2").listens("127.0.0.1:8080/udp", node).reuse(), want: VerdictConflict},
	})
}

// TestPodmanRefuses plays what no Podman starts, whoever has the port.
func TestPodmanRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		machine *machine
		item    string
		want    string
	}{
		"a pool": {podman("5.4.2"), "8080-8082:80", `
error certain 5: "web" cannot publish 8080-8082/tcp: Podman takes no range of host ports for one container port
  manual: write one host port, none, or as many container ports as host ports
`},
		"a pool, as a user":       {podman("4.3.1").rootless(), "127.0.0.1:8080-8082:80", "cannot publish 127.0.0.1:8080-8082/tcp"},
		"a row of ports":          {podman("5.4.2"), "8080-8082:80-82", ""},
		"a pool on Docker":        {docker("29.0.1"), "8080-8082:80", ""},
		"SCTP before 5.3":         {podman("5.2.5"), "8080:80/sctp", "Podman before 5.3 takes no SCTP ports from Compose"},
		"SCTP":                    {podman("5.4.2"), "8080:80/sctp", ""},
		"an IPv4 address as IPv6": {podman("5.4.2"), "[::ffff:127.0.0.1]:8080:80", "Podman can't read the address ::ffff:127.0.0.1"},
		"the same, as a user":     {podman("4.3.1").rootless(), "[::ffff:127.0.0.1]:8080:80", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, texts := render("/p", service("web", c.item))
			h := c.machine.asked(UpOptions{}, p)
			var said []Finding
			for _, f := range Run([]*Project{p}, Settings{Host: h}).Findings {
				if f.Rule == unusablePorts.Name {
					said = append(said, f)
				}
			}
			if got := withCommands(texts, said); got != strings.TrimLeft(c.want, "\n") && (c.want == "" || !strings.Contains(got, c.want)) {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
			want := VerdictClear
			if c.want != "" {
				want = VerdictRefused
			}
			if got := VerdictOf([]*Project{p}, h, UpOptions{}, nil); got != want {
				t.Errorf("verdict %s, want %s", got, want)
			}
		})
	}
}

// TestSharesUDP: one line alone gives its sockets SO_REUSEADDR, and RootlessKit none.
func TestSharesUDP(t *testing.T) {
	for want, engines := range map[bool][]Engine{
		true:  {docker("28.0.0").Engine, docker("28.5.2").Engine},
		false: {docker("27.5.1").Engine, docker("29.0.0").Engine, docker("28.5.2").rootless().Engine, podman("5.4.2").Engine, {}},
	} {
		for _, e := range engines {
			if e.SharesUDP() != want {
				t.Errorf("%+v: %t", e, !want)
			}
		}
	}
}

// TestListensLast: for two addresses of one container that meet, one line alone may choose the same host port.
func TestListensLast(t *testing.T) {
	for _, c := range []struct {
		machine *machine
		items   []string
		want    Verdict
	}{
		{docker("28.0.4"), []string{"0.0.0.0:8080-8083:80", "127.0.0.1:8080-8083:81"}, VerdictPossible},
		{docker("28.2.2"), []string{"0.0.0.0:8080:80", "127.0.0.1:8080-8083:81"}, VerdictPossible},
		{docker("28.2.2"), []string{"0.0.0.0:8080-8083:80/udp", "127.0.0.1:8080-8083:81/udp"}, VerdictClear},
		{docker("28.2.2"), []string{"127.0.0.2:8080-8083:80", "127.0.0.1:8080-8083:81"}, VerdictClear},
		{docker("28.3.0"), []string{"0.0.0.0:8080-8083:80", "127.0.0.1:8080-8083:81"}, VerdictClear},
		{docker("27.5.0"), []string{"0.0.0.0:8080-8083:80", "127.0.0.1:8080-8083:81"}, VerdictClear},
		{docker("20.10.24").rootless(), []string{"127.0.0.2:8080-8083:80", "127.0.0.1:8080-8083:80"}, VerdictPossible},
		{docker("20.10.24"), []string{"127.0.0.2:8080-8083:80", "127.0.0.1:8080-8083:80"}, VerdictClear},
	} {
		p := project(service("web", c.items...))
		if got := VerdictOf([]*Project{p}, c.machine.asked(UpOptions{}, p), UpOptions{}, nil); got != c.want {
			t.Errorf("%s: %v: %s, want %s", c.machine.Engine.Version, c.items, got, c.want)
		}
	}
}

// TestTriesOfPool: which engines go on to the next port of a pool where somebody else has one.
func TestTriesOfPool(t *testing.T) {
	for want, engines := range map[Verdict][]*machine{
		VerdictClear: {docker("27.5.0"), docker("28.0.4"), docker("29.0.0"), docker("28.3.0").rootless(), docker("28.5.2").rootless()},
		VerdictPossible: {docker("20.10.24"), docker("26.1.5"), docker("20.10.24").rootless(), docker("27.5.0").rootless(), docker("28.2.2").rootless(),
			docker("29.0.0").rootless()},
	} {
		for _, m := range engines {
			p := project(service("web", "8080-8081:80"))
			m.listens("0.0.0.0:8080/tcp", SocketOwner{})
			if got := VerdictOf([]*Project{p}, m.asked(UpOptions{}, p), UpOptions{}, nil); got != want {
				t.Errorf("%s, rootless %t: %s, want %s", m.Engine.Version, m.Engine.Rootless, got, want)
			}
		}
	}
}

// TestUserPorts: which engines may not bind low ports.
func TestUserPorts(t *testing.T) {
	check := func(e Engine, want bool) {
		t.Helper()
		if e.UserPorts() != want {
			t.Errorf("%+v: %t", e, !want)
		}
	}
	check(docker("29.0.0").Engine, false)
	check(docker("29.0.0").rootless().Engine, true)
	check(podman("5.4.2").Engine, false)
	check(podman("5.4.2").rootless().Engine, true)
	capable, unread := docker("29.0.0").rootless().Engine, docker("29.0.0").rootless().Engine
	capable.LowPorts, unread.LowPorts = AllLowPorts, UnknownLowPorts
	check(capable, false)
	check(unread, true)
}

// TestPodmanRefusesUnbound: it reads host ports before it looks at the network of the container.
func TestPodmanRefusesUnbound(t *testing.T) {
	for want, s := range map[Verdict]*svc{
		VerdictRefused: service("web", "8080-8082:80").net(hostNetwork),
		VerdictClear:   service("web", "8080:80").net(hostNetwork),
	} {
		p := project(s)
		if got := VerdictOf([]*Project{p}, podman("5.4.2").asked(UpOptions{}, p), UpOptions{}, nil); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestClientWith: which program drives an engine, and what it can do.
func TestClientWith(t *testing.T) {
	flags := []string{"--url", "unix:///x"}
	for name, c := range map[string]struct {
		engine Engine
		podman PodmanReach
		stop   string // the service of a project
		runs   string // "" where the restart policy can't be changed
	}{
		"Docker":                      {Engine{Name: "Docker Engine", Version: "29.0.1"}, PodmanReach{Flags: flags}, "docker --context b compose -p x stop web", "yes"},
		"Podman 4.3":                  {Engine{Name: PodmanName, Version: "4.3.1"}, PodmanReach{}, "", ""},
		"Podman 4.9":                  {Engine{Name: PodmanName, Version: "4.9.4"}, PodmanReach{}, "podman compose -p x stop web", ""},
		"Podman 4.9, by a variable":   {Engine{Name: PodmanName, Version: "4.9.4"}, PodmanReach{FromVariable: true}, "", ""},
		"Podman 5.4":                  {Engine{Name: PodmanName, Version: "5.4.2"}, PodmanReach{FromVariable: true}, "podman compose -p x stop web", "yes"},
		"Podman 5.4, elsewhere":       {Engine{Name: PodmanName, Version: "5.4.2"}, PodmanReach{Flags: flags}, "", "yes"},
		"Podman, docker's is another": {Engine{Name: PodmanName, Version: "5.4.2"}, PodmanReach{Foreign: true}, "", "yes"},
		"Podman, any":                 {Engine{Name: PodmanName}, PodmanReach{}, "", ""},
	} {
		got := c.engine.ClientWith([]string{"--context", "b"}, c.podman)
		if stop := ShellLine(got.Compose("x", "stop", "web")); stop != c.stop || got.NoRestart != (c.runs == "") {
			t.Errorf("%s: %q, %+v", name, stop, got)
		}
	}
}
