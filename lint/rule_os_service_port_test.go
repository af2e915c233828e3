package lint

import "testing"

func TestRuleOSServicePort(t *testing.T) {
	checkRule(t, "os-service-port", []ruleCase{
		{name: "B24 AirPlay", services: []*svc{service("vote", "5000:80")}, want: `
info latent 5: 5000/tcp of "vote" may be taken
  latent: it belongs to AirPlay Receiver on every Mac
  manual: choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff
`},
		{name: "AirPlay", services: []*svc{service("app", "7000-7005:7000-7005")}, want: `
info latent 5: 7000/tcp of "app" may be taken
  latent: it belongs to AirPlay Receiver on every Mac
  manual: choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff
`},
		{name: "dns once", services: []*svc{service("dns", "53:53/tcp", "53:53/udp")}, want: `
info latent 5: 53/tcp of "dns" may be taken
  latent: it belongs to systemd-resolved on most Linux desktops, at 127.0.0.53
  manual: bind the address that others ask, such as 192.168.1.2:53:53, or set DNSStubListener=no
`},
		{name: "the stub's own address", services: []*svc{service("dns", "127.0.0.53:53:53/udp")}, want: `
info latent 5: 53/udp of "dns" may be taken
  latent: it belongs to systemd-resolved on most Linux desktops, at 127.0.0.53
  manual: bind the address that others ask, such as 192.168.1.2:53:53, or set DNSStubListener=no
`},
		{name: "mdns", services: []*svc{service("ha", "5353:5353/udp")}, want: `
info latent 5: 5353/udp of "ha" may be taken
  latent: it belongs to mDNS: Avahi on Linux, mDNSResponder on a Mac
  manual: choose another host port, or stop the mDNS service of the machine
`},
		{name: "dns on an address of its own", services: []*svc{service("dns", "192.168.1.2:53:53/udp", "127.0.0.1:53:53/tcp")}},
		{name: "AirPlay beside loopback", services: []*svc{service("vote", "127.0.0.1:5000:80")}},
		{name: "other protocols", services: []*svc{service("a", "5000:5000/udp", "5353:5353/tcp")}},
		{name: "pool", services: []*svc{service("a", "5000-5010:80")}},
	})
}
