package report

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
)

// busyMachine is the machine of somebody who works on several projects: 25 services, programs beside them, and what is going to ask for
// ports.
type busyMachine struct {
	host  lint.Host
	wants []machine.Want
	text  map[string]*strings.Builder // of Compose files
}

func (m *busyMachine) socket(proto, at string, owner lint.SocketOwner) {
	e := lint.Endpoint{Proto: proto, Addr: netip.MustParseAddrPort(at)}
	state := lint.Listening
	if proto == "udp" {
		state = lint.Datagram
	}
	h := lint.Holder{Local: e.Addr, V6Only: e.Addr.Addr().Is6() && owner.Process.Name != "node", State: state, Owner: owner}
	for i := range m.host.Probes {
		if p := &m.host.Probes[i]; p.Proto == proto && p.Addr.Port() == e.Addr.Port() {
			p.Holders = append(p.Holders, h)
			return
		}
	}
	m.host.Probes = append(m.host.Probes, lint.Probe{Endpoint: e, Result: lint.InUse, Listed: true, Holders: []lint.Holder{h}})
}

// free is a port that was tried, and that nobody has.
func (m *busyMachine) free(proto string, port uint16) {
	at := lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
	m.host.Probes = append(m.host.Probes, lint.Probe{Endpoint: at, Result: lint.Free, Listed: true})
}

// written is where a Compose file of a project writes a port: on its next line.
func (m *busyMachine) written(dir string) lint.Span {
	file := dir + "/compose.yaml"
	if m.text[file] == nil {
		m.text[file] = &strings.Builder{}
		m.text[file].WriteString("services:\n\n\n\n")
	}
	start := m.text[file].Len()
	m.text[file].WriteString("8080\n\n\n\n")
	return lint.Span{File: file, Start: start, End: start + 4}
}

// service runs a container with ports: "8080:80", "127.0.0.1:5432:5432", "7000-7004:7000".
func (m *busyMachine) service(project, service, dir, state string, ports ...string) {
	c := lint.Container{ID: fmt.Sprintf("%012d", len(m.host.Containers)+1), Name: project + "-" + service + "-1", Project: project, Service: service,
		State: state, WorkingDir: dir, ConfigFiles: []string{dir + "/compose.yaml"}}
	for _, port := range ports {
		span := m.written(dir)
		port, isUDP := strings.CutSuffix(port, "/udp")
		proto := "tcp"
		if isUDP {
			proto = "udp"
		}
		ip, published, alone := "", port, true
		if i := strings.LastIndex(port, "@"); i >= 0 {
			ip, published, alone = port[:i], port[i+1:], false
		}
		rangeOf, err := lint.ParsePorts(published)
		if err != nil {
			panic(err)
		}
		for p := range rangeOf.All() {
			addrs := []string{"0.0.0.0", "[::]"}
			if !alone {
				addrs = []string{ip}
			}
			for _, addr := range addrs {
				at := fmt.Sprintf("%s:%d", addr, p)
				one := lint.PublishedPort{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.MustParseAddrPort(at)}, Span: span}
				if c.Running() {
					c.Bound = append(c.Bound, one)
					m.socket(proto, at, lint.SocketOwner{Seen: lint.Known, Process: lint.Process{PID: 800, Name: "docker-proxy"}, Unit: "docker.service"})
				} else {
					c.Wanted = append(c.Wanted, one)
				}
			}
		}
	}
	m.host.Containers = append(m.host.Containers, c)
}

// program is a process with what keeps it.
func program(pid int, name, unit string, f lint.ProcessOrigin, args ...string) lint.SocketOwner {
	f.Known, f.Own = true, true
	f.Self.PID, f.Self.Name, f.Self.Args = pid, name, args
	return lint.SocketOwner{Seen: lint.Known, Process: lint.Process{PID: pid, Name: name, User: "anna"}, Unit: unit, Origin: f, UID: 1000}
}

// ofPM2 is how PM2 starts an app.
func ofPM2(dir, app string) lint.ProcessOrigin {
	f := lint.ProcessOrigin{Dir: dir, Env: map[string]string{"name": app}}
	god := f.Self
	god.PID, god.Name, god.Args = 900, "PM2 v5.3.0: God", []string{"PM2 v5.3.0: God Daemon (/home/anna/.pm2)"}
	f.Parents = append(f.Parents, god)
	return f
}

