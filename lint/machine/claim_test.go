package machine

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// held is a port with sockets; one of none was tried, and is free.
func held(proto string, port uint16, holders ...lint.Holder) lint.Probe {
	p := lint.Probe{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}, Result: lint.InUse, Listed: true, Holders: holders}
	if len(holders) == 0 {
		p.Result = lint.Free
	}
	return p
}

func by(at string, name string, pid int) lint.Holder {
	return lint.Holder{Local: netip.MustParseAddrPort(at), Owner: lint.SocketOwner{Seen: lint.Known, Process: lint.Process{Name: name, PID: pid}}}
}

func v6only(h lint.Holder) lint.Holder { h.V6Only = true; return h }

func container(project, service, state string, ports ...string) lint.Container {
	c := lint.Container{ID: project + service, Name: project + "-" + service + "-1", Project: project, Service: service, State: state, WorkingDir: "/src/" + project}
	for _, at := range ports {
		last := uint16(0)
		if first, end, isRange := strings.Cut(at, "-"); isRange {
			at = first
			_, _ = fmt.Sscan(end, &last)
		}
		p := lint.PublishedPort{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort(at)}, Last: last}
		if c.Running() {
			c.Bound = append(c.Bound, p)
		} else {
			c.Wanted = append(c.Wanted, p)
		}
	}
	return c
}

func want(project, service string, port uint16, addrs ...string) Want {
	w := Want{Project: project, Service: service, Dir: "/src/" + project, Ports: lint.PortsFrom(port, 1), Proto: "tcp"}
	for _, a := range addrs {
		w.Addrs = append(w.Addrs, netip.MustParseAddr(a))
	}
	return w
}

func lease(project, key string, port uint16) Want {
	return Want{Assigned: true, Project: project, Dir: "/src/" + project, Ports: lint.PortsFrom(port, 1), Key: key}
}

// lines are the rows of a machine, as a reader sees them.
func lines(h *lint.Host, wants ...Want) string {
	var out strings.Builder
	for _, r := range Rows(Claims(h, wants)) {
		parts := []string{r.PortText(), string(r.Now), r.Who(), r.By(), r.Address(), r.ReachText()}
		for i, p := range parts {
			if p == "" {
				parts[i] = "-"
			}
		}
		out.WriteString(strings.Join(parts, " | ") + "\n")
	}
	return out.String()
}

