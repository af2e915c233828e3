package lint

import "testing"

func web() []*svc { return []*svc{service("web", "8080:80")} }

func on(s ...*svc) []*svc { return s }

// The tests below play the tricky cases that need a machine.

func TestCasesOfAddresses(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "1 the base file's port is bound too", services: on(service("web", "8080:80", "@1 9090:80")), want: VerdictConflict,
			machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("node", 4711))},
		{name: "9 udp twice in one service on 27", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("27.5.1"), want: VerdictConflict},
		{name: "9 on 28", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("28.5.2"), want: VerdictClear},
		{name: "9 on 29", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "9 on rootless 28", services: on(service("a", "53:53/udp", "127.0.0.1:53:53/udp")), machine: docker("28.5.2").rootless(), want: VerdictConflict},
		{name: "10 with IPv6", services: on(service("a", "8080:80", "[::]:8080:80")), machine: docker("29.0.1"), want: VerdictConflict},
		{name: "10 without", services: on(service("a", "8080:80", "[::]:8080:80")), want: VerdictClear,
			machine: docker("29.0.1").with(func(m *machine) { m.Engine.V4Only = true })},
		{name: "13 rootful", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.0.1"), want: VerdictClear},
		{name: "13 rootless", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.0.1").rootless(), want: VerdictConflict},
		{name: "13 rootless 26", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("26.1.4").rootless(), want: VerdictPossible},
		{name: "13 rootless 29.6", services: on(service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")), machine: docker("29.6.0").rootless(), want: VerdictClear},
		{name: "13 rootless 29.6 outside", services: on(service("a", "10.0.0.1:8080:80"), service("b", "10.0.0.2:8080:80")), machine: docker("29.6.0").rootless(), want: VerdictConflict},
	})
}

func TestCasesOfSockets(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "14 dev server on ::1", services: web(), machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)), want: VerdictConflict, says: `
error certain 5: [port-in-use] [::]:8080/tcp of "web" is held by node (pid 4711, anna, since 2026-11-20 09:12), at [::1]:8080
  manual: stop node where it was started
  manual: publish it for IPv4 only, with 0.0.0.0 before the host port
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "14 proxy off", services: web(), want: VerdictClear,
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.V4Only = true })},
		{name: "14 an IPv6 address, proxy off", services: on(service("web", "[::1]:8080:80")), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.NoProxy = true })},
		{name: "14 an IPv6 address on a network with IPv6, proxy off", services: on(service("web", "[::1]:8080:80").net(Network{IPv6: true})), want: VerdictConflict,
			machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)).with(func(m *machine) { m.Engine.NoProxy = true })},
		{name: "14 as IPv4", services: on(service("web", "0.0.0.0:8080:80")), machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)), want: VerdictClear, says: `
warning possible 5: [shadowed-port] 0.0.0.0:8080/tcp of "web" can be bound, but node (pid 4711, anna, since 2026-11-20 09:12) has [::1]:8080/tcp: what asks for localhost may reach that one
  manual: stop node where it was started
  unsafe: publish "web" on host port 8081
    - "0.0.0.0:${WEB_PORT:-8081}:80"
`},
		{name: "15 dual stack", services: on(service("a", "127.0.0.1:8080:80")), machine: docker("29.0.1").listens("[::]:8080/tcp", proc("server", 7)), want: VerdictConflict},
		{name: "16 v6only", services: on(service("a", "10.0.0.1:8080:80")), machine: docker("29.0.1").listens("[::]:8080/tcp6", proc("server", 7)), want: VerdictClear, says: "-"},
		{name: "17 outgoing connection", services: on(service("a", "40000:80")), want: VerdictPossible, says: `
warning possible 5: [port-in-use] 40000/tcp of "a" is the local port of an outgoing connection to 140.82.112.3:443 of firefox (pid 811, anna, since 2026-11-20 09:12), which comes and goes
  manual: try again when the connection is closed, or publish a port outside the range of outgoing connections
  unsafe: publish "a" on host port 10000
    - "${A_PORT:-10000}:80"
