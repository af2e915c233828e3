package lint

import (
	"fmt"
	"strings"
	"testing"
)

// TestSamePort: which services of one project can't all have a host port, whoever has it on the machine.
func TestSamePort(t *testing.T) {
	shop := func() []*svc {
		return []*svc{service("cpu", "21088:80"), service("gpu", "21088:80").in("nvidia"), service("db", "127.0.0.1:5432:5432")}
	}
	for _, c := range []struct {
		name     string
		services []*svc
		port     uint16
		proto    string
		among    []string
		want     string
	}{
		{name: "beside a profile", services: shop(), port: 21088, proto: "tcp",
			want: `"cpu" and "gpu" both want 21088/tcp; the second container cannot start | 21088/tcp of "cpu" | 21088/tcp of "gpu" (profile nvidia) | ` + eachItsOwn},
		{name: "of the named ones", services: shop(), port: 21088, proto: "tcp", among: []string{"gpu", "cpu"},
			want: `"cpu" and "gpu" both want 21088/tcp; the second container cannot start | 21088/tcp of "cpu" | 21088/tcp of "gpu" (profile nvidia) | ` + eachItsOwn},
		{name: "one of them alone", services: shop(), port: 21088, proto: "tcp", among: []string{"gpu", "db"}},
		{name: "another protocol", services: shop(), port: 21088, proto: "udp"},
		{name: "a port of one service", services: shop(), port: 5432, proto: "tcp"},
		{name: "twice in one service", services: []*svc{service("a", "80:80", "127.0.0.1:80:81")}, port: 80, proto: "tcp",
			want: `"a" publishes 80/tcp twice; 80/tcp and 127.0.0.1:80/tcp overlap; the container cannot start | 80/tcp of "a" | 127.0.0.1:80/tcp of "a" | publish it once`},
		{name: "replicas", services: []*svc{service("a", "80:80").scaled(2)}, port: 80, proto: "tcp",
			want: `"a" has 2 replicas on 80/tcp: that is one host port; replica 2 cannot start | 80/tcp of "a" | publish a pool, or no host port`},
		{name: "addresses that never meet", services: []*svc{service("a", "127.0.0.1:80:80"), service("b", "127.0.0.2:80:80")}, port: 80, proto: "tcp"},
		{name: "a pool takes another", services: []*svc{service("a", "80-90:80"), service("b", "80:80")}, port: 80, proto: "tcp"},
		{name: "nothing bound", services: []*svc{service("a", "80:80"), service("b", "80:80").net(hostNetwork)}, port: 80, proto: "tcp"},
	} {
		s := project(c.services...).SamePort(c.port, c.proto, c.among...)
		parts := []string{s.Message}
		for _, r := range s.Places {
			if !r.Span.Known() {
				t.Errorf("%s: %q has no place", c.name, r.Message)
			}
			parts = append(parts, r.Message)
		}
		if got := strings.Join(append(parts, s.Fix.Title), " | "); got != c.want && got != " | "+c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestSamePortOfContainers: what an engine knows without the files.
func TestSamePortOfContainers(t *testing.T) {
	web, gpu, second := container("shop/web-1", "80>80"), container("shop/gpu-1", "80>80"), container("shop/web-2", "80>80")
	for _, c := range []struct {
		got  SamePort
		want string
	}{
		{SamePortOf(&web, &gpu, 80, "tcp"), `[gpu web] "gpu" and "web" both want 80/tcp; the second container cannot start: ` + eachItsOwn},
		{SamePortOf(&web, &second, 80, "tcp"), `[web] containers "shop-web-1" and "shop-web-2" of service "web" both want 80/tcp: publish a pool, or no host port`},
		{TwicePort(&web, 80, "tcp"), `[web] container "shop-web-1" asks for 80/tcp twice, on addresses that overlap: publish it once`},
	} {
		if got := fmt.Sprintf("%s %s: %s", c.got.Services, c.got.Message, c.got.Fix.Title); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestAsksTwice(t *testing.T) {
	for _, c := range []struct {
		ports []string
		want  bool
	}{
		{[]string{"80>80"}, false}, // 0.0.0.0 and [::]
		{[]string{"80>80", "127.0.0.1:80>81"}, true},
		{[]string{"127.0.0.1:80>80", "127.0.0.2:80>80"}, false},
		{[]string{"80>80", "81>81"}, false},
		{[]string{"80>80", "80>80/udp"}, false},
	} {
		stopped := stranger("a", c.ports...).stopped("created", "no")
		if got := stopped.AsksTwice(80, "tcp"); got != c.want {
			t.Errorf("%s: %t", c.ports, got)
		}
	}
}

// TestBackWithUp: nobody is told to stop a container that the next up starts again.
func TestBackWithUp(t *testing.T) {
	m := docker("29.0.1").runs(container("shop/web-1", "127.0.0.1:8080>80"), container("blog/web-1", "127.0.0.2:8080>80"))
	got := map[string]string{}
	for _, b := range m.who(8080, "tcp").BackWithUp("shop").Holders {
		got[b.Container.Name] = b.Free().Command
	}
	if got["shop-web-1"] != "" || got["blog-web-1"] != "docker compose -p blog stop web" {
		t.Errorf("%q", got)
	}
}
