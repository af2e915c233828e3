package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// who asks about one port of the machine, as package sockets would.
func (m *machine) who(port uint16, proto string) PortUse {
	p := Probe{Endpoint: Endpoint{Proto: proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}, Result: Free, Listed: true}
	for _, s := range m.sockets {
		if s.proto != proto || s.Local.Port() != port {
			continue
		}
		p.Holders = append(p.Holders, s.Holder)
		if !s.reuse {
			p.Result = InUse
		}
	}
	if r, ok := m.results[p.Endpoint.String()]; ok {
		p.Result = r
	}
	m.Probes = []Probe{p}
	return m.Who(port, proto)
}

// said writes what is known of a port.
func (u PortUse) said() string {
	var out strings.Builder
	free, known := u.Free()
	fmt.Fprintf(&out, "free %t %t, passing %d\n", free, known, u.Transient)
	for _, b := range u.Holders {
		at := "-"
		if b.Local.IsValid() {
			at = b.Local.String()
		}
		fmt.Fprintf(&out, "%s %s %s | %s | %s | %s %s\n", b.Kind, b.State, at, b.Sentence(), b.Free().Command, b.Process.Name, b.Unit)
	}
	if len(u.Waiting) > 0 && len(u.Holders) == 0 {
		fmt.Fprintf(&out, "%s\n", u.LaterHeadlines()[0])
	}
	for _, b := range u.Waiting {
		fmt.Fprintf(&out, "later %s | %s\n", b.StartClause(), b.Free().Command)
	}
	return out.String()
}

