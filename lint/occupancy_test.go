package lint

import "testing"

func web() []*svc { return []*svc{service("web", "8080:80")} }

func on(s ...*svc) []*svc { return s }

func TestCasesOfAddresses(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "the base file's port is bound too", services: on(service("web", "8080:80", "@1 9090:80")), want: VerdictConflict,
			machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("node", 4711))},
		{name: "udp twice in one service on 27", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("27.5.1"), want: VerdictConflict},
		{name: "udp twice in one service on 28", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("28.5.2"), want: VerdictClear},
		{name: "udp twice in one service on 29", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "udp twice in one service on rootless 28", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("28.5.2").rootless(), want: VerdictConflict},
		{name: "all addresses beside [::], with IPv6", services: on(service("a", "8080:80", "[::]:8080:80")), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "all addresses beside [::], without IPv6", services: on(service("a", "8080:80", "[::]:8080:80")), want: VerdictClear,
			machine: docker("29.0.1").with(func(m *machine) { m.Engine.V4Only = true })},
		{name: "two loopback addresses, rootful", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.0.1"), want: VerdictClear},
		{name: "two loopback addresses, rootless", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.0.1").rootless(), want: VerdictConflict},
		{name: "two loopback addresses, rootless 26", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("26.1.4").rootless(), want: VerdictConflict},
		{name: "two loopback addresses, rootless 29.6", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.6.0").rootless(), want: VerdictClear},
		{name: "two loopback addresses, rootless 29.6 outside", services: on(service("a", "10.0.0.1:8080:80"), service("b", "10.0.0.2:8080:80")), machine: docker("29.6.0").rootless(), want: VerdictConflict},
	})
}

func TestCasesOfSockets(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "proxy off", services: web(), want: VerdictClear,
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.V4Only = true })},
		{name: "an IPv6 address, proxy off", services: on(service("web", "[::1]:8080:80")), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.NoProxy = true })},
		{name: "an IPv6 address on a network with IPv6, proxy off", services: on(service("web", "[::1]:8080:80").net(Network{IPv6: true})), want: VerdictConflict,
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.NoProxy = true })},
		{name: "dual stack", services: on(service("a", "127.0.0.1:8080:80")), machine: docker("29.0.1").listens("[::]:8080/tcp", proc("server", 7)), want: VerdictConflict},
		{name: "v6only", services: on(service("a", "10.0.0.1:8080:80")), machine: docker("29.0.1").listens("[::]:8080/tcp6", proc("server", 7)), want: VerdictClear, says: "-"},
		{name: "its TIME_WAIT", services: on(service("a", "40000:80")), want: VerdictPossible,
			machine: docker("29.0.1").listens("127.0.0.1:40000/tcp", SocketOwner{Seen: Gone}).state(Closing)},
		{name: "TIME_WAIT of a server", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("127.0.0.1:8080/tcp", SocketOwner{Seen: Gone}).state(Closing).reuse()},
	})
}

func TestCasesOfStates(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "avahi on 27", services: on(service("a", "5353:5353/udp")), machine: docker("27.5.1").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictConflict},
		{name: "avahi on 29", services: on(service("a", "5353:5353/udp")), machine: docker("29.0.1").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictConflict},
		{name: "network_mode host", services: on(service("a", "8080:80").net(hostNetwork)), machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("x", 1)), want: VerdictClear},
		{name: "the network's own address", services: on(service("a", "8080:80").net(Network{HostIP: "127.0.0.1"})), want: VerdictClear,
			machine: docker("29.0.1").listens("192.168.1.5:8080/tcp", proc("x", 1))},
	})
}

func TestCasesOfOurContainers(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "--remove-orphans", services: on(service("new", "8080:80")), machine: docker("29.0.1").runs(container("p/old-1", "8080>80")),
			up: UpOptions{RemoveOrphans: true}, want: VerdictClear, says: "-"},
		{name: "swapped", services: on(service("a", "9090:80"), service("b", "8080:80")), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"), container("p/b-1", "9090>80"))},
		{name: "up b", services: on(service("a", "9090:80"), service("b", "8080:80")), up: UpOptions{Services: []string{"b"}}, want: VerdictConflict,
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
		{name: "b depends on a", services: on(service("a", "9090:80"), service("b", "8080:80").after("a")), up: UpOptions{Services: []string{"b"}}, want: VerdictClear,
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
		{name: "--no-deps", services: on(service("a", "9090:80"), service("b", "8080:80").after("a")), up: UpOptions{Services: []string{"b"}, NoDeps: true},
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80")), want: VerdictConflict},
	})
}

func TestCasesOfOtherContainers(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "exited", services: web(), machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "no")), want: VerdictClear, says: "-"},
		{name: "exited, unless-stopped", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "unless-stopped"))},
		{name: "exited, on-failure", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "on-failure"))},
		{name: "paused", services: web(), want: VerdictConflict, machine: docker("29.0.1").with(func(m *machine) {
			c := stranger("other", "8080>80")
			c.State = "paused"
			m.runs(c)
		})},
		{name: "our own, unchanged", services: web(), machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictClear, says: "-"},
		{name: "forced", services: web(), up: UpOptions{ForceRecreate: true}, machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictClear, says: "-"},
		{name: "our own, paused", services: web(), want: VerdictClear, says: "-", machine: docker("29.0.1").with(func(m *machine) {
			c := container("p/web-1", "8080>80")
			c.State = "paused"
			m.runs(c)
		})},
	})
}

func TestCasesOfPools(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "scaled", services: web(), up: UpOptions{Scale: map[string]int{"web": 2}}, machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictConflict, says: "-"},
		{name: "pool", services: on(service("a", "8080-8081:80").scaled(2)), machine: docker("29.0.1").runs(container("p/a-1", "8081>80")), want: VerdictClear, says: "-"},
		{name: "pool on 27", services: on(service("a", "8100-8105:80")), machine: docker("27.5.1").listens("0.0.0.0:8100/tcp", proc("x", 1)), want: VerdictClear, says: "-"},
		{name: "pool on 20.10, held by a container", services: on(service("a", "8100-8105:80")), machine: docker("20.10.24+dfsg1").runs(stranger("x", "8100>80")), want: VerdictClear, says: "-"},
		{name: "twelve in a row", services: on(service("a", "8200-8220:80")), want: VerdictPossible, machine: docker("29.0.1").with(func(m *machine) {
			m.listensOn(8200, 8211)
		})},
		{name: "the engine's pick is kept", services: on(service("a", "80"), service("b", "32768:80")), want: VerdictPossible,
			machine: docker("29.0.1").runs(container("p/a-1", "32768>80"))},
	})
}

func TestCasesOfMachines(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "swarm without a task", services: web(), want: VerdictClear, says: "-", machine: docker("29.8.0").with(func(m *machine) {
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "remote engine", services: web(), want: VerdictUnknown, says: "-", machine: docker("29.0.1").with(func(m *machine) {
			m.Engine.Local = false
		}).listens("0.0.0.0:8080/tcp", proc("x", 1))},
		{name: "remote engine, held there", services: web(), want: VerdictConflict, machine: docker("29.0.1").with(func(m *machine) {
			m.Engine.Local = false
		}).runs(stranger("x", "8080>80"))},
	})
}