`, machine: docker("29.0.1").listens("127.0.0.1:40000/tcp", proc("firefox", 811)).state(Connection).with(func(m *machine) {
			m.sockets[0].Remote = endpoint("140.82.112.3:443/tcp").Addr
		})},
		{name: "18 its TIME_WAIT", services: on(service("a", "40000:80")), want: VerdictPossible,
			machine: docker("29.0.1").listens("127.0.0.1:40000/tcp", SocketOwner{Seen: Gone}).state(Closing)},
		{name: "19 TIME_WAIT of a server", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("127.0.0.1:8080/tcp", SocketOwner{Seen: Gone}).state(Closing).reuse()},
	})
}

func TestCasesOfStates(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "20 bound, not listening", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is held by java (pid 99, anna, since 2026-11-20 09:12), which has bound it but does not listen
  manual: stop java where it was started
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("java", 99)).state(BoundOnly)},
		{name: "21 avahi on 27", services: on(service("a", "5353:5353/udp")), machine: docker("27.5.1").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictConflict},
		{name: "21 avahi on 28", services: on(service("a", "5353:5353/udp")), machine: docker("28.2.2").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictClear, says: `
warning possible 5: [shadowed-port] 5353/udp of "a" can be bound, but avahi (pid 5, anna, since 2026-11-20 09:12) has it too, and only one of the two is reached
  manual: stop avahi where it was started
  unsafe: publish "a" on host port 5354
    - "${A_PORT:-5354}:5353/udp"
`},
		{name: "21 avahi on 29", services: on(service("a", "5353:5353/udp")), machine: docker("29.0.1").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictConflict},
		{name: "22 network_mode host", services: on(service("a", "8080:80").net(hostNetwork)), machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("x", 1)), want: VerdictClear},
		{name: "26 the network's own address", services: on(service("a", "8080:80").net(Network{HostIP: "127.0.0.1"})), want: VerdictClear,
			machine: docker("29.0.1").listens("192.168.1.5:8080/tcp", proc("x", 1))},
	})
}

func TestCasesOfOurContainers(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "29 a disabled service still runs", services: on(service("a", "8080:80").off(), service("b", "8080:80")), machine: docker("29.0.1").runs(container("p/a-1", "8080>80")),
			up: UpOptions{RemoveOrphans: true}, want: VerdictConflict, says: `
error certain 9: [port-in-use] 8080/tcp of "b" is held by our own container "p-a-1", of the service "a" that this ` + "`up`" + ` leaves alone
  manual: stop service "a" of project "p": docker compose -p p stop a
  unsafe: publish "b" on host port 8081
    - "${B_PORT:-8081}:80"
