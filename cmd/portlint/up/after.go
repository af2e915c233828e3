package up

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/diagnose"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// printURLs says where each service of the project is published now, which is what the engine says and not the files, and
// which port that was to be published is not.
func (s *state) printURLs(ctx context.Context, w run.Process, line *Line, program composeProgram) {
	host := dockerapi.Look(ctx, line.globals.Engine(w, ""))
	if host.Engine.Version == "" {
		run.Logf(w.Stderr, "where the services are published is not known: %s", host.Blind[0].Why)
		return
	}

	at := engineHost(host.Engine.Endpoint)
	asked := line.Options
	asked.NoRecreate = false // or what was left running would not count
	for _, service := range lint.PlanUp(s.project, s.host, asked).Starts {
		var ports []lint.PublishedPort
		for _, c := range host.Replicas(s.project.Name, service.Name) {
			ports = append(ports, c.Bound...)
		}
		for _, p := range onePerSocket(ports) {
			fmt.Fprintf(w.Stdout, "%s %s -> %d%s\n", run.Escape(service.Name), reached(p, at), p.Target, suffix(p.Proto))
		}
		for _, b := range service.Unpublished(ports) {
			run.Logf(w.Stderr, "%s of %q is not published; to make its container anew: %s", b.Want(), service.Name,
				program.typed(line, "up", "-d", "--force-recreate", "--no-deps", service.Name))
		}
	}
}

// printFailure says which ports the engine has refused after all, who has them, and what Compose has left behind. It says
// nothing where the failure was about something else.
func (s *state) printFailure(ctx context.Context, w run.Process, line *Line, program composeProgram) {
	ctx = context.WithoutCancel(ctx) // Ctrl-C was for Compose
	host := dockerapi.Look(ctx, line.globals.Engine(w, s.project.Name))
	var refused, left []string
	for i := range host.Containers {
		c := &host.Containers[i]
		if c.Project != s.project.Name || c.State != "created" {
			continue
		}
		left = append(left, strconv.Quote(c.Name))
		if c.Error != "" {
			refused = append(refused, "Error response from daemon: "+c.Error)
		}
	}

	d := diagnose.Refusals(ctx, w, line.globals, refusal.Parse(strings.Join(refused, "\n")))
	if len(d.Refusals) == 0 {
		return
	}
	color, _ := run.UseColor("auto", w) // auto is known
	if err := d.Print(w.Stderr, "text", color && run.IsTerminal(w.Stderr)); err != nil {
		return // nobody reads standard error
	}
	run.Logf(w.Stderr, "created and not started: %s; to remove all of the project: %s; to start it with containers made anew: %s",
		strings.Join(left, ", "), program.typed(line, "down"), program.typed(line, "up", "-d", "--force-recreate"))
}

// onePerSocket sorts ports and names those on all IPv4 and all IPv6 addresses once.
func onePerSocket(ports []lint.PublishedPort) []lint.PublishedPort {
	out := slices.Clone(ports)
	for i, p := range out {
		if p.Addr.Addr() == netip.IPv6Unspecified() {
			out[i].Addr = netip.AddrPortFrom(netip.IPv4Unspecified(), p.Addr.Port())
		}
	}

	slices.SortFunc(out, func(a, b lint.PublishedPort) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Proto, b.Proto), a.Addr.Compare(b.Addr))
	})
	return slices.Compact(out)
}

// reached is how a port is reached: a URL where the container port is not known to speak anything but HTTP.
func reached(p lint.PublishedPort, host string) string {
	port := strconv.Itoa(int(p.Addr.Port()))
	if ip := p.Addr.Addr(); !ip.IsUnspecified() {
		host = ip.String()
	}
	at := host + ":" + port
	if ip, err := netip.ParseAddr(host); err == nil {
		at = lint.HostPort(ip, port)
	}

	switch {
	case p.Proto != "tcp" || notHTTP[p.Target]:
		return at + suffix(p.Proto)
	case p.Target == 443 || p.Target == 8443 || p.Target == 9443:
		return "https://" + at
	}
	return "http://" + at
}

// suffix names a protocol that is not tcp.
func suffix(proto string) string {
	if proto == "tcp" {
		return ""
	}
	return "/" + proto
}

// notHTTP are container ports that something else than HTTP has by custom: ssh, mail, DNS, LDAP, databases, queues, caches.
// Source: the IANA registry of ports, and the images' own documentation.
var notHTTP = map[uint16]bool{21: true, 22: true, 25: true, 53: true, 110: true, 143: true, 389: true, 465: true, 587: true,
	636: true, 853: true, 993: true, 995: true, 1025: true, 1433: true, 1521: true, 1883: true, 2181: true, 3306: true, 3389: true,
	4222: true, 5432: true, 5672: true, 6379: true, 6432: true, 8883: true, 9042: true, 9092: true,
	11211: true, 26379: true, 26257: true, 27017: true, 33060: true, 61616: true}

// engineHost is the machine of an engine as seen from here.
func engineHost(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && u.Hostname() != "" && (u.Scheme == "tcp" || u.Scheme == "ssh" || u.Scheme == "http" || u.Scheme == "https") {
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
			return "localhost"
		}
		return u.Hostname()
	}
	return "localhost"
}