func newBusyMachine() *busyMachine {
	m := &busyMachine{host: lint.Host{Engine: lint.Engine{Version: "29.0.1", Local: true, Name: "Docker Engine", PID: 700}}, text: map[string]*strings.Builder{}}
	m.service("blog", "web", "/home/anna/blog", "running", "8080")
	m.service("blog", "db", "/home/anna/blog", "running", "127.0.0.1@5433")
	m.service("blog", "cache", "/home/anna/blog", "running", "127.0.0.1@6380")
	m.service("shop", "gateway", "/home/anna/work/shop", "running", "80", "443", "443/udp")
	m.service("shop", "api", "/home/anna/work/shop", "running", "3001", "127.0.0.1@9229")
	m.service("shop", "orders", "/home/anna/work/shop", "running", "3002")
	m.service("shop", "payments", "/home/anna/work/shop", "running", "3003")
	m.service("shop", "search", "/home/anna/work/shop", "running", "9200", "9300")
	m.service("shop", "postgres", "/home/anna/work/shop", "running", "127.0.0.1@5434")
	m.service("shop", "queue", "/home/anna/work/shop", "running", "5672", "15672")
	m.service("shop", "mail", "/home/anna/work/shop", "running", "1025", "8025")
	m.service("shop", "storage", "/home/anna/work/shop", "running", "9000-9001")
	m.service("shop", "worker", "/home/anna/work/shop", "exited", "9102")
	m.service("telephony", "sip", "/home/anna/work/telephony-lab", "running", "5060/udp")
	m.service("telephony", "media", "/home/anna/work/telephony-lab", "running", "10000-10019/udp")
	m.service("metrics", "prometheus", "/home/anna/metrics", "running", "127.0.0.1@9090")
	m.service("metrics", "grafana", "/home/anna/metrics", "running", "3005")
	m.service("metrics", "loki", "/home/anna/metrics", "created", "3100")
	m.service("docs", "site", "/home/anna/docs", "exited", "8080")
	m.host.Containers = append(m.host.Containers, lint.Container{ID: "77", Name: "registry", State: "running",
		Bound: []lint.PublishedPort{{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("0.0.0.0:5000")}}, {Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("[::]:5000")}}}})

	m.socket("tcp", "0.0.0.0:22", program(812, "sshd", "ssh.service", lint.ProcessOrigin{Dir: "/"}))
	m.socket("tcp", "[::]:22", program(812, "sshd", "ssh.service", lint.ProcessOrigin{Dir: "/"}))
	m.socket("udp", "127.0.0.53:53", program(530, "systemd-resolve", "systemd-resolved.service", lint.ProcessOrigin{Dir: "/"}))
	m.socket("tcp", "127.0.0.53:53", program(530, "systemd-resolve", "systemd-resolved.service", lint.ProcessOrigin{Dir: "/"}))
	m.socket("tcp", "127.0.0.1:5432", lint.SocketOwner{Seen: lint.NoPrivilege, Unit: "postgresql@16-main.service", UID: 114})
	m.socket("tcp", "[::]:3000", program(4711, "node", "", lint.ProcessOrigin{Dir: "/home/anna/work/shop/web", Terminal: "pts/3", Foreground: true}, "node", "server.js"))
	m.socket("tcp", "127.0.0.1:3000", program(4790, "python3", "", lint.ProcessOrigin{Dir: "/home/anna/play", Adopted: true, SessionOver: true}, "python3", "-m", "http.server", "3000"))
	m.socket("tcp", "127.0.0.1:4000", program(5011, "node", "", ofPM2("/srv/api", "api")))
	for i := range 4 {
		m.socket("tcp", "0.0.0.0:8000", program(6000+i, "gunicorn", "", lint.ProcessOrigin{Dir: "/home/anna/work/forms"}, "gunicorn", "forms.wsgi"))
	}
	m.socket("udp", "0.0.0.0:5353", program(610, "avahi-daemon", "avahi-daemon.service", lint.ProcessOrigin{Dir: "/"}))
	m.socket("tcp", "0.0.0.0:8443", lint.SocketOwner{Seen: lint.NoPrivilege, UID: 0})

	m.free("tcp", 9102)
	m.free("tcp", 3100)
	m.free("tcp", 20080)
	m.free("tcp", 8090)
	m.wants = []machine.Want{
		{Assigned: true, Project: "shop-2", Dir: "/home/anna/work/shop-2", Ports: lint.PortsFrom(20080, 1), Key: "GATEWAY_PORT"},
		{Project: "wiki", Service: "web", Dir: "/home/anna/wiki", Ports: lint.PortsFrom(8090, 1), Proto: "tcp", Key: "WIKI_PORT", Span: m.written("/home/anna/wiki"),
			Addrs: []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}},
		{Project: "wiki", Service: "db", Dir: "/home/anna/wiki", Ports: lint.PortsFrom(5432, 1), Proto: "tcp", Span: m.written("/home/anna/wiki"),
			Addrs: []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}},
	}
	m.free("udp", 20080)
	return m
}