func TestRows(t *testing.T) {
	const any4, any6 = "0.0.0.0", "::"
	local := lint.Engine{Version: "29.0.1", Local: true}
	blog := container("blog", "web", "running", "0.0.0.0:8080", "[::]:8080")
	for _, c := range []struct {
		name  string
		host  lint.Host
		wants []Want
		says  string
	}{
		{"both families are one row", lint.Host{Engine: local, Containers: []lint.Container{blog}, Probes: []lint.Probe{held("tcp", 8080, by("0.0.0.0:8080", "docker-proxy", 7), v6only(by("[::]:8080", "docker-proxy", 8)))}}, nil,
			"8080/tcp | held | blog/web | blog-web-1 | * | network\n"},
		{"a socket for both families", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 3000, by("[::]:3000", "node", 7))}}, nil,
			"3000/tcp | held | node pid 7 | - | * | network\n"},
		{"a socket for IPv6 alone", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 3000, v6only(by("[::]:3000", "node", 7)))}}, nil,
			"3000/tcp | held | node pid 7 | - | [::] | network\n"},
		{"both loopbacks", lint.Host{Engine: local, Probes: []lint.Probe{held("udp", 53, by("127.0.0.1:53", "dns", 7), by("[::1]:53", "dns", 7))}}, nil,
			"53/udp | held | dns pid 7 | - | 127.0.0.1, [::1] | this machine\n"},
		{"processes that share a port", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 80, by("0.0.0.0:80", "nginx", 7), by("0.0.0.0:80", "nginx", 8))}}, nil,
			"80/tcp | held | nginx, 2 processes | - | 0.0.0.0 | network\n"},
		{"processes that share a port on two addresses", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 80, by("127.0.0.1:80", "nginx", 7), by("[::1]:80", "nginx", 8), by("127.0.0.1:80", "nginx", 8), by("[::1]:80", "nginx", 7))}}, nil,
			"80/tcp | held | nginx, 2 processes | - | 127.0.0.1, [::1] | this machine\n"},
		{"two processes of one program with one port on two addresses", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 80, by("127.0.0.1:80", "node", 7), by("[::1]:80", "node", 8))}}, nil,
			"80/tcp | held | node pid 7 | - | 127.0.0.1 | this machine\n80/tcp | held | node pid 8 | - | [::1] | this machine\n"},
		{"one of two processes has an address of its own", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 80, by("127.0.0.1:80", "node", 7), by("127.0.0.1:80", "node", 8), by("[::1]:80", "node", 8))}}, nil,
			"80/tcp | held | node pid 8 | - | [::1] | this machine\n80/tcp | held | node, 2 processes | - | 127.0.0.1 | this machine\n"},
		{"two programs with one port on two addresses", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 80, by("127.0.0.1:80", "a", 7), by("192.168.1.5:80", "b", 8))}}, nil,
			"80/tcp | held | a pid 7 | - | 127.0.0.1 | this machine\n80/tcp | held | b pid 8 | - | 192.168.1.5 | network\n"},
		{"ports in a row", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 9000, by("0.0.0.0:9000", "a", 7)), held("tcp", 9001, by("0.0.0.0:9001", "a", 7)), held("tcp", 9003, by("0.0.0.0:9003", "a", 7))}}, nil,
			"9000-9001/tcp | held | a pid 7 | - | 0.0.0.0 | network\n9003/tcp | held | a pid 7 | - | 0.0.0.0 | network\n"},
		{"an address of the engine's own network", lint.Host{Engine: local, Networks: []lint.EngineNetwork{{Name: "bridge", Subnets: []lint.ExistingSubnet{{Driver: "bridge", Prefix: netip.MustParsePrefix("172.17.0.0/16")}}}},
			Probes: []lint.Probe{held("tcp", 53, by("172.17.0.1:53", "dns", 7))}}, nil, "53/tcp | held | dns pid 7 | - | 172.17.0.1 | containers\n"},

		{"wanted, and free", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080)}}, []Want{want("shop", "web", 8080, any4, any6)},
			"8080/tcp | free | shop/web | wanted | * | network\n"},
		{"wanted, and somebody has it", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080, by("127.0.0.1:8080", "node", 7))}}, []Want{want("shop", "web", 8080, any4, any6)},
			"8080/tcp | held | node pid 7 | - | 127.0.0.1 | this machine\n8080/tcp | taken | shop/web | wanted | * | network\n"},
		{"wanted on another address", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080, by("192.168.1.5:8080", "node", 7))}}, []Want{want("shop", "web", 8080, "127.0.0.1")},
			"8080/tcp | held | node pid 7 | - | 192.168.1.5 | network\n8080/tcp | free | shop/web | wanted | 127.0.0.1 | this machine\n"},
		{"an IPv6 socket that serves IPv4 too", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080, by("[::]:8080", "node", 7))}}, []Want{want("shop", "web", 8080, "127.0.0.1")},
			"8080/tcp | held | node pid 7 | - | * | network\n8080/tcp | taken | shop/web | wanted | 127.0.0.1 | this machine\n"},
		{"an IPv6 socket that leaves IPv4 alone", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080, v6only(by("[::]:8080", "node", 7)))}}, []Want{want("shop", "web", 8080, any4)},
			"8080/tcp | held | node pid 7 | - | [::] | network\n8080/tcp | free | shop/web | wanted | 0.0.0.0 | network\n"},
		{"what was not looked at is not free", lint.Host{Engine: lint.Engine{Version: "29.0.1"}}, []Want{want("shop", "web", 8080, any4)},
			"8080/tcp | not checked | shop/web | wanted | 0.0.0.0 | network\n"},
		{"what the socket table did not tell is not free", lint.Host{Engine: local, Probes: []lint.Probe{{Endpoint: held("tcp", 8080).Endpoint, Result: lint.NotTested}}}, []Want{want("shop", "web", 8080, any4)},
			"8080/tcp | not checked | shop/web | wanted | 0.0.0.0 | network\n"},
		{"another machine's sockets were not looked at, and a container has the port on another address", lint.Host{Engine: lint.Engine{Version: "29.0.1"}, Containers: []lint.Container{container("blog", "web", "running", "127.0.0.1:8080")}},
			[]Want{want("shop", "web", 8080, "10.0.0.1")}, "8080/tcp | held | blog/web | blog-web-1 | 127.0.0.1 | that machine\n8080/tcp | not checked | shop/web | wanted | 10.0.0.1 | network\n"},
		{"the socket table told of another address alone", lint.Host{Engine: local, Probes: []lint.Probe{{Endpoint: held("tcp", 8080).Endpoint, Result: lint.InUse, Holders: []lint.Holder{by("[::1]:8080", "node", 7)}}}}, []Want{want("shop", "web", 8080, any4)},
			"8080/tcp | held | node pid 7 | - | [::1] | this machine\n8080/tcp | not checked | shop/web | wanted | 0.0.0.0 | network\n"},
		{"an engine that does not answer has it for somebody", lint.Host{Probes: []lint.Probe{held("tcp", 3001, by("0.0.0.0:3001", "docker-proxy", 7)), held("udp", 3001)}}, []Want{lease("wiki", "WEB_PORT", 3001)},
			"3001 | not checked | wiki | assigned as WEB_PORT | - | -\n3001/tcp | held | docker-proxy pid 7 | - | 0.0.0.0 | network\n"},
		{"an engine that does not list its containers has it for somebody", lint.Host{Engine: local, NotListed: true, Probes: []lint.Probe{held("tcp", 3001, by("0.0.0.0:3001", "rootlessport", 7))}}, []Want{want("wiki", "web", 3001, any4)},
			"3001/tcp | held | rootlessport pid 7 | - | 0.0.0.0 | network\n3001/tcp | not checked | wiki/web | wanted | 0.0.0.0 | network\n"},
		{"an engine that lists its containers knows of none", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 3001, by("0.0.0.0:3001", "docker-proxy", 7))}}, []Want{want("wiki", "web", 3001, any4)},
			"3001/tcp | held | docker-proxy pid 7 | - | 0.0.0.0 | network\n3001/tcp | taken | wiki/web | wanted | 0.0.0.0 | network\n"},
		{"a program has it beside an engine that does not answer", lint.Host{Probes: []lint.Probe{held("tcp", 3001, by("127.0.0.1:3001", "docker-proxy", 7), by("192.168.1.5:3001", "node", 8))}}, []Want{want("wiki", "web", 3001, any4)},
			"3001/tcp | held | docker-proxy pid 7 | - | 127.0.0.1 | this machine\n3001/tcp | held | node pid 8 | - | 192.168.1.5 | network\n3001/tcp | taken | wiki/web | wanted | 0.0.0.0 | network\n"},
		{"kept by the system", lint.Host{Engine: local, Probes: []lint.Probe{{Endpoint: held("tcp", 8080).Endpoint, Result: lint.Excluded}}}, []Want{want("shop", "web", 8080, any4)},
			"8080/tcp | taken | shop/web | wanted | 0.0.0.0 | network\n"},
		{"an outgoing connection has it", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 40000, lint.Holder{Local: netip.MustParseAddrPort("127.0.0.1:40000"), Remote: netip.MustParseAddrPort("127.0.0.1:80"), State: lint.Connection})}},
			[]Want{want("shop", "web", 40000, any4)}, "40000/tcp | held | a connection | - | 127.0.0.1 | this machine\n40000/tcp | taken | shop/web | wanted | 0.0.0.0 | network\n"},
		{"a closing connection has it", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 40000, lint.Holder{Local: netip.MustParseAddrPort("127.0.0.1:40000"), State: lint.Closing})}},
			[]Want{want("shop", "web", 40000, any4)}, "40000/tcp | held | a closing connection | - | 127.0.0.1 | this machine\n40000/tcp | taken | shop/web | wanted | 0.0.0.0 | network\n"},

		{"its own container has it", lint.Host{Engine: local, Containers: []lint.Container{blog}}, []Want{want("blog", "web", 8080, any4, any6)},
			"8080/tcp | held | blog/web | blog-web-1 | * | network\n"},
		{"the container of another checkout has it", lint.Host{Engine: local, Containers: []lint.Container{blog}},
			[]Want{{Project: "blog", Service: "web", Dir: "/src/blog2", home: &lint.Project{Name: "blog", Dir: "/src/blog2"}, Ports: lint.PortsFrom(8080, 1), Proto: "tcp", Addrs: []netip.Addr{netip.IPv4Unspecified()}}},
			"8080/tcp | held | blog/web | blog-web-1 | * | network\n8080/tcp | taken | blog/web | wanted | 0.0.0.0 | network\n"},
		{"its own stopped container waits for it", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8080)}, Containers: []lint.Container{container("blog", "web", "exited", "0.0.0.0:8080", "[::]:8080")}},
			[]Want{want("blog", "web", 8080, any4, any6)}, "8080/tcp | free | blog/web | blog-web-1, exited | * | network\n"},
		{"a pool with a free port", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8100, by("0.0.0.0:8100", "a", 7)), held("tcp", 8101)}, Containers: []lint.Container{container("blog", "web", "created", "0.0.0.0:8100-8101")}}, nil,
			"8100/tcp | held | a pid 7 | - | 0.0.0.0 | network\n8100-8101/tcp | free | blog/web | blog-web-1, created, one of them | 0.0.0.0 | network\n"},
		{"a pool without", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 8100, by("0.0.0.0:8100", "a", 7)), held("tcp", 8101, by("0.0.0.0:8101", "a", 7))}, Containers: []lint.Container{container("blog", "web", "created", "0.0.0.0:8100-8101")}}, nil,
			"8100-8101/tcp | held | a pid 7 | - | 0.0.0.0 | network\n8100-8101/tcp | taken | blog/web | blog-web-1, created, one of them | 0.0.0.0 | network\n"},

		{"assigned", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 20080), held("udp", 20080)}}, []Want{lease("shop", "WEB_PORT", 20080)},
			"20080 | free | shop | assigned as WEB_PORT | - | -\n"},
		{"assigned, and somebody has it for udp", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 20080), held("udp", 20080, by("0.0.0.0:20080", "a", 7))}}, []Want{lease("shop", "WEB_PORT", 20080)},
			"20080 | taken | shop | assigned as WEB_PORT | - | -\n20080/udp | held | a pid 7 | - | 0.0.0.0 | network\n"},
		{"assigned, and its container has it", lint.Host{Engine: local, Containers: []lint.Container{blog}}, []Want{lease("blog", "WEB_PORT", 8080)},
			"8080/tcp | held | blog/web | blog-web-1 | * | network\n"},
		{"assigned, and files ask for it", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 20080)}}, []Want{want("shop", "web", 20080, any4), lease("shop", "WEB_PORT", 20080)},
			"20080/tcp | free | shop/web | assigned as WEB_PORT | 0.0.0.0 | network\n"},
		{"a range that was assigned, and of which files ask for each port", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 20080), held("tcp", 20081)}},
			[]Want{want("shop", "web", 20080, any4), want("shop", "api", 20081, any4), {Assigned: true, Project: "shop", Dir: "/src/shop", Ports: lint.PortsFrom(20080, 2), Key: "PORTS"}},
			"20080/tcp | free | shop/web | assigned as PORTS | 0.0.0.0 | network\n20081/tcp | free | shop/api | assigned as PORTS | 0.0.0.0 | network\n"},
		{"given for a while", lint.Host{Engine: local, Probes: []lint.Probe{held("tcp", 20080), held("udp", 20080)}}, []Want{{Assigned: true, Ports: lint.PortsFrom(20080, 1), Until: time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC)}},
			"20080 | free | portlint free | given until 09:12:00 | - | -\n"},

		{"a swarm service", lint.Host{Engine: local, Swarm: []lint.SwarmPort{{Service: "front", Proto: "tcp", Port: 80, Ingress: true}}}, nil,
			"80/tcp | held | swarm service front | - | - | -\n"},
		{"the loopback of another machine", lint.Host{Engine: lint.Engine{Version: "29.0.1"}, Containers: []lint.Container{container("blog", "web", "running", "127.0.0.1:8080")}}, nil,
			"8080/tcp | held | blog/web | blog-web-1 | 127.0.0.1 | that machine\n"},
	} {
		if got := lines(&c.host, c.wants...); got != c.says {
			t.Errorf("%s:\ngot\n%swant\n%s", c.name, got, c.says)
		}
	}
}

