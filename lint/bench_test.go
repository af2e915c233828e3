package lint

import (
	"fmt"
	"net/netip"
	"testing"
)

// BenchmarkHugeRanges is the worst that people write: tens of thousands of ports in a few items.
func BenchmarkHugeRanges(b *testing.B) {
	p := project(service("a", "1000-30000:1000-30000", "1000-30000:1000-30000/udp"),
		service("b", "1000-30000:1000-30000", "2000-9000:80", "80"), service("c", "33000-60000:33000-60000"))
	b.ReportAllocs()
	for b.Loop() {
		Run([]*Project{p}, Settings{})
	}
}

// BenchmarkMachine is five ports on a machine with 5,000 containers, and BenchmarkHugeRangesOnAMachine the worst that
// people write, with every second port held.
func BenchmarkMachine(b *testing.B) {
	p := project(service("a", "8080:80", "8081:81"), service("b", "8082:80", "8083:80"), service("c", "5432:5432"))
	m := docker("29.0.1")
	for i := range 5000 {
		m.runs(stranger(fmt.Sprintf("x%d", i), fmt.Sprintf("%d>80", 8080+i)))
	}
	h := m.asked(UpOptions{}, p)
	b.ReportAllocs()
	for b.Loop() {
		Run([]*Project{p}, Settings{Host: h})
	}
}

func BenchmarkHugeRangesOnAMachine(b *testing.B) {
	p := project(service("a", "1000-30000:1000-30000", "1000-30000:1000-30000/udp"), service("b", "2000-9000:80", "80"))
	h := &Host{Engine: Engine{Version: "29.0.1", Local: true}}
	for _, e := range h.EndpointsNeeded([]*Project{p}, UpOptions{}) {
		probe := Probe{Endpoint: e, Result: ProbeResult(int(Free) + int(e.Addr.Port())%2)}
		if probe.Result == InUse {
			probe.Holders = []Holder{{Local: e.Addr, Owner: proc("x", 1)}}
		}
		h.Probes = append(h.Probes, probe)
	}
	b.ReportAllocs()
	for b.Loop() {
		Run([]*Project{p}, Settings{Host: h})
	}
}

// BenchmarkManyServices is 5,000 services in chains of depends_on, every port of the kind that a fix would move.
func BenchmarkManyServices(b *testing.B) {
	var services []*svc
	for i := range 5000 {
		services = append(services, service(fmt.Sprintf("s%d", i), fmt.Sprintf("%d:80", 40000+i)).after(fmt.Sprintf("s%d", i/10*10)))
	}
	p := project(services...)
	b.ReportAllocs()
	for b.Loop() {
		Run([]*Project{p}, Settings{})
	}
}

// BenchmarkUsesOfManyAddresses is one port that one program has on n addresses, as a forwarder or a test of it has.
func BenchmarkUsesOfManyAddresses(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			probe := Probe{Endpoint: Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("0.0.0.0:8080")}, Result: InUse}
			for i := range n {
				addr := netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)})
				probe.Holders = append(probe.Holders, Holder{Local: netip.AddrPortFrom(addr, 8080), Owner: proc("node", 4711), State: Listening})
			}
			h := &Host{Engine: Engine{Version: "29.0.1", Local: true}}
			h.Probes = []Probe{probe}
			b.ReportAllocs()
			for b.Loop() {
				if got := len(h.Uses()[0].Holders); got != n {
					b.Fatalf("%d holders, want %d", got, n)
				}
			}
		})
	}
}
