package lint

import (
	"fmt"
	"testing"
)

// TestNoConflict runs what looks like a conflict and is not one: portlint must not claim one.
func TestNoConflict(t *testing.T) {
	node := proc("node", 4711)
	checkLive(t, []liveCase{
		{name: "1 other addresses", services: on(service("a", "127.0.0.1:8080:80")), want: VerdictClear,
			machine: docker("29.0.1").listens("127.0.0.2:8080/tcp", node).listens("0.0.0.0:8080/udp", node)},
		{name: "1 specific beside [::]", services: on(service("a", "127.0.0.1:8080:80")), want: VerdictClear, machine: docker("29.0.1").listens("[::]:8080/tcp6", node)},
		{name: "2 IPv4 holder, IPv6 wanted", services: on(service("a", "[::1]:8080:80")), want: VerdictClear, machine: docker("29.0.1").listens("127.0.0.1:8080/tcp", node)},
		{name: "2 IPv4 holder beside all addresses", services: web(), want: VerdictConflict, machine: docker("29.0.1").listens("127.0.0.1:8080/tcp", node)},
		{name: "3 what a server left behind", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", node).state(Connection).reuse()},
		{name: "3 connections of a server of ours that is replaced", services: web(), up: UpOptions{ForceRecreate: true}, want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(container("p/web-1", "8080>80")).listens("127.0.0.1:8080/tcp", node).state(Connection)},
		{name: "4 bound with SO_REUSEADDR", services: web(), want: VerdictClear, says: "-",
			machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", node).state(BoundOnly).reuse()},
		{name: "5 no permission, and nothing listed", services: on(service("a", "80:80")), want: VerdictClear, says: "-",
			machine: docker("29.0.1").with(func(m *machine) { m.results["0.0.0.0:80/tcp"], m.results["[::]:80/tcp"] = NotAllowed, NotAllowed })},
		{name: "5 no permission, and a listener", services: on(service("a", "80:80")), want: VerdictConflict,
			machine: docker("29.0.1").listens("0.0.0.0:80/tcp", proc("nginx", 80)).with(func(m *machine) { m.results["0.0.0.0:80/tcp"] = NotAllowed })},
		{name: "5 no permission, and one that may share", services: on(service("a", "80:80")), want: VerdictPossible,
			machine: docker("29.0.1").listens("0.0.0.0:80/tcp", proc("nginx", 80)).state(BoundOnly).with(func(m *machine) { m.results["0.0.0.0:80/tcp"] = NotAllowed })},
		{name: "5 no such family", services: web(), want: VerdictClear, says: "-", machine: docker("29.0.1").with(func(m *machine) { m.results["[::]:8080/tcp"] = NotTested })},
		{name: "6 our own, scaled up in its pool", services: on(service("a", "8080-8082:80").scaled(3)), want: VerdictClear, says: "-",
			machine: docker("29.0.1").runs(container("p/a-1", "8080>80"), container("p/a-2", "8082>80"))},
		{name: "7 shared UDP on 28.5", services: on(service("a", "1900:1900/udp")), want: VerdictClear,
			machine: docker("28.5.1").listens("0.0.0.0:1900/udp", proc("upnp", 5)).reuse()},
		{name: "7 on rootless 28", services: on(service("a", "1900:1900/udp")), want: VerdictConflict,
			machine: docker("28.5.1").rootless().listens("0.0.0.0:1900/udp", proc("upnp", 5)).reuse()},
		{name: "7 unshared UDP on 28.5", services: on(service("a", "1900:1900/udp")), want: VerdictConflict,
			machine: docker("28.5.1").listens("0.0.0.0:1900/udp", proc("upnp", 5))},
		{name: "7 containers on other UDP addresses, 28.2", services: on(service("a", "53:53/udp")), want: VerdictClear,
			machine: docker("28.2.2").with(func(m *machine) { m.Containers = []Container{stranger("dns", "127.0.0.1:53>53/udp")} })},
		{name: "7 the same on 28.3", services: on(service("a", "53:53/udp")), want: VerdictConflict, machine: docker("28.3.0").runs(stranger("dns", "127.0.0.1:53>53/udp"))},
		{name: "7 the same address, 28.2", services: on(service("a", "127.0.0.1:53:53/udp")), want: VerdictConflict, machine: docker("28.2.2").runs(stranger("dns", "127.0.0.1:53>53/udp"))},
		{name: "10 a pool with one port left", services: on(service("a", "8100-8101:80")), want: VerdictClear, says: "-", machine: docker("29.0.1").listensOn(8100, 8100)},
		{name: "11 another system's rules", services: on(service("a", "127.0.0.1:8080:80")), want: VerdictPossible, says: `
warning possible 5: [port-in-use] 127.0.0.1:8080/tcp is taken by node
  held by: node (pid 4711, anna, since 2026-11-20 09:12)
  possible: this system may let both have it
  manual: stop node where it was started
  unsafe: publish "a" on host port 8081
    - "127.0.0.1:${A_PORT:-8081}:80"
`, machine: docker("29.0.1").listens("0.0.0.0:8080/tcp", node).with(func(m *machine) { m.OS = "darwin" })},
	})
}

func TestPools(t *testing.T) {
	pooled := func(c Container, last uint16) Container {
		for i := range c.Wanted {
			c.Wanted[i].Last = last
		}
		return c
	}
	checkLive(t, []liveCase{
		{name: "full", services: on(service("a", "8100-8101:80")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8100-8101/tcp has no free port for "a"
  held by: 8100: x (pid 1, anna, since 2026-11-20 09:12)
  held by: 8101: container y
  manual: stop x where it was started
  unsafe: publish "a" on host ports 8102-8103
    - "${A_PORT_RANGE:-8102-8103}:80"
`, machine: docker("29.0.1").listensOn(8100, 8100).runs(stranger("y", "8101>80"))},
		{name: "full, but for a connection", services: on(service("a", "40100-40101:80")), want: VerdictPossible,
			machine: docker("29.0.1").listensOn(40100, 40101).state(Connection)},
		{name: "too few for two services", services: on(service("a", "8100-8101:80"), service("b", "8100-8101:80")), want: VerdictConflict, machine: docker("29.0.1").listensOn(8101, 8101)},
		{name: "too few for the replicas", services: on(service("a", "8100-8102:80").scaled(3)), want: VerdictConflict, machine: docker("29.0.1").runs(stranger("y", "8101>80"))},
		{name: "a fixed port takes the last", services: on(service("a", "8100-8101:80").after("b"), service("b", "8100:80")), want: VerdictConflict, machine: docker("29.0.1").listensOn(8101, 8101)},
		{name: "nine in a row", services: on(service("a", "8200-8220:80")), want: VerdictClear, machine: docker("29.0.1").listensOn(8200, 8208)},
		{name: "twenty, never ten in a row", services: on(service("a", "8200-8220:80")), want: VerdictClear, machine: docker("29.0.1").listensOn(8200, 8208).listensOn(8210, 8218)},
		{name: "ten around the end", services: on(service("a", "8200-8220:80")), want: VerdictPossible, machine: docker("29.0.1").listensOn(8200, 8204).listensOn(8216, 8220)},
		{name: "ten containers", services: on(service("a", "8200-8220:80")), want: VerdictClear, machine: docker("29.0.1").with(func(m *machine) {
			for p := 8200; p < 8212; p++ {
				m.runs(stranger("x"+string(rune('a'+p-8200)), fmt.Sprintf("%d>80", p)))
			}
		})},
		{name: "one on a rootless engine", services: on(service("a", "8200-8220:80")), want: VerdictPossible, machine: docker("29.0.1").rootless().listensOn(8200, 8200)},
		{name: "one on an unknown engine", services: on(service("a", "8200-8220:80")), want: VerdictPossible, machine: docker("dev").listensOn(8200, 8200)},
		{name: "full for a stopped one that is kept", services: on(service("a", "8100-8101:80")), up: UpOptions{NoRecreate: true}, want: VerdictConflict,
			machine: docker("29.0.1").runs(pooled(container("p/a-1", "8100>80").stopped("exited", ""), 8101), stranger("x", "8100>80"), stranger("y", "8101>80"))},
		{name: "one left for a stopped one that is kept", services: on(service("a", "8100-8101:80").scaled(3)), up: UpOptions{NoRecreate: true, Scale: map[string]int{"a": 1}}, want: VerdictClear,
			machine: docker("29.0.1").runs(pooled(container("p/a-1", "8100>80").stopped("exited", ""), 8101), stranger("x", "8100>80"))},
		{name: "the engine's own pick", services: on(service("a", "80"), service("b", "32768:80")), up: UpOptions{NoRecreate: true}, want: VerdictConflict,
			machine: docker("29.0.1").runs(container("p/a-1", "32768>80"))},
	})
}

func TestRacesOnAMachine(t *testing.T) {
	pair := func() []*svc { return on(service("a", "8080-8081:80"), service("b", "8080:80")) }
	checkLive(t, []liveCase{
		{name: "47 nothing runs", services: pair(), machine: docker("29.0.1"), want: VerdictPossible},
		{name: "47 both run", services: pair(), machine: docker("29.0.1").runs(container("p/a-1", "8081>80"), container("p/b-1", "8080>80")), want: VerdictClear},
		{name: "47 the fixed one runs", services: pair(), machine: docker("29.0.1").runs(container("p/b-1", "8080>80")), want: VerdictClear},
		{name: "47 the pool runs in its way", services: pair(), machine: docker("29.0.1").runs(container("p/a-1", "8080>80")), want: VerdictPossible},
		{name: "47 the pool runs beside", services: pair(), machine: docker("29.0.1").runs(container("p/a-1", "8081>80")), want: VerdictClear},
		{name: "in one service on 26", services: on(service("a", "8080-8081:80", "8080:81")), machine: docker("26.1.4"), want: VerdictPossible},
		{name: "in one service on 27", services: on(service("a", "8080-8081:80", "8080:81")), machine: docker("27.0.3"), want: VerdictClear},
		{name: "48 below this machine's range", services: on(service("a", "80"), service("b", "40000:80")), want: VerdictClear,
			machine: docker("29.0.1").with(func(m *machine) { m.Ephemeral = Ports{First: 50000, Last: 60999} })},
		{name: "48 in this machine's range", services: on(service("a", "80"), service("b", "20000:80")), want: VerdictPossible,
			machine: docker("29.0.1").with(func(m *machine) { m.Ephemeral = Ports{First: 15000, Last: 60999} })},
	})
}

// TestAfterAFailedStart: a container that lost its network in a start that failed publishes nothing (moby issue 51758), one
// that crashes and comes back has its port now and then, and old engines know only the very address that they gave away.
func TestAfterAFailedStart(t *testing.T) {
	lost := func(name string) Container { return container(name, "8080>80").stopped("created", "") }
	whole := func(name string) Container { c := lost(name); c.Networks = []string{"p_default"}; return c }
	proxy := SocketOwner{Seen: Known, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: endpoint("172.18.0.2:80/tcp").Addr}
	crashing := func() *machine {
		return docker("29.0.1").runs(stranger("x", "8080>80").stopped("restarting", "always")).listens("0.0.0.0:8080/tcp", proxy)
	}
	held := func(c Container) *machine { return docker("29.1.0").runs(c, stranger("x", "8080>80")) }
	must := UpOptions{mustBind: true}
	checkLive(t, []liveCase{
		{name: "without, and that is no excuse", services: web(), up: must, machine: held(lost("p/web-1")), want: VerdictConflict},
		{name: "with its network", services: web(), machine: held(whole("p/web-1")), want: VerdictConflict},
		{name: "without", services: web(), machine: held(lost("p/web-1")), want: VerdictPossible},
		{name: "without, and the port is free", services: web(), machine: docker("29.1.0").runs(lost("p/web-1")), want: VerdictClear, says: `
warning possible 5: [ignored-ports] the ports of "web" may bind nothing
  possible: a start that failed has left container "p-web-1" without its network, and this engine starts it as it is
  manual: remove it, so that ` + "`up`" + ` makes a new one, or run ` + "`up`" + ` with --force-recreate: docker compose -p p rm -f web
`},
		{name: "without, and other ports", services: web(), want: VerdictConflict,
			machine: held(container("p/web-1", "8081>80").stopped("created", ""))},
		{name: "without, made again", services: web(), up: UpOptions{ForceRecreate: true}, machine: held(lost("p/web-1")), want: VerdictConflict},
		{name: "without, kept", services: web(), up: UpOptions{NoRecreate: true}, machine: held(lost("p/web-1")), want: VerdictClear},
		{name: "without, beside another", services: on(service("a", "8080:80"), service("b", "8080:80")), want: VerdictPossible,
			machine: docker("29.1.0").runs(container("p/a-1", "8080>80"), lost("p/b-1"))},
		{name: "without, a second replica", services: on(service("a", "8080:80").scaled(2)), want: VerdictPossible,
			machine: docker("29.1.0").runs(container("p/a-1", "8080>80"), lost("p/a-2"))},
		{name: "crashing, and up again by now", services: web(), machine: crashing(), want: VerdictPossible},
		{name: "a pool beside one address, 20.10", services: on(service("a", "8100-8102:80")), want: VerdictPossible,
			machine: docker("20.10.24").runs(stranger("x", "127.0.0.1:8101>80"))},
		{name: "a pool beside the same address, 20.10", services: on(service("a", "127.0.0.1:8100-8102:80")), want: VerdictClear,
			machine: docker("20.10.24").runs(stranger("x", "127.0.0.1:8101>80"))},
	})
}
