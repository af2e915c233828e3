package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// askedPort is one port that somebody asks about, and how the question put it.
type askedPort struct {
	dockerapi.Port
	implied bool       // not named by itself, with its protocol: worth a line only when somebody has it
	within  lint.Ports // the range that was asked about as a whole, none for a single port
}

// asked is what the words of a command line ask about.
type asked struct {
	ports    []askedPort
	services []string // names of services, whose ports the project and the engine know
}

// maxRange bounds the ports of one range.
const maxRange = 1000

// parseAsked reads what people have at hand: 8080, 5432/udp, :8080, localhost:8080, http://localhost:8080/x, 8000-8100, the name
// of a service.
func parseAsked(words []string) (asked, error) {
	var a asked
	for _, word := range words {
		ports, err := parsePort(word)
		if errors.Is(err, errNoPort) && isName(word) {
			a.services = append(a.services, word)
			continue
		}
		if err != nil {
			return asked{}, err
		}
		a.add(ports...)
	}

	return a, nil
}

// add keeps each port once, as the plainest question that was put about it.
func (a *asked) add(ports ...askedPort) {
	for _, p := range ports {
		i := slices.IndexFunc(a.ports, func(q askedPort) bool { return q.Port == p.Port })
		if i < 0 {
			a.ports = append(a.ports, p)
			continue
		}
		a.ports[i].implied = a.ports[i].implied && p.implied
		if p.within.Known() {
			a.ports[i].within = p.within
		}
	}
}

// numbers are the ports alone.
func (a *asked) numbers() []dockerapi.Port {
	ports := make([]dockerapi.Port, len(a.ports))
	for i, p := range a.ports {
		ports[i] = p.Port
	}
	return ports
}

// errNoPort is the error of a word in which no port is written.
var errNoPort = errors.New("no port")

// parsePort reads one word that names ports.
func parsePort(word string) ([]askedPort, error) {
	if strings.Contains(word, "://") {
		return parseURL(word)
	}

	text, proto, named := strings.Cut(word, "/")
	if host, port, err := net.SplitHostPort(text); err == nil {
		if !onThisMachine(host) {
			return nil, elsewhereError(word, host)
		}
		text = port
	}
	ports, err := lint.ParsePorts(text)
	if err != nil || !ports.Known() {
		return nil, noPortError(word)
	}
	if ports.Width() > maxRange {
		return nil, fmt.Errorf("%q are %d ports: expected at most %d at once", word, ports.Width(), maxRange)
	}

	switch proto = strings.ToLower(proto); {
	case !named:
		return portsAsked(ports, "tcp", "udp"), nil
	case proto != "tcp" && proto != "udp":
		return nil, fmt.Errorf("%q: unknown protocol %q, expected tcp or udp", word, proto)
	}
	return portsAsked(ports, proto), nil
}

// portsAsked are the ports of a range for each protocol. Of a single port the protocols behind the first are implied.
func portsAsked(ports lint.Ports, protos ...string) []askedPort {
	within := ports
	if ports.Width() == 1 {
		within = lint.Ports{}
	}

	var all []askedPort
	for port := range ports.All() {
		for i, proto := range protos {
			implied := i > 0 || within.Known()
			all = append(all, askedPort{Port: dockerapi.Port{Number: port, Proto: proto}, implied: implied, within: within})
		}
	}
	return all
}

// urlPorts are the ports of URLs that name none.
var urlPorts = map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}

// parseURL reads the port of a URL, which is one of tcp. A password in it is not printed.
func parseURL(word string) ([]askedPort, error) {
	u, err := url.Parse(word)
	if err != nil {
		return nil, errors.New("that URL can't be read: expected one like http://localhost:8080")
	}
	if !onThisMachine(u.Hostname()) {
		return nil, elsewhereError(u.Redacted(), u.Hostname())
	}
	port := u.Port()
	if port == "" {
		port = urlPorts[strings.ToLower(u.Scheme)]
	}
	ports, err := lint.ParsePorts(port)
	if err != nil || !ports.Known() {
		return nil, fmt.Errorf("%q names no port from 1 to 65535", u.Redacted())
	}
	return portsAsked(ports, "tcp"), nil
}

func noPortError(word string) error {
	return fmt.Errorf("%q is %w: expected a number from 1 to 65535, as in 8080, 5432/udp or 8000-8100", word, errNoPort)
}

func elsewhereError(word, host string) error {
	return fmt.Errorf("%q is not on this machine: %q is none of its names and addresses", word, host)
}

// onThisMachine reports whether a host in an address means this machine, as far as that is known without asking a name server.
func onThisMachine(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch own, _ := os.Hostname(); {
	case host == "", host == "*", host == "localhost", strings.HasSuffix(host, ".localhost"), host == "host.docker.internal":
		return true
	case host == strings.ToLower(own):
		return true
	}

	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addr = addr.WithZone("").Unmap()
	own, _ := net.InterfaceAddrs() // without them the loopback alone is known
	return addr.IsLoopback() || addr.IsUnspecified() || slices.ContainsFunc(own, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == addr
	})
}

// isName reports whether a word may be the name of a service.
func isName(word string) bool {
	return strings.Trim(word, "0123456789-") != "" && !strings.ContainsAny(word, "/:, ")
}

// askedServices finds the ports of services: those that the files of the project here publish, and on the engine those that its
// containers have.
func askedServices(ctx context.Context, here *run.Here, names []string) (func(*lint.Host) []askedPort, error) {
	project, err := here.Project(ctx)
	if err != nil {
		return nil, fmt.Errorf("%q is no port, and no service of a project here: %w", names[0], err)
	}

	services := make([]*lint.Service, len(names))
	for i, name := range names {
		if services[i] = project.Service(name); services[i] == nil {
			return nil, fmt.Errorf("%q is no port, and no service of project %q%s", name, project.Label(), run.DidYouMean(name, serviceNames(project)))
		}
	}
	return func(h *lint.Host) []askedPort {
		var all []askedPort
		for _, s := range services {
			all = append(all, portsOfService(project, s, h)...)
		}
		return all
	}, nil
}

func serviceNames(p *lint.Project) []string {
	var names []string
	for i := range p.Services {
		names = append(names, p.Services[i].Name)
	}
	return names
}

// portsOfService are the ports that a service asks for, and those that its containers have now.
func portsOfService(project *lint.Project, s *lint.Service, h *lint.Host) []askedPort {
	var all []askedPort
	for _, b := range s.Bindings {
		listed := b.Ports.Known() && b.Width() <= maxRange
		if listed && (b.Proto == "tcp" || b.Proto == "udp") {
			all = append(all, portsAsked(b.Ports, b.Proto)...)
		}
	}
	for _, c := range h.Replicas(project.Name, s.Name) {
		for _, p := range c.Bound {
			all = append(all, portsAsked(lint.PortsFrom(p.Addr.Port(), 1), p.Proto)...)
		}
	}
	return all
}
