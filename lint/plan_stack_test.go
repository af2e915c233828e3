package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// inHostMode publishes in mode host.
func inHostMode(s *Service) {
	for i := range s.Bindings {
		s.Bindings[i].HostMode = true
	}
}

func manager(nodes int, ports ...SwarmPort) *machine {
	return docker("29.0.1").with(func(m *machine) { m.Nodes, m.Swarm = nodes, ports })
}

// TestStack: what `docker stack deploy` makes of a project's ports. What the swarm itself says is asked by
// TestEngineStack.
func TestStack(t *testing.T) {
	two := func() []*svc { return []*svc{service("api", "8080:80"), service("web", "8080:80")} }
	mine := func(name string, change func(*SwarmPort)) SwarmPort {
		p := SwarmPort{Service: "p_" + name, Stack: "p", Proto: "tcp", Port: 8080, Ingress: true, Tasks: 1}
		if change != nil {
			change(&p)
		}
		return p
	}
	other := SwarmPort{Service: "blog_web", Stack: "blog", Proto: "tcp", Port: 8080, Ingress: true, Tasks: 1}
	otherHost := other
	otherHost.Ingress = false
	for _, c := range []struct {
		name     string
		services []*svc
		host     []string // services with all ports in mode host
		change   func(*Project)
		machine  *machine
		want     Verdict
		says     string // the messages
	}{
		{name: "one port for all replicas", services: []*svc{service("web", "8080:80").scaled(5)}, machine: manager(1), want: VerdictClear},
		{name: "two services", services: two(), machine: manager(1), want: VerdictConflict,
			says: `error: 8080/tcp is published by 2 services
  why: of "p_api" and "p_web" the swarm refuses the one that comes second`},
		{name: "none of which runs", services: []*svc{service("api", "8080:80").scaled(0), service("web", "8080:80")}, machine: manager(1),
			want: VerdictConflict, says: `error: 8080/tcp is published by 2 services
  why: of "p_api" and "p_web" the swarm refuses the one that comes second`},
		{name: "the long form takes a number", services: []*svc{service("web", "long 8080:80")}, machine: manager(1), change: func(p *Project) {
			p.Services[0].Bindings[0].Style.Quote = '"'
		}, want: VerdictRefused, says: "error: docker stack deploy refuses this port\n  why: `published` is a text, where it takes a number"},
		{name: "a number in the long form", services: []*svc{service("web", "long 8080:80")}, machine: manager(1), want: VerdictClear},
		{name: "a variable becomes a number", services: []*svc{service("web", "long ${P:-8080}:80")}, machine: manager(1), change: func(p *Project) {
			p.Services[0].Bindings[0].Style.Quote = '"'
		}, want: VerdictClear},
		{name: "no range in the long form", services: []*svc{service("web", "long 8080-8081:80")}, machine: manager(1), want: VerdictRefused,
			says: "error: docker stack deploy refuses this port\n  why: `published` is the range 8080-8081, where it takes a single number"},
		{name: "two protocols", services: []*svc{service("api", "8080:80"), service("web", "8080:80/udp")}, machine: manager(1), want: VerdictClear},
		{name: "addresses", services: []*svc{service("api", "127.0.0.1:8080:80"), service("web", "127.0.0.2:8080:80")}, machine: manager(1),
			want: VerdictConflict, says: `warning: a swarm ignores 127.0.0.1
  why: "p_api" publishes 8080/tcp on all addresses
error: 8080/tcp is published by 2 services
  why: of "p_api" and "p_web" the swarm refuses the one that comes second
warning: a swarm ignores 127.0.0.2
  why: "p_web" publishes 8080/tcp on all addresses`},
		{name: "twice in one service", services: []*svc{service("web", "8080:80", "8080:81")}, machine: manager(1), want: VerdictConflict,
			says: `error: "p_web" publishes 8080/tcp twice
  why: the swarm refuses the service`},
		{name: "a range is taken whole", services: []*svc{service("api", "8080-8082:80"), service("web", "8081-8084:81-84")}, machine: manager(1),
			want: VerdictConflict, says: `error: 8081-8082/tcp is published twice
  why: of "p_api" and "p_web" the swarm refuses the one that comes second`},
		{name: "mode host and ingress", services: two(), host: []string{"api"}, machine: manager(5), want: VerdictConflict,
			says: `error: 8080/tcp is published by 2 services
  why: of "p_api" and "p_web" the swarm refuses the one that comes second`},
		{name: "mode host, one node", services: two(), host: []string{"api", "web"}, machine: manager(1), want: VerdictConflict,
			says: `error: 8080/tcp is published by 2 services
  why: in mode host a node runs a task of only one of "p_api" and "p_web"`},
		{name: "mode host, two nodes", services: two(), host: []string{"api", "web"}, machine: manager(2), want: VerdictUnknown},
		{name: "mode host, global beside another", services: two(), host: []string{"api", "web"}, machine: manager(9),
			change: func(p *Project) { p.Services[0].Global = true }, want: VerdictConflict,
			says: `error: 8080/tcp is published by 2 services
  why: in mode host a node runs a task of only one of "p_api" and "p_web"`},
		{name: "replicas in mode host", services: []*svc{service("web", "8080:80").scaled(3)}, host: []string{"web"}, machine: manager(1),
			want: VerdictConflict,
			says: `error: 3 replicas on 8080/tcp
  why: in mode host a node runs one of them; the swarm has 1 node, so that 2 stay pending`},
		{name: "a global service in mode host", services: []*svc{service("web", "8080:80")}, host: []string{"web"}, machine: manager(1),
			change: func(p *Project) { p.Services[0].Global = true }, want: VerdictClear},
		{name: "another stack", services: []*svc{service("web", "8080:80")}, machine: manager(3, other), want: VerdictConflict,
			says: `error: 8080/tcp is taken by the swarm
  held by: swarm service blog_web, which takes it on every node`},
		{name: "another stack, both in mode host", services: []*svc{service("web", "8080:80")}, host: []string{"web"}, machine: manager(1, otherHost),
			want: VerdictConflict, says: `error: 8080/tcp is taken by the swarm
  held by: swarm service blog_web, which has it on the nodes of its tasks`},
		{name: "the same stack again", services: []*svc{service("web", "8080:80")}, machine: manager(1, mine("web", nil)), want: VerdictClear},
		{name: "a service that the files no longer have", services: []*svc{service("web", "8080:80")}, machine: manager(1, mine("old", nil)),
			want: VerdictConflict, says: `error: 8080/tcp is taken by the swarm
  held by: swarm service p_old, which takes it on every node`},
		{name: "a port that goes to another service", services: []*svc{service("api", "8081:80"), service("web", "8080:80")},
			machine: manager(1, mine("api", nil)), want: VerdictPossible,
			says: `warning: 8080/tcp is taken by the swarm
  held by: swarm service p_api, which takes it on every node
  possible: it is free once that service is updated, which may come later`},
		{name: "a container, ingress", services: []*svc{service("web", "8080:80")}, machine: manager(1).runs(stranger("plain", "8080>80")),
			want: VerdictPossible,
			says: `warning: 8080/tcp of "p_web" is taken by plain
  held by: container plain
  possible: the swarm takes the service all the same, and this node does not serve it`},
		{name: "a container, mode host", services: []*svc{service("web", "8080:80")}, host: []string{"web"},
			machine: manager(1).runs(stranger("plain", "8080>80")), want: VerdictConflict,
			says: `error: 8080/tcp of "p_web" is taken by plain
  held by: container plain`},
		{name: "our own task, mode host", services: []*svc{service("web", "8080:80")}, host: []string{"web"},
			machine: manager(1, mine("web", func(p *SwarmPort) { p.Ingress = false })).runs(func() Container {
				c := stranger("p_web.1.xyz", "8080>80")
				c.SwarmService = "p_web"
				return c
			}()), want: VerdictClear},
		{name: "no swarm", services: []*svc{service("web", "8080:80")}, machine: manager(0), want: VerdictUnknown},
		{name: "no ports", services: []*svc{service("web")}, machine: manager(0), want: VerdictClear},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := render("/p", c.services...)
			for i := range p.Services {
				if slices.Contains(c.host, p.Services[i].Name) {
					inHostMode(&p.Services[i])
				}
			}
			if c.change != nil {
				c.change(p)
			}
			up := UpOptions{Stack: true}
			h := c.machine.asked(up, p)
			h.NeedSwarm()
			if got := VerdictOf([]*Project{p}, h, up, nil); got != c.want {
				t.Errorf("verdict %s, want %s", got, c.want)
			}
			var says []string
			for _, f := range Run([]*Project{p}, Settings{Host: h, Up: up}).Findings {
				says = append(says, stackLines(f)...)
			}
			if got := strings.Join(says, "\n"); got != c.says {
				t.Errorf("got\n%s\nwant\n%s", got, c.says)
			}
		})
	}
}

// stackLines are the headline of a finding and its notes.
func stackLines(f Finding) []string {
	lines := []string{f.Severity.String() + ": " + f.Message}
	for _, n := range f.Notes {
		lines = append(lines, fmt.Sprintf("  %s: %s", n.Label, n.Text))
	}
	return lines
}

// TestStackFromFiles: without an engine nobody knows how many nodes there are.
func TestStackFromFiles(t *testing.T) {
	p := project(service("api", "8080:80").scaled(2), service("web", "8080:80"))
	inHostMode(&p.Services[0])
	inHostMode(&p.Services[1])
	up := UpOptions{Stack: true}
	if got := VerdictOf([]*Project{p}, nil, up, nil); got != VerdictPossible {
		t.Errorf("verdict %s", got)
	}
	var says []string
	for _, f := range Run([]*Project{p}, Settings{Up: up}).Findings {
		says = append(says, stackLines(f)...)
	}
	want := `warning: 2 replicas on 8080/tcp
  why: in mode host a node runs one of them
  possible: the swarm needs 2 nodes
warning: 8080/tcp is published by 2 services
  why: in mode host a node runs a task of only one of "p_api" and "p_web"
  possible: they need 3 nodes`
	if got := strings.Join(says, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