func TestWho(t *testing.T) {
	old := stranger("old", "8080>80").stopped("exited", "always")
	pool := stranger("pool", "8079>80").stopped("exited", "no")
	for i := range pool.Wanted {
		pool.Wanted[i].Last = 8081
	}
	two := docker("29.0.1").runs(container("a/web-1", "127.0.0.1:8080>80"), container("b/web-1", "127.0.0.2:8080>80"))
	gone := SocketOwner{Seen: Gone, UID: -1}
	for _, c := range []struct {
		name string
		m    *machine
		want string
	}{
		{"nobody", docker("29.0.1"), "free true true, passing 0\n"},
		{"a container and its proxy", docker("29.0.1").runs(container("blog/web-1", "8080>80")), `free false true, passing 0
container listening 0.0.0.0:8080 | held by container "blog-web-1", service "web" of project "blog" in /blog | docker compose -p blog stop web | docker-proxy docker.service
container listening [::]:8080 | held by container "blog-web-1", service "web" of project "blog" in /blog | docker compose -p blog stop web | docker-proxy docker.service
`},
		{"two containers on two addresses", two, `free false true, passing 0
container listening 127.0.0.1:8080 | held by container "a-web-1", service "web" of project "a" in /a | docker compose -p a stop web | docker-proxy docker.service
container listening 127.0.0.2:8080 | held by container "b-web-1", service "web" of project "b" in /b | docker compose -p b stop web | docker-proxy docker.service
`},
		{"a server with its connections", docker("29.0.1").listens("127.0.0.1:8080/tcp", proc("node", 4711)).
			listens("127.0.0.1:8080/tcp", proc("node", 4711)).state(Connection).listens("127.0.0.1:8080/tcp", gone).state(Closing),
			`free false true, passing 2
process listening 127.0.0.1:8080 | held by node (pid 4711, anna, since 2026-11-20 09:12) |  | node 
`},
		{"a process that does not listen", docker("29.0.1").listens("127.0.0.1:8080/tcp", proc("java", 99)).state(BoundOnly), `free false true, passing 0
process bound 127.0.0.1:8080 | held by java (pid 99, anna, since 2026-11-20 09:12), which has bound it but does not listen |  | java 
`},
		{"connections alone", docker("29.0.1").listens("10.0.0.5:8080/tcp", proc("curl", 5)).state(Connection).
			listens("10.0.0.6:8080/tcp", proc("curl", 5)).state(Connection), `free false true, passing 1
connection connection 10.0.0.5:8080 | held by a connection of curl (pid 5, anna, since 2026-11-20 09:12) |  | curl 
`},
		{"connections in nobody's way", docker("29.0.1").listens("10.0.0.5:8080/tcp", gone).state(Closing).reuse(), "free true true, passing 1\n"},
		{"a stopped container", docker("29.0.1").runs(old), `free true true, passing 0
is free now, but container old may take it
later stopped container "old" takes it when the engine starts again (restart: always) | docker update --restart no old
`},
		{"one that nobody starts", docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "no")), `free true true, passing 0
is free now, but container old may take it
later stopped container "old" takes it when it is started | 
`},
		{"one that was only created", docker("29.0.1").runs(stranger("new", "8080>80").stopped("created", "always")), `free true true, passing 0
is free now, but container new may take it
later container "new", which never ran, takes it when it is started | 
`},
		{"one that takes any of a pool", docker("29.0.1").runs(pool), `free true true, passing 0
is free now, but container pool may take it
later stopped container "pool" takes one of 8079-8081 when it is started | 
`},
		{"a server and a waiting container", docker("29.0.1").listens("0.0.0.0:8080/tcp", proc("node", 1)).runs(container("x/a-1", "8080>80").stopped("restarting", "always")),
			`free false true, passing 0
process listening 0.0.0.0:8080 | held by node (pid 1, anna, since 2026-11-20 09:12) |  | node 
later container "x-a-1" of project "x" waits for its next start | docker stop x-a-1
`},
		{"nothing explains it", docker("29.0.1").says("0.0.0.0:8080/tcp", InUse), `free false true, passing 0
unknown listening - | in use, and nothing that portlint can see on this machine explains it |  |  
`},
		{"kept by the system", docker("29.0.1").says("0.0.0.0:8080/tcp", Excluded), "free false true, passing 0\n"},
		{"not for this user, but listed", docker("29.0.1").says("0.0.0.0:8080/tcp", NotAllowed), "free true true, passing 0\n"},
		{"a proxy of an engine that did not answer", docker("").listens("0.0.0.0:8080/tcp",
			SocketOwner{Seen: Inferred, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: endpoint("172.18.0.2:80/tcp").Addr}), `free false true, passing 0
process listening 0.0.0.0:8080 | held by docker-proxy (pid 812) for the container at 172.18.0.2:80 |  | docker-proxy 
`},
		{"a container's process, of an engine that did not answer", docker("").listens("0.0.0.0:8080/tcp",
			SocketOwner{Seen: Known, ContainerID: "0123456789abcdef", Process: Process{PID: 9, Name: "app"}}), `free false true, passing 0
container listening 0.0.0.0:8080 | held by app (pid 9) in container 0123456789ab |  | app 
`},
		{"a swarm service and its engine", docker("29.0.1").with(func(m *machine) {
			m.Swarm = []SwarmPort{{Service: "shop_web", Proto: "tcp", Port: 8080, Ingress: true}}
		}).listens("[::]:8080/tcp", SocketOwner{Seen: Known, Unit: "docker.service", Process: Process{PID: 7, Name: "dockerd"}}), `free false true, passing 0
swarm listening [::]:8080 | held by the swarm service "shop_web", which takes it on every node |  | dockerd docker.service
`},
	} {
		if got := c.m.who(8080, "tcp").said(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func (m *machine) says(at string, r ProbeResult) *machine { m.results[at] = r; return m }

// TestLaterWithoutSockets: of a port that was not looked at it is not said that it is free now.
func TestLaterWithoutSockets(t *testing.T) {
	m := docker("29.0.1").runs(stranger("old", "8080>80").stopped("exited", "always"), stranger("loop", "8080>80").stopped("restarting", "always"))
	u := m.Who(8080, "tcp")
	if got, want := u.LaterHeadlines(), []string{"may be free now, but 2 containers may take it"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	u.Waiting = u.Waiting[:1]
	if got, want := u.LaterHeadlines()[0], "may be free now, but container old may take it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p := project(service("web", "8080:80"))
	for _, f := range Run([]*Project{p}, Settings{Host: &Host{Engine: m.Engine, Containers: m.Containers}}).Findings {
		if f.Rule == "port-taken-later" && !strings.Contains(summary(f), `it may be free now, but`) {
			t.Errorf("got %s", summary(f))
		}
	}
}

// TestWhoWithoutSockets: what no socket says is never free.
func TestWhoWithoutSockets(t *testing.T) {
	m := docker("29.0.1").runs(container("blog/web-1", "8080>80"))
	if got, known := m.Who(9090, "tcp").Free(); got || known {
		t.Error("a port of which nothing is known is not free")
	}
	if got, known := m.Who(8080, "tcp").Free(); got || !known {
		t.Error("the engine's word is enough for a port that is held")
	}
	unlisted := docker("29.0.1").says("0.0.0.0:8080/tcp", NotAllowed)
	unlisted.who(8080, "tcp")
	unlisted.Probes[0].Listed = false
	if got, known := unlisted.Who(8080, "tcp").Free(); got || known {
		t.Error("what could be neither tried nor listed is not free")
	}
}

func TestShortNames(t *testing.T) {
	started := time.Now()
	for want, b := range map[string]Owner{
		"blog-front-1 (blog)":    {Kind: OwnerContainer, Container: &Container{Name: "blog-front-1", Project: "blog"}},
		"redis":                  {Kind: OwnerContainer, Container: &Container{Name: "redis"}},
		"container 0123456789ab": {Kind: OwnerContainer, Container: &Container{ID: "0123456789abcdef"}},
		"python3 pid 812":        {Kind: OwnerProcess, Process: Process{Name: "python3", PID: 812, StartedAt: started}},
		"python3":                {Kind: OwnerProcess, Process: Process{Name: "python3"}},
		"x.socket":               {Kind: OwnerProcess, Unit: "x.socket"},
		"a process of uid 1002":  {Kind: OwnerProcess, UID: 1002},
		"swarm service web":      {Kind: OwnerSwarm, Swarm: "web"},
		"a connection":           {Kind: OwnerConnection},
		"a closing connection":   {Kind: OwnerClosing},
		"no visible process":     {Kind: OwnerKernel},
		"not known":              {Kind: OwnerUnknown},
	} {
		if got := b.Short(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestOutgoingByTheRangeOfTheMachine: what helps against a connection depends on the range that this machine gives to them,
// for whoever asks.
func TestOutgoingByTheRangeOfTheMachine(t *testing.T) {
	h := &Host{Engine: Engine{Local: true}, Ephemeral: Ports{First: 15000, Last: 20000}}
	for _, port := range []uint16{16000, 40000} {
		holder := Holder{State: Connection, Local: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), port)}
		fix := newOwner(holder, h).Free()
		if within := h.Ephemeral.Contains(port); strings.Contains(fix.Title, "outside the range of outgoing connections") != within {
			t.Errorf("%d: %s", port, fix.Title)
		}
	}
}

// TestSwarmOwnerByItsPort: a service may have one port on every node and another one on the nodes of its tasks.
func TestSwarmOwnerByItsPort(t *testing.T) {
	for ingress, want := range map[bool]string{true: "takes it on every node", false: "has it on the nodes of its tasks"} {
		if got := ownerSentence(swarmOwner(SwarmPort{Service: "web", Ingress: ingress}), Plan{}); !strings.HasSuffix(got, want) {
			t.Errorf("ingress %t: %s", ingress, got)
		}
	}
}
