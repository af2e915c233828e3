package lint

import "testing"

func TestRulePortInUse(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "dev server on ::1", services: web(), machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)), want: VerdictConflict, says: `
error certain 5: [port-in-use] [::]:8080/tcp of "web" is taken by node
  held by: node (pid 4711, anna, since 2026-11-20 09:12), at [::1]:8080
  manual: stop node where it was started
  manual: publish it for IPv4 only, with 0.0.0.0 before the host port
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "outgoing connection", services: on(service("a", "40000:80")), want: VerdictPossible, says: `
warning possible 5: [port-in-use] 40000/tcp is taken by a connection
  held by: an outgoing connection to 140.82.112.3:443 of firefox (pid 811, anna, since 2026-11-20 09:12)
  possible: the connection comes and goes
  manual: try again when the connection is closed, or publish a port outside the range of outgoing connections
  unsafe: publish "a" on host port 10000
    - "${A_PORT:-10000}:80"
`, machine: docker("29.0.1").listens("127.0.0.1:40000/tcp", proc("firefox", 811)).state(Connection).with(func(m *machine) {
			m.sockets[0].Remote = endpoint("140.82.112.3:443/tcp").Addr
		})},
		{name: "a connection of a port that a program bound", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp is taken by a connection
  held by: a connection to 10.0.0.9:2049 of nfs (pid 811, anna, since 2026-11-20 09:12)
  manual: try again when the connection is closed
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: connectedAt("127.0.0.1:8080/tcp", Ports{First: 32768, Last: 60999})},
		{name: "a connection, and the system's range is not known", services: web(), want: VerdictPossible, machine: connectedAt("127.0.0.1:8080/tcp", Ports{})},
		{name: "a connection, and the system's range is another one", services: web(), want: VerdictPossible,
			machine: connectedAt("127.0.0.1:8080/tcp", Ports{First: 8000, Last: 60999})},
		{name: "a connection on macOS", services: web(), want: VerdictPossible,
			machine: connectedAt("127.0.0.1:8080/tcp", Ports{First: 49152, Last: 65535}).with(func(m *machine) { m.OS = "darwin" })},
		{name: "a connection of a port that was not tried", services: web(), want: VerdictPossible,
			machine: connectedAt("127.0.0.1:8080/tcp", Ports{First: 32768, Last: 60999}).with(func(m *machine) {
				m.results = map[string]ProbeResult{"0.0.0.0:8080/tcp": NotAllowed, "[::]:8080/tcp": NotAllowed}
			})},
		{name: "bound, not listening", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is taken by java
  held by: java (pid 99, anna, since 2026-11-20 09:12), which has bound it but does not listen
  manual: stop java where it was started
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("java", 99)).state(BoundOnly)},
		{name: "a disabled service still runs", services: on(service("a", "8080:80").off(), service("b", "8080:80")), machine: docker("29.0.1").runs(container("p/a-1", "8080>80")),
			up: UpOptions{RemoveOrphans: true}, want: VerdictConflict, says: `
error certain 9: [port-in-use] 8080/tcp of "b" is taken by our own "a"
  held by: our own container p-a-1, of the service "a" that this ` + "`up`" + ` leaves alone
  manual: stop service "a" of project "p": docker compose -p p stop a
  unsafe: publish "b" on host port 8081
    - "${B_PORT:-8081}:80"
`},
		{name: "orphan", services: on(service("new", "8080:80")), machine: docker("29.0.1").runs(container("p/old-1", "8080>80")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp is taken by our own "old"
  held by: our own container p-old-1, an orphan: the project has no service "old" any more
  manual: stop it, or run ` + "`up`" + ` with --remove-orphans: docker stop p-old-1
  unsafe: publish "new" on host port 8081
    - "${NEW_PORT:-8081}:80"
`},
		{name: "--no-recreate", services: on(service("a", "9090:80"), service("b", "8080:80")), up: UpOptions{NoRecreate: true}, want: VerdictConflict, says: `
error certain 9: [port-in-use] 8080/tcp of "b" is taken by our own "a"
  held by: our own container p-a-1, which keeps the ports that it has with --no-recreate
  manual: stop service "a" of project "p": docker compose -p p stop a
  unsafe: publish "b" on host port 8081
    - "${B_PORT:-8081}:80"
`, machine: docker("29.0.1").runs(container("p/a-1", "8080>80"))},
		{name: "another project", services: web(), machine: docker("29.0.1").runs(container("blog/web-1", "8080>80")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is taken by blog/web
  held by: container blog-web-1 in /blog
  manual: stop service "web" of project "blog": docker compose -p blog stop web
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "run -P", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp is taken by our own "web"
  held by: our own container p-web-run-1, which ` + "`docker compose run`" + ` started and ` + "`up`" + ` leaves alone
  manual: stop that container: docker stop p-web-run-1
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").runs(Container{Name: "p-web-run-1", ID: "1", State: "running", Project: "p", Service: "web", OneOff: true, Bound: published("8080>80")})},
		{name: "pool on 26", services: on(service("a", "8100-8105:80")), machine: docker("26.1.4").listens("0.0.0.0:8100/tcp", proc("x", 1)), want: VerdictPossible, says: `
warning possible 5: [port-in-use] 8100-8105/tcp of "a" is partly taken
  held by: 8100: x (pid 1, anna, since 2026-11-20 09:12)
  possible: this engine gives up at the first one that is held
  manual: stop x where it was started
  unsafe: publish "a" on host ports 8106-8111
    - "${A_PORT_RANGE:-8106-8111}:80"
`},
		{name: "swarm", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is taken by the swarm
  held by: swarm service shop, which takes it on every node
  manual: take the port from the swarm service, or publish another one here
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("[::]:8080/tcp", proc("dockerd", 500)).with(func(m *machine) {
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "swarm on a remote engine", services: web(), want: VerdictUnknown, says: `
error possible 5: [port-in-use] 8080/tcp of "web" is taken by the swarm
  held by: swarm service shop, which takes it on every node
  possible: the engine takes it as soon as a task of the service runs
  manual: take the port from the swarm service, or publish another one here
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.8.0").with(func(m *machine) {
			m.Engine.Local = false
			m.Swarm = []SwarmPort{{Service: "shop", Proto: "tcp", Port: 8080, Ingress: true}}
		})},
		{name: "another engine", services: web(), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is taken by a process
  held by: docker-proxy (pid 812) for 172.18.0.2:80: a container of another engine, or a leftover
  manual: look in the other engines of this machine (` + "`docker context ls`" + `), or restart docker.service; do not end docker-proxy
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", SocketOwner{Seen: Inferred, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: endpoint("172.18.0.2:80/tcp").Addr})},
	})
}

// connectedAt is a machine with a connection on one of its ports, and the range that it gives to connections.
func connectedAt(local string, ephemeral Ports) *machine {
	return docker("29.0.1").listens(local, proc("nfs", 811)).state(Connection).with(func(m *machine) {
		m.sockets[0].Remote = endpoint("10.0.0.9:2049/tcp").Addr
		m.Ephemeral = ephemeral
	})
}
