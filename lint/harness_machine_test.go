package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// machine is a Host with a small kernel: its sockets answer the probes as Linux does.
// Source: linux net/ipv4/inet_connection_sock.c inet_csk_bind_conflict.
type machine struct {
	Host
	sockets []socket
	results map[string]ProbeResult // what a trial bind says of "10.0.0.9:8080/tcp", whatever the sockets are
}

// socket is what a program of the machine has bound; reuse is SO_REUSEADDR, which no table shows.
type socket struct {
	proto string
	Holder
	reuse bool
}

func docker(version string) *machine {
	return &machine{Host: Host{Engine: Engine{Version: version, Name: "Docker Engine", Local: true}}, results: map[string]ProbeResult{}}
}

func podman(version string) *machine {
	return docker(version).with(func(m *machine) { m.Engine.Name = PodmanName })
}

func (m *machine) rootless() *machine { m.Engine.Rootless = true; return m }

func (m *machine) with(change func(*machine)) *machine { change(m); return m }

// runs adds running containers, and docker-proxy's sockets for their ports.
func (m *machine) runs(containers ...Container) *machine {
	for i, c := range containers {
		c.PID = 100 + i
		m.Containers = append(m.Containers, c)
		for _, p := range c.Bound {
			if c.Running() {
				m.listens(p.Endpoint.String(), SocketOwner{Seen: Known, Process: Process{PID: 800, Name: "docker-proxy"}, Unit: "docker.service"}).reuse()
			}
		}
	}
	return m
}

// listens adds a socket that serves "[::]:8080/tcp"; [::] serves IPv4 too unless it is written "[::]:8080/tcp6".
func (m *machine) listens(at string, owner SocketOwner) *machine {
	e := endpoint(strings.TrimSuffix(at, "6"))
	h := Holder{Local: e.Addr, State: Listening, Owner: owner, V6Only: strings.HasSuffix(at, "6") || owner.Process.Name == "docker-proxy"}
	if e.Proto == "udp" {
		h.State = Datagram
	}
	m.sockets = append(m.sockets, socket{proto: e.Proto, Holder: h})
	return m
}

// listensOn adds a server on each of the ports.
func (m *machine) listensOn(first, last int) *machine {
	for p := first; p <= last; p++ {
		m.listens(fmt.Sprintf("0.0.0.0:%d/tcp", p), proc("x", 1))
	}
	return m
}

// state changes the last socket.
func (m *machine) state(s HolderState) *machine { m.sockets[len(m.sockets)-1].State = s; return m }
func (m *machine) reuse() *machine              { m.sockets[len(m.sockets)-1].reuse = true; return m }

// asked fills the probes as package sockets would.
func (m *machine) asked(up UpOptions, projects ...*Project) *Host {
	h := &m.Host
	h.Probes = nil
	if !h.Engine.Local {
		return h
	}
	for _, e := range h.EndpointsNeeded(projects, up) {
		p := Probe{Endpoint: e, Result: Free, Listed: true}
		for _, s := range m.sockets {
			switch {
			case s.keepsOut(e, h.Engine):
				p.Result = InUse
				p.Holders = append(p.Holders, s.Holder)
			case s.overlaps(e) && e.Proto == "udp":
				p.Holders = append(p.Holders, s.Holder)
			}
		}
		if r, ok := m.results[e.String()]; ok {
			p.Result = r
		}
		h.Probes = append(h.Probes, p)
	}
	return h
}

func (s socket) overlaps(e Endpoint) bool {
	has, want := s.Local.Addr().Unmap(), e.Addr.Addr().Unmap()
	if s.proto != e.Proto || s.Local.Port() != e.Addr.Port() {
		return false
	}
	if has.Is4() == want.Is4() {
		return has == want || has.IsUnspecified() || want.IsUnspecified()
	}
	return has.Is6() && has.IsUnspecified() && !s.V6Only
}