// TestRowsOfReplicas: containers of one service with ports in a row are one line.
func TestRowsOfReplicas(t *testing.T) {
	h := lint.Host{Engine: lint.Engine{Local: true}}
	for i := range 3 {
		c := container("blog", "web", "running", fmt.Sprintf("0.0.0.0:%d", 8000+i))
		c.ID, c.Name = fmt.Sprint(i), fmt.Sprintf("blog-web-%d", i+1)
		h.Containers = append(h.Containers, c)
	}
	if got := lines(&h); got != "8000-8002/tcp | held | blog/web | 3 containers | 0.0.0.0 | network\n" {
		t.Error(got)
	}
}

// TestRowsOfCheckouts: what several checkouts of one project want is one line, whatever their projects are called.
func TestRowsOfCheckouts(t *testing.T) {
	h := lint.Host{Engine: lint.Engine{Local: true}, Probes: []lint.Probe{held("tcp", 8080), held("tcp", 8081)}}
	var wants []Want
	for _, project := range []string{"shop", "shop-2", "shop-3"} {
		for port := uint16(8080); port <= 8081; port++ {
			w := want(project, "web", port, "0.0.0.0")
			w.Group = "/src/shop"
			wants = append(wants, w)
		}
	}
	if got := lines(&h, wants...); got != "8080-8081/tcp | free | shop/web | wanted in 3 checkouts | 0.0.0.0 | network\n" {
		t.Error(got)
	}
	if got := Summary(Claims(&h, wants)); strings.Join(got, "; ") != "0 host ports in use; wanted later: 2 host ports" {
		t.Error(got)
	}
}

