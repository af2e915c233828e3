package lint

import (
	"fmt"
	"net/netip"
	"slices"
)

var osServicePort = Rule{
	Name: "os-service-port", Severity: Info, Certainty: Latent,
	Summary: "a host port that an operating system's own service takes",
	Check:   checkOSServicePort,
}

// systemService is a service that comes with an operating system and listens on a port.
type systemService struct {
	port   uint16
	protos []string
	addr   netip.Addr // where it listens besides all addresses; zero: all
	what   string
	advice string
}

var systemServices = []systemService{
	{port: 5000, protos: []string{"tcp"}, what: "AirPlay Receiver on every Mac",
		advice: "choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff"},
	{port: 7000, protos: []string{"tcp"}, what: "AirPlay Receiver on every Mac",
		advice: "choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff"},
	{port: 53, protos: []string{"tcp", "udp"}, addr: netip.AddrFrom4([4]byte{127, 0, 0, 53}),
		what:   "systemd-resolved on most Linux desktops, at 127.0.0.53",
		advice: "bind the address that others ask, such as 192.168.1.2:53:53, or set DNSStubListener=no"},
	{port: 5353, protos: []string{"udp"}, what: "mDNS: Avahi on Linux, mDNSResponder on a Mac",
		advice: "choose another host port, or stop the mDNS service of the machine"},
}

// systemServiceAt is the system service to which a suggestion should leave a port.
func systemServiceAt(p uint16) (systemService, bool) {
	i := slices.IndexFunc(systemServices, func(s systemService) bool { return s.port == p })
	if i < 0 {
		return systemService{}, false
	}
	return systemServices[i], true
}

func checkOSServicePort(p *Pass) {
	type key struct {
		service string
		port    uint16
	}
	done := map[key]bool{}
	for _, it := range p.Project.Items() {
		for _, s := range systemServices {
			k := key{it.Service.Name, s.port}
			if !it.Publishes() || done[k] || !s.meets(it) {
				continue
			}
			done[k] = true
			f := it.finding(fmt.Sprintf("%d/%s of %q belongs to %s", s.port, it.Head().Proto, it.Service.Name, s.what))
			f.Fixes = []Fix{{Title: s.advice, Safety: Manual}}
			p.Report(f)
		}
	}
}

// meets reports whether the item binds the port of the service where the service listens.
func (s systemService) meets(it Item) bool {
	b := it.Head()
	fixed := slices.ContainsFunc(it.Bindings, func(b *Binding) bool { return b.Fixed() && b.First == s.port })
	if !fixed || !slices.Contains(s.protos, b.Proto) {
		return false
	}
	ends := b.Endpoints(it.Service.Network, s.port)
	return slices.ContainsFunc(ends, func(e Endpoint) bool {
		return e.Addr.Addr().IsUnspecified() || e.Addr.Addr() == s.addr
	})
}