func (s socket) keepsOut(e Endpoint, engine Engine) bool {
	lenient, _ := engine.within(release{28, 0, 0}, release{29, 0, 0}, "")
	reuse := s.reuse && (e.Proto == "tcp" || lenient)
	return s.overlaps(e) && (!reuse || e.Proto == "tcp" && s.State == Listening)
}

func endpoint(text string) Endpoint {
	at, proto, _ := strings.Cut(text, "/")
	return Endpoint{Proto: proto, Addr: netip.MustParseAddrPort(at)}
}

// container is a running container of Compose: "blog/web-1" with ports such as "8080>80", "127.0.0.1:8080>80/udp".
func container(name string, ports ...string) Container {
	project, replica, _ := strings.Cut(name, "/")
	service, _, _ := strings.Cut(replica, "-")
	c := Container{ID: fmt.Sprintf("%064x", name), Name: project + "-" + replica, State: "running", Project: project, Service: service,
		WorkingDir: "/" + project, Bound: published(ports...)}
	return c
}

func stranger(name string, ports ...string) Container {
	return Container{ID: fmt.Sprintf("%064x", name), Name: name, State: "running", Bound: published(ports...)}
}

// stopped turns a container's ports into requests.
func (c Container) stopped(state, restart string) Container {
	c.State, c.Restart, c.Bound, c.Wanted = state, restart, nil, c.Bound
	return c
}

func published(ports ...string) []PublishedPort {
	var out []PublishedPort
	for _, text := range ports {
		spec, proto, found := strings.Cut(text, "/")
		if !found {
			proto = "tcp"
		}
		host, target, _ := strings.Cut(spec, ">")
		to, _ := strconv.Atoi(target)
		addrs := []string{"0.0.0.0:" + host, "[::]:" + host}
		if strings.Contains(host, ":") {
			addrs = []string{host}
		}
		for _, a := range addrs {
			out = append(out, PublishedPort{Endpoint: Endpoint{Proto: proto, Addr: netip.MustParseAddrPort(a)}, Target: uint16(to)})
		}
	}
	return out
}

// proc is an owner that was seen.
func proc(name string, pid int) SocketOwner {
	return SocketOwner{Seen: Known, Process: Process{PID: pid, Name: name, User: "anna",
		StartedAt: time.Date(2026, 11, 20, 9, 12, 0, 0, time.UTC)}, UID: 1000}
}

// liveCase is one stack on one machine: the verdict, and what the live rules say.
type liveCase struct {
	name     string
	services []*svc
	up       UpOptions
	machine  *machine
	want     Verdict
	says     string // "" is not compared, "-" is silence
}

func checkLive(t *testing.T, cases []liveCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, texts := render("/p", c.services...)
			h := c.machine.asked(c.up, p)
			if got := VerdictOf([]*Project{p}, h, c.up, nil); got != c.want {
				t.Errorf("verdict %s, want %s", got, c.want)
			}
			var live []Finding
			for _, f := range Run([]*Project{p}, Settings{Host: h, Up: c.up}).Findings {
				if rule, _ := RuleNamed(f.Rule); rule.Live || rule.Name == "ignored-ports" && f.Certainty == Possible {
					f.Message = "[" + f.Rule + "] " + f.Message
					live = append(live, f)
				}
			}
			got := withCommands(texts, live)
			if want := strings.TrimLeft(c.says, "\n"); want != "" && got != strings.TrimPrefix(want, "-") {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if c.want == VerdictClear && slices.ContainsFunc(live, func(f Finding) bool { return f.Severity == Error }) {
				t.Errorf("clear, but:\n%s", got)
			}
		})
	}
}

// withCommands writes findings as say does, with the commands of the fixes.
func withCommands(texts map[string]string, findings []Finding) string {
	for i := range findings {
		for j, fix := range findings[i].Fixes {
			if fix.Command != "" {
				findings[i].Fixes[j].Title += ": " + fix.Command
			}
		}
	}
	return say(texts, findings)
}
