package lint

import "testing"

var otherNetwork = Network{Publishing: Refused, Why: "network_mode: service:db"}

func TestRuleUnusablePorts(t *testing.T) {
	checkRule(t, "unusable-ports", []ruleCase{
		{name: "service network", services: []*svc{service("web", "8080:80").net(otherNetwork)}, want: `
error certain 5: "web" cannot publish ports
  why: the engine refuses to create a container with ports beside network_mode: service:db
  unsafe: delete the ports of this service
    2 lines fewer
`},
		{name: "profile off", services: []*svc{service("web", "8080:80").net(otherNetwork).off()}},
		{name: "the owner of the network", services: []*svc{service("db", "8080:80"), service("web").net(otherNetwork)}},
		{name: "host network", services: []*svc{service("web", "8080:80").net(hostNetwork)}},
	})
}