// TestSummaryOfPools: who may have any port of a range takes one.
func TestSummaryOfPools(t *testing.T) {
	pool := func(project string, first, count uint16) Want {
		w := want(project, "web", first, "0.0.0.0")
		w.Ports, w.pool = lint.PortsFrom(first, int(count)), true
		return w
	}
	h := lint.Host{Engine: lint.Engine{Local: true}, Probes: []lint.Probe{held("tcp", 9000, by("0.0.0.0:9000", "a", 7)), held("tcp", 9001, by("0.0.0.0:9001", "a", 7))}}
	claims := Claims(&h, []Want{pool("shop", 8000, 101), pool("blog", 8000, 101), pool("wiki", 9000, 2), want("docs", "web", 9000, "0.0.0.0")})
	if got := strings.Join(Summary(claims), "; "); got != "2 host ports in use; wanted later: 4 host ports, 2 of them taken now" {
		t.Error(got)
	}
}

// TestSortByProject: what has no project comes last, and stays in the order of its ports.
func TestSortByProject(t *testing.T) {
	h := lint.Host{Engine: lint.Engine{Local: true}, Containers: []lint.Container{container("shop", "db", "running", "0.0.0.0:5432"), container("blog", "web", "running", "0.0.0.0:8080"), container("shop", "api", "running", "0.0.0.0:9000")},
		Probes: []lint.Probe{held("tcp", 22, by("0.0.0.0:22", "sshd", 1)), held("tcp", 25, by("0.0.0.0:25", "mail", 2))}}
	rows := Rows(Claims(&h, nil))
	Sort(rows, ByProject)
	var who []string
	for _, r := range rows {
		who = append(who, r.Who())
	}
	if got := strings.Join(who, ", "); got != "blog/web, shop/api, shop/db, sshd pid 1, mail pid 2" {
		t.Error(got)
	}
}

// TestBlind: processes that only root may see are counted, not called nobody's.
func TestBlind(t *testing.T) {
	h := lint.Host{Engine: lint.Engine{Local: true}, Probes: []lint.Probe{held("tcp", 22, lint.Holder{Local: netip.MustParseAddrPort("0.0.0.0:22"), Owner: lint.SocketOwner{Seen: lint.NoPrivilege, UID: 0}})}}
	claims := Claims(&h, nil)
	if got := lines(&h); got != "22/tcp | held | a process of root | not visible | 0.0.0.0 | network\n" {
		t.Error(got)
	}
	if got := Blind(claims); len(got) != 1 || got[0].What != "the processes of 1 port" {
		t.Error(got)
	}
	if got := Summary(claims); len(got) != 1 || got[0] != "1 host port in use" {
		t.Error(got)
	}
}
