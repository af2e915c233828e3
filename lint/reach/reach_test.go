package reach

import (
	"net/netip"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestAt(t *testing.T) {
	for _, c := range []struct {
		at, proto, engine, want string
		target                  uint16
	}{
		{"0.0.0.0:8080", "tcp", "unix:///var/run/docker.sock", "http://localhost:8080", 80},
		{"[::]:8080", "tcp", "", "http://localhost:8080", 3000},
		{"127.0.0.2:8443", "tcp", "unix:///x", "https://127.0.0.2:8443", 443},
		{"[::1]:8080", "tcp", "unix:///x", "http://[::1]:8080", 80},
		{"0.0.0.0:5433", "tcp", "unix:///x", "localhost:5433", 5432},
		{"0.0.0.0:5353", "udp", "unix:///x", "localhost:5353/udp", 53},
		{"0.0.0.0:8080", "tcp", "ssh://anna@build1:22", "http://build1:8080", 80},
		{"127.0.0.1:8080", "tcp", "ssh://build1", "127.0.0.1:8080 on build1", 80},
		{"[::1]:5353", "udp", "ssh://build1", "[::1]:5353/udp on build1", 53},
		{"10.0.0.7:8080", "tcp", "ssh://build1", "http://10.0.0.7:8080", 80},
		{"0.0.0.0:8080", "tcp", "tcp://0.0.0.0:2375", "http://localhost:8080", 80},
		{"127.0.0.1:8080", "tcp", "tcp://localhost:2375", "http://127.0.0.1:8080", 80},
		{"0.0.0.0:8080", "tcp", "tcp://127.0.0.1:2375", "http://localhost:8080", 80},
		{"0.0.0.0:8080", "tcp", "tcp://[2001:db8::1]:2375", "http://[2001:db8::1]:8080", 80},
		{"0.0.0.0:8080", "tcp", "npipe:////./pipe/docker_engine", "http://localhost:8080", 80},
	} {
		p := lint.PublishedPort{Endpoint: lint.Endpoint{Proto: c.proto, Addr: netip.MustParseAddrPort(c.at)}, Target: c.target}
		if got := At(p, EngineHost(c.engine)); got != c.want {
			t.Errorf("%s/%s to %d on %q: %s, want %s", c.at, c.proto, c.target, c.engine, got, c.want)
		}
	}
}
