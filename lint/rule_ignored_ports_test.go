package lint

import "testing"

var hostNetwork = Network{Publishing: Ignored, Why: "network_mode: host", Span: Span{"/p/compose.yaml", 3, 9}}

func TestRuleIgnoredPorts(t *testing.T) {
	checkRule(t, "ignored-ports", []ruleCase{
		{name: "host network", services: []*svc{service("web", "8080:80", "8443:443").net(hostNetwork)}, want: `
warning certain 5: the ports of "web" bind nothing
  why: network_mode: host
  unsafe: delete the ports of this service
    3 lines fewer
`},
		{name: "two files", services: []*svc{service("web", "8080:80", "@1 8443:443").net(hostNetwork)}, want: `
warning certain 5: the ports of "web" bind nothing
  why: network_mode: host
  unsafe: delete the ports of this service
    2 lines fewer
    2 lines fewer
`},
		{name: "no block", services: []*svc{service("web", "8080:80").net(hostNetwork)}, change: func(p *Project) {
			p.Services[0].Bindings[0].Block = Span{}
		}, want: `
warning certain 5: the ports of "web" bind nothing
  why: network_mode: host
  manual: delete the ports of this service
`},
		{name: "no ports", services: []*svc{service("web").net(hostNetwork)}},
		{name: "published", services: []*svc{service("web", "8080:80")}},
		{name: "refused", services: []*svc{service("web", "8080:80").net(otherNetwork)}},
	})
}
