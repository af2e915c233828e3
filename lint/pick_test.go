package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func anyPort(uint16) string { return "" }

func TestPickIsTheSameEveryDay(t *testing.T) {
	w := Wish{Key: "WEB_PORT"}
	a, _ := (&Picker{Seed: "/src/a"}).Pick(w, anyPort)
	again, _ := (&Picker{Seed: "/src/a"}).Pick(w, anyPort)
	b, _ := (&Picker{Seed: "/src/b"}).Pick(w, anyPort)
	c, _ := (&Picker{Seed: "/src/a"}).Pick(Wish{Key: "DB_PORT"}, anyPort)
	if a.First != again.First {
		t.Errorf("first %d, then %d", a.First, again.First)
	}
	if a.First == b.First || a.First == c.First {
		t.Errorf("another checkout gets %d, another key %d, the first %d", b.First, c.First, a.First)
	}
	if a.First != 31860 { // the book may be lost: the answer stays, in later versions too
		t.Errorf("the answer changed to %d", a.First)
	}
}

// TestPickVisitsAll takes every port that a request may be given, and expects each exactly once.
func TestPickVisitsAll(t *testing.T) {
	seen := map[uint16]bool{}
	_, ok := (&Picker{Seed: "/src/a"}).Pick(Wish{Key: "k"}, func(port uint16) string {
		if seen[port] || !PickRange.Contains(port) || registered[port] {
			t.Errorf("%d", port)
		}
		seen[port] = true
		return "taken"
	})
	if ok {
		t.Error("there is one more")
	}
	if want := PickRange.Width() - len(registered); len(seen) != want {
		t.Errorf("%d ports, want %d", len(seen), want)
	}
}

// TestPickSkips holds every exclusion against its reason: the port in question is the only one of the range.
func TestPickSkips(t *testing.T) {
	for _, c := range []struct {
		port   uint16
		ground Ground
		near   bool
		why    string
	}{
		{33000, Ground{}, false, "it lies among the ports for outgoing connections, 32768-60999"},
		{20500, Ground{Ephemeral: Ports{First: 20000, Last: 65535}}, false, "it lies among the ports for outgoing connections, 20000-65535"},
		{10080, Ground{}, false, "browsers refuse it"},
		{5000, Ground{}, false, "it belongs to AirPlay Receiver on every Mac"},
		{27017, Ground{}, false, ""},
		{27017, Ground{}, true, ""},
		{20500, Ground{Taken: map[uint16]string{20500: "the neighbour has it"}}, false, "the neighbour has it"},
		{20500, Ground{Kept: []KeptRange{{Ports{First: 20400, Last: 20500}, "Windows keeps 20400-20500 for itself"}}}, false, "Windows keeps 20400-20500 for itself"},
		{20501, Ground{Kept: []KeptRange{{Ports{First: 20400, Last: 20500}, "Windows keeps 20400-20500 for itself"}}}, false, ""},
	} {
		p := Picker{Ground: c.ground, Seed: "/"}
		p.Within = PortsFrom(c.port, 1)
		w := Wish{Key: "k"}
		if c.near {
			w.Near = c.port
		}
		got, ok := p.Pick(w, anyPort)
		if ok != (c.why == "") || ok && got.First != c.port || !ok && (len(got.Skips) != 1 || got.Skips[0] != (Skip{PortsFrom(c.port, 1), c.why})) {
			t.Errorf("%d: %t %+v, want %q", c.port, ok, got, c.why)
		}
	}
}

// TestPickRegisteredLast gives the registered ports of a chosen range only when the others are gone, and none of the range
// that nobody chose.
func TestPickRegisteredLast(t *testing.T) {
	p := Picker{Ground: Ground{Within: Ports{First: 23399, Last: 23403}}, Seed: "/"}
	var got []uint16
	for range 5 {
		a, ok := p.Pick(Wish{Key: "k"}, anyPort)
		if !ok {
			t.Fatalf("%v, then %+v", got, a)
		}
		got = append(got, a.First)
		p.Take(PortsFrom(a.First, 1), "it is taken")
	}
	slices.Sort(got[:2])
	slices.Sort(got[2:])
	if fmt.Sprint(got) != "[23399 23403 23400 23401 23402]" {
		t.Error(got)
	}
	if a, ok := p.Pick(Wish{Key: "k"}, anyPort); ok || len(a.Skips) == 0 || a.Skips[0].Why != "it is taken" {
		t.Errorf("%+v", a)
	}
}

func TestPickTries(t *testing.T) {
	p := Picker{Seed: "/src/a"}
	first, _ := p.Pick(Wish{Key: "k"}, anyPort)
	got, ok := p.Pick(Wish{Key: "k"}, func(port uint16) string {
		if port == first.First {
			return "node has it (pid 4)"
		}
		return ""
	})
	if !ok || got.First == first.First || len(got.Skips) != 1 || got.Skips[0].String() != fmt.Sprintf("%d: node has it (pid 4)", first.First) {
		t.Errorf("%+v", got)
	}
}

