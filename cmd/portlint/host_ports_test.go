package main

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
	"github.com/portlint/portlint/lint/report"
)

// pictureMachine is the machine of the picture, and of the page about host ports: two projects up, programs beside, and a third
// project that wants what they have.
func pictureMachine() (report.Report, []machine.Claim) {
	const shop, blog, wiki = "/home/anna/shop", "/home/anna/blog", "/home/anna/wiki"
	r := report.Report{Dir: shop, Sources: lint.Sources{}, Width: columns}
	written := func(dir string, line int) lint.Span {
		file := filepath.ToSlash(filepath.Join(dir, "compose.yaml"))
		text := bytes.Repeat([]byte("- 8080\n"), 40)
		r.Sources[file] = lint.NewSource(text)
		return lint.Span{File: file, Start: 7*(line-1) + 2, End: 7*(line-1) + 6}
	}
	both := func(proto string, first, last uint16, span lint.Span) (all []lint.PublishedPort) {
		for port := first; port <= last; port++ {
			for _, ip := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
				all = append(all, lint.PublishedPort{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(ip, port)}, Span: span})
			}
		}
		return all
	}
	local := func(port uint16, span lint.Span) []lint.PublishedPort {
		return []lint.PublishedPort{{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}, Span: span}}
	}
	up := func(project, service, dir string, ports []lint.PublishedPort) lint.Container {
		return lint.Container{ID: project + service, Name: project + "-" + service + "-1", Project: project, Service: service, State: "running", WorkingDir: dir, Bound: ports}
	}
	h := lint.Host{Engine: lint.Engine{Version: "29.0.1", Local: true}, Containers: []lint.Container{
		up("shop", "web", shop, both("tcp", 8080, 8080, written(shop, 5))), up("shop", "api", shop, both("tcp", 3001, 3001, written(shop, 9))),
		up("shop", "db", shop, local(5432, written(shop, 14))), up("shop", "media", shop, both("udp", 10000, 10019, written(shop, 19))),
		up("blog", "web", blog, both("tcp", 8000, 8000, written(blog, 6))), up("blog", "cache", blog, local(6379, written(blog, 12))),
	}}
	old := up("docs", "site", "/home/anna/docs", nil)
	old.State, old.Wanted = "exited", both("tcp", 8000, 8000, written("/home/anna/docs", 4))
	h.Containers = append(h.Containers, old)

	socket := func(proto, at string, o lint.SocketOwner) {
		addr := netip.MustParseAddrPort(at)
		state := lint.Listening
		if proto == "udp" {
			state = lint.Datagram
		}
		h.Probes = append(h.Probes, lint.Probe{Endpoint: lint.Endpoint{Proto: proto, Addr: addr}, Result: lint.InUse, Listed: true,
			Holders: []lint.Holder{{Local: addr, State: state, Owner: o}}})
	}
	process := func(pid int, name, unit string, f lint.ProcessOrigin) lint.SocketOwner {
		f.Known, f.Own, f.Self.PID, f.Self.Name = true, true, pid, name
		return lint.SocketOwner{Seen: lint.Known, Process: lint.Process{PID: pid, Name: name}, Unit: unit, Origin: f}
	}
	socket("tcp", "[::]:22", process(812, "sshd", "ssh.service", lint.ProcessOrigin{}))
	socket("udp", "127.0.0.1:53", process(530, "dnsmasq", "dnsmasq.service", lint.ProcessOrigin{}))
	socket("tcp", "[::]:3000", process(4711, "node", "", lint.ProcessOrigin{Dir: shop + "/ui", Terminal: "pts/3", Foreground: true}))
	pay := lint.ProcessOrigin{Dir: "/srv/pay", Env: map[string]string{"name": "pay"}}
	god := pay.Self
	god.PID, god.Name, god.Args = 900, "PM2 v5.3.0: God", []string{"PM2 v5.3.0: God Daemon (/home/anna/.pm2)"}
	pay.Parents = append(pay.Parents, god)
	socket("tcp", "127.0.0.1:4000", process(5011, "node", "", pay))
	for _, free := range []lint.Endpoint{{Proto: "tcp"}, {Proto: "udp"}} {
		free.Addr = netip.AddrPortFrom(netip.IPv4Unspecified(), 20080)
		h.Probes = append(h.Probes, lint.Probe{Endpoint: free, Result: lint.Free, Listed: true})
	}

	any4and6 := []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	return r, machine.Claims(&h, []machine.Want{
		{Assigned: true, Project: "shop-2", Dir: "/home/anna/shop-2", Ports: lint.PortsFrom(20080, 1), Key: "WEB_PORT"},
		{Project: "wiki", Service: "web", Dir: wiki, Ports: lint.PortsFrom(8080, 1), Proto: "tcp", Addrs: any4and6, Span: written(wiki, 5), Key: "WIKI_PORT"},
	})
}

// TestHostPortsPicture draws the host ports of a machine in color, for the README.
func TestHostPortsPicture(t *testing.T) {
	r, claims := pictureMachine()
	r.Color = true
	var out bytes.Buffer
	if err := report.HostPorts(&out, r, claims, machine.ByPort, "table"); err != nil {
		t.Fatal(err)
	}
	picture := draw(t, "\x1b[1m$ portlint ports --all\x1b[0m\n"+out.String())
	file := filepath.Join(root, ".github/ports.svg")
	if *update {
		rewrite(t, file, picture)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != picture {
		t.Errorf("%v: the picture of the README is not what the program says (-update draws it)", err)
	}
}

var machineBlock = regexp.MustCompile("(?s)```console machine\n.*?```\n")

// TestDocsMachine: the page about host ports shows the screen as it is.
func TestDocsMachine(t *testing.T) {
	r, claims := pictureMachine()
	r.Width = 0
	var out bytes.Buffer
	if err := report.HostPorts(&out, r, claims, machine.ByPort, "table"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, ".github/docs/machine.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	current := machineBlock.ReplaceAllLiteralString(string(page), "```console machine\n$ portlint ports --all\n"+out.String()+"```\n")
	if *update {
		rewrite(t, file, current)
	} else if current != string(page) {
		t.Errorf("the page shows another screen (-update writes it):\n%s", out.String())
	}
}