func (m *busyMachine) report() Report {
	r := Report{Version: "v0.0.0", Dir: "/home/anna/work/shop", Sources: lint.Sources{},
		NotChecked: []lint.Blind{{What: "swarm", Why: "this node is a swarm worker, only managers know the ports of services"}}}
	for file, text := range m.text {
		r.Sources[file] = lint.NewSource([]byte(text.String()))
	}
	return r
}

// TestHostPortsScreens: what people see on terminals of usual widths, in a file and in color; none of it is wrapped.
func TestHostPortsScreens(t *testing.T) {
	for name, c := range map[string]struct {
		width  int
		order  machine.Order
		color  bool
		format string
	}{
		"host-ports-80.txt":       {width: 80},
		"host-ports-120.txt":      {width: 120},
		"host-ports-200.txt":      {width: 200},
		"host-ports-project.txt":  {width: 120, order: machine.ByProject},
		"host-ports-color.txt":    {width: 100, color: true},
		"host-ports.md":           {format: "markdown"},
		"host-ports.json":         {format: "json"},
		"host-ports-narrow.txt":   {width: 46},
		"host-ports-redirect.txt": {},
	} {
		t.Run(name, func(t *testing.T) {
			m := newBusyMachine()
			r := m.report()
			r.Width, r.Color = c.width, c.color
			format := c.format
			if format == "" {
				format = "table"
			}
			got := render(t, func(w io.Writer, r Report) error {
				return HostPorts(w, r, machine.Claims(&m.host, m.wants), c.order, format)
			}, r)
			golden(t, name, got)
			if c.width == 0 || c.color {
				return
			}
			for line := range strings.Lines(string(got)) {
				isRow := !strings.HasPrefix(line, "not checked:") && !strings.Contains(line, "in use") && !strings.HasPrefix(line, "wanted later")
				if wide := runewidth.StringWidth(strings.TrimRight(line, "\n")); isRow && wide > c.width {
					t.Errorf("%d columns on a terminal of %d: %s", wide, c.width, line)
				}
			}
		})
	}
}

// TestHostPortsNarrow: however narrow a terminal is, and whatever somebody calls a container, a row is one line that fits.
func TestHostPortsNarrow(t *testing.T) {
	m := newBusyMachine()
	m.host.Containers[0].Service, m.host.Containers[1].Project = "検索エンジン検索エンジン検索エンジン", evilName
	rows := -1
	for width := 30; width < 260; width++ {
		r := m.report()
		r.Width = width
		var out bytes.Buffer
		if err := HostPorts(&out, r, machine.Claims(&m.host, m.wants), machine.ByPort, "table"); err != nil {
			t.Fatal(err)
		}
		table, _, _ := strings.Cut(out.String(), "\n\n")
		lines := strings.Split(table, "\n")
		if rows < 0 {
			rows = len(lines)
		}
		for _, line := range lines {
			if wide := runewidth.StringWidth(line); wide > width {
				t.Fatalf("%d columns on a terminal of %d: %s", wide, width, line)
			}
		}
		if len(lines) != rows || !strings.HasPrefix(lines[0], "PORT") || !strings.Contains(lines[0], "NOW") {
			t.Errorf("%d lines on %d columns, %d elsewhere: %s", len(lines), width, rows, lines[0])
		}
	}
}

// TestHostPortsSchema: the JSON is what the schemas of both commands say.
func TestHostPortsSchema(t *testing.T) {
	m := newBusyMachine()
	m.wants[0].Until = time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC)
	r := m.report()
	doc := render(t, func(w io.Writer, r Report) error {
		return HostPorts(w, r, machine.Claims(&m.host, m.wants), machine.ByPort, "json")
	}, r)
	for _, name := range []string{"portlint-ports.schema.json", "portlint-who.schema.json"} {
		schema := schemaNamed(t, name)
		if err := validate(t, schema, doc); err != nil || bytes.Contains(doc, []byte("null")) {
			t.Errorf("%s: %v", name, err)
		}
		for _, change := range [][2]string{{`"kind": "has"`, `"kind": "had"`}, {`"now": "free"`, `"now": "maybe"`}, {`"reach": "network"`, `"reach": "moon"`},
			{`"owners": [`, `"x": [`}, {`"port": 22,`, `"port": 0,`}, {`"protocol": "udp"`, `"protocol": "icmp"`}} {
			if text := strings.Replace(string(doc), change[0], change[1], 1); text == string(doc) || validate(t, schema, []byte(text)) == nil {
				t.Errorf("%s accepts %s in place of %s", name, change[1], change[0])
			}
		}
	}
}
