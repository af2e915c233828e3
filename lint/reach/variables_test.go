package reach

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// service is one with a port item for each target, as "80" or "53/udp", and the variable that gives its host port behind "=".
func service(name string, items ...string) lint.Service {
	s := lint.Service{Name: name, Active: true, Replicas: 1}
	for _, item := range items {
		item, variable, _ := strings.Cut(item, "=")
		p := bound("0.0.0.0:1", item)
		b := lint.Binding{Service: name, Proto: p.Proto, Target: p.Target, Var: variable}
		if variable != "" {
			b.Text = "${" + variable + ":-8080}"
		}
		s.Bindings = append(s.Bindings, b)
	}
	return s
}

func bound(at, target string) lint.PublishedPort {
	port, proto, udp := strings.Cut(target, "/")
	if !udp {
		proto = "tcp"
	}
	ports, _ := lint.ParsePorts(port)
	return lint.PublishedPort{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.MustParseAddrPort(at)}, Target: ports.First}
}

func container(name string, number int, ports ...lint.PublishedPort) *lint.Container {
	return &lint.Container{Name: name, Number: number, State: "running", Bound: ports}
}

// TestVariables: the names and values of situations that meet in one environment.
func TestVariables(t *testing.T) {
	type running = map[string][]*lint.Container
	for name, c := range map[string]struct {
		services []lint.Service
		running  running
		want     string
	}{
		"a name that another variable has": {[]lint.Service{service("proxy", "80=WEB_PORT"), service("web", "5432")},
			running{"proxy": {container("p", 1, bound("0.0.0.0:81", "80"))}, "web": {container("w", 1, bound("0.0.0.0:82", "5432"))}},
			"WEB_PORT=81 PROXY_URL=http://localhost:81 WEB_PORT_2=82"},
		"two services of one name": {[]lint.Service{service("a-b", "53/udp"), service("a_b", "53/udp")},
			running{"a-b": {container("x", 1, bound("0.0.0.0:81", "53/udp"))}, "a_b": {container("y", 1, bound("0.0.0.0:82", "53/udp"))}},
			"A_B_PORT=81 A_B_PORT_2=82"},
		"one variable of two services that parted": {[]lint.Service{service("a", "22=P"), service("b", "22=P")},
			running{"a": {container("x", 1, bound("0.0.0.0:81", "22"))}, "b": {container("y", 1, bound("0.0.0.0:82", "22"))}},
			"P=81 B_PORT=82"},
		"two addresses of one port": {[]lint.Service{service("a", "22", "22")},
			running{"a": {container("x", 1, bound("127.0.0.1:81", "22"), bound("127.0.0.2:82", "22"))}},
			"A_PORT=81 A_PORT_2=82"},
		"two variables of which neither is known to be the one": {[]lint.Service{service("a", "22=P", "22=Q")},
			running{"a": {container("x", 1, bound("0.0.0.0:81", "22"), bound("0.0.0.0:82", "22"))}},
			"A_PORT=81 A_PORT_2=82"},
		"numbers of containers with a gap": {[]lint.Service{service("a", "22")},
			running{"a": {container("x", 1, bound("0.0.0.0:81", "22")), container("y", 3, bound("0.0.0.0:83", "22"))}},
			"A_PORT=81 A_PORT_1=81 A_PORT_3=83"},
		"a service that begins with a digit": {[]lint.Service{service("1panel", "80")},
			running{"1panel": {container("x", 1, bound("127.0.0.2:81", "80"))}},
			"PORT_1PANEL=81 URL_1PANEL=http://127.0.0.2:81"},
		"one that does not run": {[]lint.Service{service("a", "22")}, running{}, ""},
	} {
		var got []string
		for _, v := range Variables(&lint.Project{Services: c.services}, c.running, "localhost") {
			got = append(got, v.Name+"="+v.Value)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s:\n%s, want\n%s", name, text, c.want)
		}
	}
}