`},
		{name: "30 orphan", services: on(service("new", "8080:80")), machine: docker("29.0.1").runs(container("p/old-1", "8080>80")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "new" is held by our own container "p-old-1", an orphan: the project has no service "old" any more
  manual: stop it, or run ` + "`up`" + ` with --remove-orphans: docker stop p-old-1
  unsafe: publish "new" on host port 8081
    - "${NEW_PORT:-8081}:80"
`},
		{name: "30 --remove-orphans", services: on(service("new", "8080:80")), machine: docker("29.0.1").runs(container("p/old-1", "8080>80")),
			up: UpOptions{RemoveOrphans: true}, want: VerdictClear, says: "-"},
		{name: "31 swapped", services: on(service("a", "9090:80"), service("b", "8080:80")), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"), container("p/b-1", "9090>80"))},
		{name: "32 up b", services: on(service("a", "9090:80"), service("b", "8080:80")), up: UpOptions{Services: []string{"b"}}, want: VerdictConflict,
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
		{name: "32 b depends on a", services: on(service("a", "9090:80"), service("b", "8080:80").after("a")), up: UpOptions{Services: []string{"b"}}, want: VerdictClear,
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
		{name: "32 --no-deps", services: on(service("a", "9090:80"), service("b", "8080:80").after("a")), up: UpOptions{Services: []string{"b"}, NoDeps: true},
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80")), want: VerdictConflict},
		{name: "33 --no-recreate", services: on(service("a", "9090:80"), service("b", "8080:80")), up: UpOptions{NoRecreate: true}, want: VerdictConflict, says: `
error certain 9: [port-in-use] 8080/tcp of "b" is held by our own container "p-a-1", which keeps the ports that it has with --no-recreate
  manual: stop service "a" of project "p": docker compose -p p stop a
  unsafe: publish "b" on host port 8081
    - "${B_PORT:-8081}:80"
`, machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
	})
}

func TestCasesOfOtherContainers(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "34 another project", services: web(), machine: docker("29.0.1").runs(container("blog/web-1", "8080>80")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is held by container "blog-web-1", service "web" of project "blog" in /blog
  manual: stop service "web" of project "blog": docker compose -p blog stop web
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "35 run -P", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is held by our own container "p-web-run-1", which ` + "`docker compose run`" + ` started and ` + "`up`" + ` leaves alone
  manual: stop that container: docker stop p-web-run-1
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").runs(Container{Name: "p-web-run-1", ID: "1", State: "running", Project: "p", Service: "web", OneOff: true, Bound: published("8080>80")})},
		{name: "36 exited", services: web(), machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "no")), want: VerdictClear, says: "-"},
		{name: "36 exited, always", services: web(), machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "always")), want: VerdictClear, says: `
warning latent 5: [port-taken-later] 8080/tcp of "web" is free now, but stopped container "old" takes it when the engine starts again (restart: always)
  manual: do not let it come back: docker update --restart no old
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "36 exited, unless-stopped", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "unless-stopped"))},
		{name: "36 exited, on-failure", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "on-failure"))},
		{name: "36 failed, on-failure", services: web(), want: VerdictClear, says: `
warning latent 5: [port-taken-later] 8080/tcp of "web" is free now, but stopped container "old" takes it when the engine starts again (restart: on-failure)
  manual: do not let it come back: docker update --restart no old
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").with(func(m *machine) {
			c := stranger("old", "8080>80").stopped("exited", "on-failure")
			c.Retries = true
			m.runs(c)
		})},
		{name: "37 paused", services: web(), want: VerdictConflict, machine: docker("29.0.1").with(func(m *machine) {
			c := stranger("other", "8080>80")
			c.State = "paused"
			m.runs(c)
		})},
		{name: "38 crash loop", services: web(), machine: docker("29.0.1").runs(container("blog/web-1", "8080>80").stopped("restarting", "always")), want: VerdictPossible, says: `
warning possible 5: [port-taken-later] 8080/tcp of "web" is free only while container "blog-web-1" of project "blog" waits for its next start
  manual: stop it, or mend what makes it crash: docker stop blog-web-1
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "39 our own, unchanged", services: web(), machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictClear, says: "-"},
		{name: "39 forced", services: web(), up: UpOptions{ForceRecreate: true}, machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictClear, says: "-"},
		{name: "40 our own, paused", services: web(), want: VerdictClear, says: "-", machine: docker("29.0.1").with(func(m *machine) {
			c := container("p/web-1", "8080>80")
			c.State = "paused"
			m.runs(c)
		})},
	})
}

func TestCasesOfPools(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "41 scaled", services: web(), up: UpOptions{Scale: map[string]int{"web": 2}}, machine: docker("29.0.1").runs(container("p/web-1", "8080>80")), want: VerdictConflict, says: "-"},
		{name: "42 pool", services: on(service("a", "8080-8081:80").scaled(2)), machine: docker("29.0.1").runs(container("p/a-1", "8081>80")), want: VerdictClear, says: "-"},
		{name: "45 pool on 27", services: on(service("a", "8100-8105:80")), machine: docker("27.5.1").listens("0.0.0.0:8100/tcp", proc("x", 1)), want: VerdictClear, says: "-"},
		{name: "45 pool on 26", services: on(service("a", "8100-8105:80")), machine: docker("26.1.4").listens("0.0.0.0:8100/tcp", proc("x", 1)), want: VerdictPossible, says: `
warning possible 5: [port-in-use] the pool 8100-8105/tcp of "a" has free host ports, but this engine gives up at the first one that is held: 8100 is held by x (pid 1, anna, since 2026-11-20 09:12)
  manual: stop x where it was started
  unsafe: publish "a" on host port 8106-8111
    - "${A_PORT_RANGE:-8106-8111}:80"
`},
		{name: "45 pool on 20.10, held by a container", services: on(service("a", "8100-8105:80")), machine: docker("20.10.24+dfsg1").runs(stranger("x", "8100>80")), want: VerdictClear, says: "-"},
		{name: "46 twelve in a row", services: on(service("a", "8200-8220:80")), want: VerdictPossible, machine: docker("29.0.1").with(func(m *machine) {
			m.listensOn(8200, 8211)
		})},
		{name: "48 the engine's pick is kept", services: on(service("a", "80"), service("b", "32768:80")), want: VerdictPossible,
			machine: docker("29.0.1").runs(container("p/a-1", "32768>80"))},
	})
}

func TestCasesOfMachines(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "50 swarm", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is held by the swarm service "shop", which takes it on every node
  manual: take the port from the swarm service, or publish another one here
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("[::]:8080/tcp", proc("dockerd", 500)).with(func(m *machine) {
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "50 swarm without a task", services: web(), want: VerdictClear, says: "-", machine: docker("29.8.0").with(func(m *machine) {
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "50 swarm on a remote engine", services: web(), want: VerdictUnknown, says: `
error possible 5: [port-in-use] 8080/tcp of "web" is held by the swarm service "shop", which takes it on every node (the engine takes it as soon as a task of the service runs)
  manual: take the port from the swarm service, or publish another one here
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.8.0").with(func(m *machine) {
			m.Engine.Local = false
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "51 remote engine", services: web(), want: VerdictUnknown, says: "-", machine: docker("29.0.1").with(func(m *machine) {
			m.Engine.Local = false
		}).listens("0.0.0.0:8080/tcp", proc("x", 1))},
		{name: "51 remote engine, held there", services: web(), want: VerdictConflict, machine: docker("29.0.1").with(func(m *machine) {
			m.Engine.Local = false
		}).runs(stranger("x", "8080>80"))},
		{name: "52 excluded", services: on(service("a", "50051:50051")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 50051/tcp of "a" can't be bound: 50051 lies in the range that the system keeps for itself; no process holds it
  unsafe: publish "a" on host port 10051
    - "${A_PORT:-10051}:50051"
`, machine: docker("29.0.1").with(func(m *machine) { m.results["0.0.0.0:50051/tcp"] = Excluded })},
		{name: "53 not local", services: on(service("a", "10.0.0.9:8080:80")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 10.0.0.9:8080/tcp of "a" can't be bound: this machine has no address 10.0.0.9
  manual: publish it on an address of this machine, such as 127.0.0.1
`, machine: docker("29.0.1").with(func(m *machine) { m.results["10.0.0.9:8080/tcp"] = NotLocal })},
		{name: "54 rootless and privileged", services: on(service("a", "80:80")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 80/tcp of "a" can't be bound: 80 is a privileged port, and this engine is rootless
  unsafe: publish "a" on host port 8080
    - "${A_PORT:-8080}:80"
  manual: let users bind it: sysctl net.ipv4.ip_unprivileged_port_start=80
`, machine: docker("29.0.1").rootless().with(func(m *machine) { m.results["0.0.0.0:80/tcp"] = NotAllowed })},
		{name: "64 another engine", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is held by docker-proxy (pid 812) for 172.18.0.2:80: a container of another engine, or a leftover
  manual: look in the other engines of this machine (` + "`docker context ls`" + `), or restart docker.service; do not end docker-proxy
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", SocketOwner{Seen: Inferred, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: endpoint("172.18.0.2:80/tcp").Addr})},
	})
}
