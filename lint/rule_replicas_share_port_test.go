package lint

import "testing"

func TestRuleReplicasSharePort(t *testing.T) {
	swarm := func(s *Service) { s.SwarmOnly = "deploy.endpoint_mode" }
	checkRule(t, "replicas-share-port", []ruleCase{
		{name: "fixed port", services: []*svc{service("a", "8080:80").scaled(2)}, want: `
error certain 5: "a" has 2 replicas on 8080/tcp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 2 host ports: 8080-8081
    - "8080-8081:80"
`},
		{name: "default", services: []*svc{service("a", "${A_PORT:-8080}:80").scaled(3)}, want: `
error certain 5: "a" has 3 replicas on 8080/tcp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 3 host ports: 8080-8082
    - "${A_PORT:-8080-8082}:80"
`},
		{name: "next port is used", services: []*svc{service("a", "8080:80").scaled(2), service("b", "8081:80")}, want: `
error certain 5: "a" has 2 replicas on 8080/tcp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 2 host ports: 8082-8083
    - "8082-8083:80"
`},
		{name: "pool", services: []*svc{service("a", "8080-8081:80").scaled(3)}, want: `
error certain 5: 3 replicas on 8080-8081/tcp
  why: that is a pool of 2 host ports; replica 3 cannot start
  unsafe: publish a pool of 3 host ports: 8080-8082
    - "8080-8082:80"
`},
		{name: "no pool", services: []*svc{service("a", "8080-8081:80-81").scaled(2)}, want: `
error certain 5: 2 replicas on 8080-8081/tcp
  why: 8080-8081/tcp is 2 fixed ports, not a pool; replica 2 needs the same ones and cannot start
  manual: publish a pool, or no host port
`},
		{name: "two protocols keep one pool", services: []*svc{service("dns", "53:53/udp", "53:53/tcp").scaled(3)}, want: `
error certain 5: "dns" has 3 replicas on 53/udp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 3 host ports: 53-55
    - "53-55:53/udp"
    - "53-55:53/tcp"
`},
		{name: "two items", services: []*svc{service("a", "8080:80", "8443:443").scaled(2)}, want: `
error certain 5: "a" has 2 replicas on 8080/tcp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 2 host ports: 8080-8081 and 8443-8444
    - "8080-8081:80"
    - "8443-8444:443"
`},
		{name: "swarm", services: []*svc{service("vote", "8080:80").scaled(2).with(swarm)}, want: "warning possible 5: 2 replicas on 8080/tcp\n  why: that is one host port; replica 2 cannot start\n  possible: that is right under `docker stack deploy`, and wrong under `docker compose up`\n" +
			"  unsafe: publish a pool of 2 host ports: 8080-8081\n" +
			"    - \"8080-8081:80\"\n"},
		{name: "stack file", services: []*svc{service("vote", "8080:80").scaled(2)}, change: func(p *Project) { p.Files = []string{"/p/docker-stack.yml"} }, want: "warning possible 5: 2 replicas on 8080/tcp\n  why: that is one host port; replica 2 cannot start\n  possible: that is right under `docker stack deploy`, and wrong under `docker compose up`\n" +
			"  unsafe: publish a pool of 2 host ports: 8080-8081\n" +
			"    - \"8080-8081:80\"\n"},
		{name: "a swarm shares no pool", services: []*svc{service("front", "21300-21301:3000").scaled(3).with(swarm)}, want: `
error certain 5: 3 replicas on 21300-21301/tcp
  why: that is a pool of 2 host ports; replica 3 cannot start
  unsafe: publish a pool of 3 host ports: 21300-21302
    - "21300-21302:3000"
`},
		{name: "nor a port in mode host", services: []*svc{service("front", "21300:3000").scaled(3).with(swarm)}, change: func(p *Project) {
			p.Services[0].Bindings[0].HostMode = true
		}, want: `
error certain 5: 3 replicas on 21300/tcp
  why: that is one host port; replica 2 cannot start
  unsafe: publish a pool of 3 host ports: 21300-21302
    - "21300-21302:3000"
`},
		{name: "varies", services: []*svc{service("a", "8080:80").scaled(2).net(Network{Varies: "gateway mode routed"})}, want: `
error possible 5: "a" has 2 replicas on 8080/tcp
  why: that is one host port; replica 2 cannot start
  possible: whether the engine binds them depends on its version: gateway mode routed
  unsafe: publish a pool of 2 host ports: 8080-8081
    - "8080-8081:80"
`},
		{name: "no host port", services: []*svc{service("a", "80").scaled(9)}},
		{name: "pool that fits", services: []*svc{service("a", "8080-8081:80").scaled(2)}},
		{name: "unknown", services: []*svc{service("a", "${P}:80").scaled(2)}},
		{name: "one replica", services: []*svc{service("a", "8080:80")}},
		{name: "profile off", services: []*svc{service("a", "8080:80").scaled(2).off()}},
		{name: "host network", services: []*svc{service("a", "8080:80").scaled(2).net(Network{Publishing: Ignored})}},
	})
}
