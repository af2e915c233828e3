package lint

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/pick"
)

func TestExclusionsOf(t *testing.T) {
	at := func(port, last uint16) PublishedPort {
		return PublishedPort{Endpoint: Endpoint{"tcp", netip.AddrPortFrom(netip.IPv4Unspecified(), port)}, Last: last}
	}
	h := &Host{
		Engine: Engine{Local: true}, Ephemeral: Ports{First: 40000, Last: 50000},
		Containers: []Container{
			{Name: "before", State: "exited", Wanted: []PublishedPort{at(8080, 0), at(3000, 0)}},
			{Name: "blog-web-1", Project: "blog", State: "running", Bound: []PublishedPort{at(8080, 0)}},
			{Name: "old", State: "exited", Wanted: []PublishedPort{at(9000, 9001)}},
			{Name: "shop-web-1", Project: "shop", State: "running", Bound: []PublishedPort{at(8090, 0)}},
		},
		Swarm: []SwarmPort{{Service: "s", Port: 7001}}, InUse: map[uint16]bool{8090: true, 3000: true, 8080: true},
		Probes: []Probe{{Endpoint: at(4000, 0).Endpoint, Result: InUse}, {Endpoint: at(4001, 0).Endpoint, Result: Free}},
	}
	g := ExclusionsOf(h, func(c *Container) bool { return c.Project == "shop" })
	for port, want := range map[uint16]string{
		8080: `container "blog-web-1" of project "blog" has it`, 9001: `container "old" takes it when it starts`,
		8090: "", 3000: "a socket of this machine has it", 7001: `swarm service "s" has it`, 4000: "it can't be bound", 4001: "",
		40000: "it lies among the ports for outgoing connections, 40000-50000", 33000: "",
	} {
		if got := g.Reason(port); got != want {
			t.Errorf("%d: %q, want %q", port, got, want)
		}
	}
	ExcludePublished(&g, projectIn("/p", service("a", "8000-8001:80", "8080:80")))
	if got := g.Reason(8001); got != `service "a" of project "p" publishes it` {
		t.Error(got)
	}
	if !slices.Contains([]string{g.Reason(8080)}, `container "blog-web-1" of project "blog" has it`) {
		t.Errorf("what is known first stays: %q", g.Reason(8080))
	}
}

func TestRequestedEndpoints(t *testing.T) {
	text := func(r pick.Request) string {
		var all []string
		for _, e := range RequestedEndpoints(r, 80) {
			all = append(all, e.String())
		}
		return strings.Join(all, " ")
	}
	if got := text(pick.Request{}); got != "0.0.0.0:80/tcp [::]:80/tcp" {
		t.Error(got)
	}
	if got := text(pick.Request{Width: 2, Protos: []string{"tcp", "udp"}, HostIP: netip.MustParseAddr("127.0.0.1")}); got !=
		"127.0.0.1:80/tcp 127.0.0.1:81/tcp 127.0.0.1:80/udp 127.0.0.1:81/udp" {
		t.Error(got)
	}
}