func TestPickNear(t *testing.T) {
	p := Picker{}
	p.Take(Ports{First: 8080, Last: 8082}, "it is taken")
	p.Take(PortsFrom(8084, 1), "it is taken")
	for _, c := range []struct {
		near  uint16
		width int
		want  uint16
	}{{8079, 1, 8079}, {8080, 1, 8083}, {8080, 2, 8085}, {32768, 1, 61000}, {65535, 2, 1024}, {5000, 1, 5001}} {
		if got, ok := p.Pick(Wish{Near: c.near, Width: c.width}, anyPort); !ok || got.First != c.want {
			t.Errorf("near %d, %d wide: %d", c.near, c.width, got.First)
		}
	}
	got, _ := p.Pick(Wish{Near: 8080}, anyPort)
	if len(got.Skips) != 1 || got.Skips[0].String() != "8080-8082: it is taken" {
		t.Errorf("neighbours with one reason are %+v", got.Skips)
	}
}

func TestPickWidth(t *testing.T) {
	p := Picker{Seed: "/src/a"}
	got, ok := p.Pick(Wish{Key: "k", Width: 500}, anyPort)
	if !ok || !PickRange.Covers(PortsFrom(got.First, 500)) {
		t.Fatalf("%+v", got)
	}
	for port := range registered {
		if PortsFrom(got.First, 500).Contains(port) {
			t.Errorf("%d among %d-%d", port, got.First, got.First+499)
		}
	}
	if _, ok := p.Pick(Wish{Key: "k", Width: 12769}, anyPort); ok {
		t.Error("more than there are")
	}
}

func TestWishEndpoints(t *testing.T) {
	text := func(w Wish) string {
		var all []string
		for _, e := range w.Endpoints(80) {
			all = append(all, e.String())
		}
		return strings.Join(all, " ")
	}
	if got := text(Wish{}); got != "0.0.0.0:80/tcp [::]:80/tcp" {
		t.Error(got)
	}
	if got := text(Wish{Width: 2, Protos: []string{"tcp", "udp"}, HostIP: netip.MustParseAddr("127.0.0.1")}); got !=
		"127.0.0.1:80/tcp 127.0.0.1:81/tcp 127.0.0.1:80/udp 127.0.0.1:81/udp" {
		t.Error(got)
	}
}

// TestStride visits every place, however many there are.
func TestStride(t *testing.T) {
	for _, n := range []int{1, 2, 96, 97, 98, 97 * 98, 12768} {
		seen := map[int]bool{}
		for i := range n {
			seen[i*stride(n)%n] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d", len(seen), n)
		}
	}
}

func TestGroundOf(t *testing.T) {
	at := func(port, last uint16) PublishedPort {
		return PublishedPort{Endpoint: Endpoint{"tcp", netip.AddrPortFrom(netip.IPv4Unspecified(), port)}, Last: last}
	}
	h := &Host{
		Engine: Engine{Local: true}, Ephemeral: Ports{First: 40000, Last: 50000},
		Containers: []Container{
			{Name: "blog-web-1", Project: "blog", State: "running", Bound: []PublishedPort{at(8080, 0)}},
			{Name: "old", State: "exited", Wanted: []PublishedPort{at(9000, 9001)}},
			{Name: "shop-web-1", Project: "shop", State: "running", Bound: []PublishedPort{at(8090, 0)}},
		},
		Swarm: []SwarmPort{{Service: "s", Port: 7001}}, InUse: map[uint16]bool{8090: true, 3000: true, 8080: true},
		Probes: []Probe{{Endpoint: at(4000, 0).Endpoint, Result: InUse}, {Endpoint: at(4001, 0).Endpoint, Result: Free}},
	}
	g := GroundOf(h, func(c *Container) bool { return c.Project == "shop" })
	for port, want := range map[uint16]string{
		8080: `container "blog-web-1" of project "blog" has it`, 9001: `container "old" takes it when it starts`,
		8090: "", 3000: "a socket of this machine has it", 7001: `swarm service "s" has it`, 4000: "it can't be bound", 4001: "",
		40000: "it lies among the ports for outgoing connections, 40000-50000", 33000: "",
	} {
		if got := g.Shut(port); got != want {
			t.Errorf("%d: %q, want %q", port, got, want)
		}
	}
	g.TakeWritten(projectIn("/p", service("a", "8000-8001:80", "8080:80")))
	if got := g.Shut(8001); got != `service "a" of project "p" publishes it` {
		t.Error(got)
	}
	if !slices.Contains([]string{g.Shut(8080)}, `container "blog-web-1" of project "blog" has it`) {
		t.Errorf("what is known first stays: %q", g.Shut(8080))
	}
}
