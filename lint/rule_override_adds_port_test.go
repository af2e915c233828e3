package lint

import "testing"

func TestRuleOverrideAddsPort(t *testing.T) {
	checkRule(t, "override-adds-port", []ruleCase{
		{name: "another host port for the container port", services: []*svc{service("web", "8080:80", "@1 9090:80")}, want: "warning certain 4: 9090/tcp is added to 8080/tcp\n  why: \"web\" publishes both, not the one in the place of 8080/tcp of compose.yaml: ports of several layers add up\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n"},
		{name: "another port would be lost", services: []*svc{service("web", "8080:80", "8443:443", "@1 9090:80")}, want: "warning certain 4: 9090/tcp is added to 8080/tcp\n  why: \"web\" publishes both, not the one in the place of 8080/tcp of compose.yaml: ports of several layers add up\n" +
			"  manual: write `ports: !override` above all ports that are to stay (needs Compose 2.24.4)\n"},
		{name: "every port is replaced", services: []*svc{service("web", "8080:80", "8443:443", "@1 9090:80", "@1 9443:443")}, want: "warning certain 4: 9090/tcp is added to 8080/tcp\n  why: \"web\" publishes both, not the one in the place of 8080/tcp of compose.yaml: ports of several layers add up\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n" +
			"warning certain 5: 9443/tcp is added to 8443/tcp\n  why: \"web\" publishes both, not the one in the place of 8443/tcp of compose.yaml: ports of several layers add up\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n"},
		{name: "range", services: []*svc{service("web", "8000-8002:80-82", "@1 9000-9002:80-82")}, want: "warning certain 4: 9000-9002/tcp is added\n  why: \"web\" publishes both, not the one in the place of 8000-8002/tcp of compose.yaml: ports of several layers add up\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n"},
		{name: "loopback and another port", services: []*svc{service("web", "127.0.0.1:8080:80", "@1 9090:80")}, want: "warning certain 4: 9090/tcp is added\n  why: \"web\" publishes both, not the one in the place of 127.0.0.1:8080/tcp of compose.yaml: ports of several layers add up\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n"},
		{name: "no key known", services: []*svc{service("web", "8080:80", "@1 9090:80")}, change: func(p *Project) {
			p.Services[0].Bindings[1].PortsKey = Span{}
		}, want: "warning certain 4: 9090/tcp is added to 8080/tcp\n  why: \"web\" publishes both, not the one in the place of 8080/tcp of compose.yaml: ports of several layers add up\n" +
			"  manual: write `ports: !override` above all ports that are to stay (needs Compose 2.24.4)\n"},
		{name: "a key twice in one file", services: []*svc{service("web", "8080:80", "8081:80")}, change: func(p *Project) {
			for i := range p.Services[0].Bindings {
				p.Services[0].Bindings[i].Layer = Layer{Order: i, Kind: "file"}
			}
		}},
		{name: "same port, other address", services: []*svc{service("web", "127.0.0.1:8080:80", "@1 0.0.0.0:8080:80")}},
		{name: "two in one file", services: []*svc{service("web", "8080:80", "9090:80")}},
		{name: "a range of other container ports", services: []*svc{service("stations", "21200:8000", "21205:8005", "@1 21500-21599:18500-18599")}, want: `
info certain 4: 21500-21599/tcp is added
  why: 21200/tcp and 21205/tcp of compose.yaml stay, for "stations": ports of several layers add up
  manual: where it is meant in their place, write ` + "`ports: !override`" + ` (needs Compose 2.24.4)
`},
		{name: "a range of what extends brings", services: []*svc{service("stations", "21200:8000", "@1 21500-21599:18500-18599")}, change: func(p *Project) {
			p.Services[0].Bindings[0].Layer.Kind = "extends"
		}},
		{name: "a range beside a port that the engine picks", services: []*svc{service("stations", "8000", "@1 21500-21599:18500-18599")}},
		{name: "another container port", services: []*svc{service("web", "8080:80", "@1 9229:9229")}},
		{name: "another protocol", services: []*svc{service("dns", "53:53", "@1 5300:53/udp")}},
		{name: "ephemeral", services: []*svc{service("web", "80", "@1 9090:80")}},
		{name: "ephemeral later", services: []*svc{service("web", "8080:80", "@1 80")}},
		{name: "unknown", services: []*svc{service("web", "8080:80", "@1 ${P}:80")}},
		{name: "another service", services: []*svc{service("web", "8080:80"), service("api", "@1 9090:80")}},
	})
}
