package compose

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

const movable = `name: shop
services:
  web:
    image: nginx
    ports:
      - "8080:80"
      - target: 443
        published: "8443"
        host_ip: 127.0.0.1
        app_protocol: https
        name: "tls $$x"
        mode: host
      - "9000-9002:90-92/udp"
      - "7000-7005:70"
      - "99"
  db:
    image: postgres
    ports: ["5432:5432", "127.0.0.1:5433:5432"]
  debug:
    image: nginx
    profiles: [debug]
    ports: ["6060:60"]
`

// TestOverride loads the project again with the file that moves ports of it: exactly those differ.
func TestOverride(t *testing.T) {
	dir := t.TempDir()
	over := filepath.Join(dir, "over.yaml")
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(movable), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Dir: dir, Files: []string{"compose.yaml", over}, Overlay: map[string][]byte{over: []byte("services: {}\n")}}
	before, err := Load(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ move, want string }{
		{"web 8080/tcp 18080", "web 18080/tcp 80"},
		{"web 127.0.0.1:8443/tcp 18443", "web 127.0.0.1:18443/tcp 443"},
		{"web 9001/udp 19001", "web 19001/udp 91"},
		{"web 7000-7005/tcp 17000", "web 17000-17005/tcp 70"},
		{"db 127.0.0.1:5433/tcp 5433", "db 127.0.0.1:5433/tcp 5432"},
		{"db 127.0.0.1:5433/tcp 15433", "db 127.0.0.1:15433/tcp 5432"},
		{"debug 6060/tcp 16060", "debug 16060/tcp 60"},
	} {
		var service, want string
		var first uint16
		fmt.Sscan(c.move, &service, &want, &first)
		b := bindingOf(t, before.Project, service, want)
		text, err := before.Override("for a test", movedTo(before, b, lint.PortsFrom(first, b.Width())))
		if err != nil {
			t.Errorf("%s: %v", c.move, err)
			continue
		}
		o.Overlay[over] = text
		after, err := Load(context.Background(), o)
		if err != nil || len(after.Project.Defects) > 0 {
			t.Errorf("%s: %v %v\n%s", c.move, err, after.Project.Defects, text)
			continue
		}
		b.First, b.Last = first, first+b.Last-b.First
		if got, want := allPorts(after.Project), allPorts(before.Project); got != want {
			t.Errorf("%s:\n%s\nwant\n%s\n%s", c.move, got, want, text)
		}
		if got := fmt.Sprintf("%s %s %d", service, b.Want(), b.Target); got != c.want {
			t.Errorf("%s: %s, want %s", c.move, got, c.want)
		}
		b.Ports = bindingRange(want)
	}
	text, err := before.Override("for a test", movedTo(before, bindingOf(t, before.Project, "web", "8080/tcp"), lint.PortsFrom(18080, 1)))
	if err != nil || !strings.HasPrefix(string(text), "# for a test\n") || !strings.Contains(string(text), "name: tls $$x\n") {
		t.Errorf("%v\n%s", err, text)
	}
	gone := movedTo(before, bindingOf(t, before.Project, "web", "8080/tcp"), lint.PortsFrom(2, 1))
	before.Project.Service("web").Bindings[0].Target = 1
	if _, err := before.Override("", gone); err == nil {
		t.Error("a port that is not there was moved")
	}
}

// TestOverrideMovesInARow moves ports to where the next one is yet.
func TestOverrideMovesInARow(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte("services: {web: {image: a, ports: ['8080:80', '8081:80']}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Load(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	to := l.EngineShape()
	for nth, port := range []uint16{8081, 8082} {
		to = to.Publish(func(_ string, at int, _ string) bool { return at == nth }, lint.PortsFrom(port, 1))
	}
	text, err := l.Override("", to)
	if err != nil || strings.Count(string(text), `"8081"`) != 1 || strings.Count(string(text), `"8082"`) != 1 {
		t.Errorf("%v\n%s", err, text)
	}
}

// movedTo is a project in which a binding has other host ports.
func movedTo(l Loaded, b *lint.Binding, to lint.Ports) Shape {
	return l.EngineShape().Publish(func(service string, nth int, _ string) bool { return &l.Project.Service(service).Bindings[nth] == b }, to)
}

func bindingOf(t *testing.T, p *lint.Project, service, want string) *lint.Binding {
	t.Helper()
	s := p.Service(service)
	for i := range s.Bindings {
		if s.Bindings[i].Want() == want {
			return &s.Bindings[i]
		}
	}
	t.Fatalf("%q has no %s", service, want)
	return nil
}

// bindingRange reads the ports of a binding's [lint.Binding.Want].
func bindingRange(want string) lint.Ports {
	ports, _ := portRange(want[strings.LastIndex(want, ":")+1:])
	return ports
}

func allPorts(p *lint.Project) string {
	var out strings.Builder
	for _, b := range p.Bindings() {
		fmt.Fprintf(&out, "%s %s %d\n", b.Service, b.Want(), b.Target)
	}
	return out.String()
}
