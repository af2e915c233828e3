package lint

import "testing"

func TestRuleDuplicatePort(t *testing.T) {
	checkRule(t, "duplicate-port", []ruleCase{
		{name: "two services", services: []*svc{service("api", "8080:80"), service("web", "8080:80")}, want: `
error certain 9: "api" and "web" both want 8080/tcp
  why: the second container cannot start
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "one has ended before", services: []*svc{service("api", "8080:80"), service("web", "8080:80").afterEnd("api")}},
		{name: "one has ended long before", services: []*svc{service("api", "8080:80"), service("db").afterEnd("api"), service("web", "8080:80").after("db")}},
		{name: "one has ended before of three", services: []*svc{service("api", "8080:80"), service("db", "8080:80").afterEnd("api"), service("web", "8080:80").afterEnd("api")}, want: `
error certain 13: "db" and "web" both want 8080/tcp
  why: the second container cannot start
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "a pool beside one that has ended before", services: []*svc{service("api", "8080:80"), service("web", "8080-8081:80").scaled(2).afterEnd("api")}},
		{name: "different container ports", services: []*svc{service("phpmyadmin", "8080:80"), service("rabbitmq", "8080:15672")}, want: `
error certain 9: 8080/tcp is published twice
  why: the second container cannot start
  unsafe: publish "rabbitmq" on host port 8081
    - "${RABBITMQ_PORT:-8081}:15672"
`},
		{name: "three services", services: []*svc{service("apache2", "80:80"), service("caddy", "80:80"), service("nginx", "80:80")}, want: `
error certain 9: 80/tcp is published by 3 services
  why: of "apache2", "caddy" and "nginx" not all can start
  unsafe: publish "caddy" on host port 8080 and "nginx" on host port 8081
    - "${CADDY_PORT:-8080}:80"
    - "${NGINX_PORT:-8081}:80"
`},
		{name: "plain and flow keep their style", services: []*svc{service("a", "80:80"), service("b", "plain 80:80"), service("c", "flow 80:80"), service("d", "long 80:80")}, want: `
error certain 9: 80/tcp is published by 4 services
  why: of "a", "b", "c" and "d" not all can start
  unsafe: publish "b" on host port 8080, "c" on host port 8081 and "d" on host port 8082
    - ${B_PORT:-8080}:80
    - "${C_PORT:-8081}:80"
    published: "${D_PORT:-8082}"
`},
		{name: "address in flow", services: []*svc{service("a", "80:80"), service("b", "flow 127.0.0.1:80:80")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: 80/tcp of "a" and 127.0.0.1:80/tcp of "b" overlap; the second container cannot start
  unsafe: publish "b" on host port 8080
    - "127.0.0.1:${B_PORT:-8080}:80"
`},
		{name: "a range on both sides", services: []*svc{service("a", "5000-5150:5000-5150"), service("b", "5000-5150:5000-5150")}, want: `
error certain 9: "a" and "b" both want 5000-5150/tcp
  why: the second container cannot start
  unsafe: publish "b" on host ports 5151-5301
    - "${B_PORT_RANGE:-5151-5301}:5000-5150"
`},
		{name: "a range and a port", services: []*svc{service("cassandra", "7000:7000"), service("redis", "7000-7005:7000-7005")}, want: `
error certain 9: 7000/tcp is published twice
  why: the second container cannot start
  unsafe: publish "redis" on host ports 7006-7011
    - "${REDIS_PORT_RANGE:-7006-7011}:7000-7005"
`},
		{name: "defaults are equal", services: []*svc{service("a", "${A_PORT:-80}:80"), service("b", "${B_PORT:-80}:80")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  unsafe: publish "b" on host port 8080
    - "${B_PORT:-8080}:80"
`},
		{name: "one variable for two", services: []*svc{service("a", "${P:-80}:80"), service("b", "${P:-80}:81")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  unsafe: publish "b" on host port 8080
    - "${B_PORT:-8080}:81"
`},
		{name: "value of .env", services: []*svc{service("a", "80:80"), service("b", "B_PORT=80 ${B_PORT:-81}:80")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  manual: set B_PORT=8080 in .env
`},
		{name: "value of an example", services: []*svc{service("a", "80:80"), service("b", "example B_PORT=80 ${B_PORT:-81}:80")}, want: `
error possible 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  possible: with the values of .env.example
  manual: set B_PORT=8080 in .env
`},
		{name: "wildcard beside address", services: []*svc{service("web", "8080:80", "127.0.0.1:8080:80")}, want: `
error certain 6: "web" publishes 8080/tcp twice
  why: 8080/tcp and 127.0.0.1:8080/tcp overlap; the container cannot start
  unsafe: delete the second of the two
    1 lines fewer
  unsafe: publish "web" on host port 8081
    - "127.0.0.1:${WEB_PORT_2:-8081}:80"
`},
		{name: "unspecified beside all IPv6", services: []*svc{service("web", "8080:80", "[::]:8080:80")}, want: `
error certain 6: "web" publishes 8080/tcp twice
  why: 8080/tcp and [::]:8080/tcp overlap; the container cannot start
  unsafe: delete the second of the two
    1 lines fewer
  unsafe: publish "web" on host port 8081
    - "[::]:${WEB_PORT_2:-8081}:80"
`},
		{name: "mapped address", services: []*svc{service("a", "[::ffff:127.0.0.1]:8080:80"), service("b", "127.0.0.1:8080:80")}, want: `
error certain 9: "a" and "b" both want 8080/tcp
  why: [::ffff:127.0.0.1]:8080/tcp of "a" and 127.0.0.1:8080/tcp of "b" overlap; the second container cannot start
  unsafe: publish "b" on host port 8081
    - "127.0.0.1:${B_PORT:-8081}:80"
`},
		{name: "short and long", services: []*svc{service("web", "8080:80", "long 8080:80")}, want: `
error certain 7: "web" publishes 8080/tcp twice
  why: Compose takes the short and the long form for two ports; the container cannot start
  safe: delete the second of the two
    2 lines fewer
`},
		{name: "three times in one service", services: []*svc{service("a", "8080:80", "long 8080:80", "0.0.0.0:8080:80")}, want: `
error certain 7: 8080/tcp is published 3 times by "a"
  why: the container cannot start
  unsafe: delete all but the first
    3 lines fewer
  unsafe: publish "a" on host ports 8081 and 8082
    published: "${A_PORT_2:-8081}"
    - "0.0.0.0:${A_PORT_3:-8082}:80"
`},
		{name: "repeats and others in one service", services: []*svc{service("a", "8080:80", "127.0.0.1:8080:80", "[::1]:8080:82")}, want: `
error certain 6: 8080/tcp is published 3 times by "a"
  why: the container cannot start
  unsafe: delete what repeats the first, and publish "a" on host port 8081
    1 lines fewer
`},
		{name: "only what meets an earlier one moves", services: []*svc{service("b", "127.0.0.1:8080:80", "[::1]:8080:80"), service("c", "8080:80")}, want: `
error certain 10: "b" and "c" both want 8080/tcp
  why: not all of them can start
  unsafe: publish "c" on host port 8081
    - "${C_PORT:-8081}:80"
`},
		{name: "one port on two addresses moves as one", services: []*svc{service("a", "8080:80"), service("b", "127.0.0.1:8080:80", "[::1]:8080:80")}, want: `
error certain 9: "a" and "b" both want 8080/tcp
  why: not all of them can start
  unsafe: publish "b" on host port 8081
    - "127.0.0.1:${B_PORT:-8081}:80"
    - "[::1]:${B_PORT:-8081}:80"
`},
		{name: "what can be moved, and the rest by hand", services: []*svc{service("a", "${A_PORT:-8080}:80"),
			service("b", "B_PORT=8080 ${B_PORT}:80", "C_PORT=8080 ${C_PORT}:81", "C_PORT=8080 ${C_PORT}:82")}, want: `
error certain 9: "a" and "b" both want 8080/tcp
  why: not all of them can start
  unsafe: publish "b" on host port 8083
    - "${B_82_PORT:-8083}:82"
  manual: set B_PORT=8081 in .env and set C_PORT=8082 in .env
`},
		{name: "a repeat that is alone in its list", services: []*svc{service("a", "8080:80", "@1 long 8080:80")}, want: `
error certain 5: "a" publishes 8080/tcp twice
  why: Compose takes the short and the long form for two ports; the container cannot start
  manual: delete one of the two
`},
		{name: "all of a list are repeats", services: []*svc{service("a", "8080:80", "@1 long 8080:80", "@1 0.0.0.0:8080:80")}, want: `
error certain 5: 8080/tcp is published 3 times by "a"
  why: the container cannot start
  manual: delete all but one of them
  unsafe: publish "a" on host ports 8081 and 8082
    published: "${A_PORT_2:-8081}"
    - "0.0.0.0:${A_PORT_3:-8082}:80"
`},
		{name: "the wider one comes later", services: []*svc{service("web", "127.0.0.1:8080:80", "8080:80")}, want: `
error certain 6: "web" publishes 8080/tcp twice
  why: 127.0.0.1:8080/tcp and 8080/tcp overlap; the container cannot start
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT_2:-8081}:80"
`},
		{name: "two protocols move together", services: []*svc{service("a", "53:53", "53:53/udp"), service("b", "53:53", "53:53/udp")}, want: `
error certain 10: "a" and "b" both want 53/tcp
  why: the second container cannot start
  unsafe: publish "b" on host port 8053
    - "${B_PORT:-8053}:53"
    - "${B_PORT:-8053}:53/udp"
error certain 11: "a" and "b" both want 53/udp
  why: the second container cannot start
  unsafe: publish "b" on host port 8053
    - "${B_PORT:-8053}:53"
    - "${B_PORT:-8053}:53/udp"
`},
		{name: "the other protocol moves along", services: []*svc{service("c", "443:8443"), service("web", "443:443", "443:443/udp")}, want: `
error certain 9: "c" and "web" both want 443/tcp
  why: the second container cannot start
  unsafe: publish "web" on host port 8443
    - "${WEB_PORT:-8443}:443"
    - "${WEB_PORT:-8443}:443/udp"
`},
		{name: "the other protocol of one variable moves along", services: []*svc{service("c", "443:8443"),
			service("web", "${W:-443}:443", "${W:-443}:443/udp")}, want: `
error certain 9: "c" and "web" both want 443/tcp
  why: the second container cannot start
  unsafe: publish "web" on host port 8443
    - "${W:-8443}:443"
    - "${W:-8443}:443/udp"
`},
		{name: "the other protocol with a variable of its own stays", services: []*svc{service("c", "443:8443"),
			service("web", "443:443", "${U:-443}:443/udp")}, want: `
error certain 9: "c" and "web" both want 443/tcp
  why: the second container cannot start
  unsafe: publish "web" on host port 8443
    - "${WEB_PORT:-8443}:443"
`},
		{name: "by hand, said once", services: []*svc{service("a", "${Q}:1", "8080:80", "127.0.0.1:8080:81", "[::1]:8080:82")}, change: func(p *Project) {
			for i := range p.Services[0].Bindings {
				p.Services[0].Bindings[i].Port = Span{}
			}
		}, want: `
error certain 7: 8080/tcp is published 3 times by "a"
  why: the container cannot start
  manual: give "a" other host ports, such as 8081 and 8082
`},
		{name: "one container, two targets", services: []*svc{service("web", "8080:80", "8080:81")}, want: `
error certain 6: "web" publishes 8080/tcp twice
  why: it is for container port 80 and for 81; the container cannot start
  unsafe: publish "web" on host port 8081
    - "${WEB_81_PORT:-8081}:81"
`},
		{name: "base and override", services: []*svc{service("web", "127.0.0.1:8000:80", "@1 0.0.0.0:8000:80")}, want: "error certain 4: \"web\" publishes 8000/tcp twice\n  why: 127.0.0.1:8000/tcp and 0.0.0.0:8000/tcp overlap; the container cannot start\n" +
			"  unsafe: replace the earlier ports with `ports: !override` (needs Compose 2.24.4)\n" +
			"    ports: !override\n" +
			"  unsafe: publish \"web\" on host port 8001\n" +
			"    - \"0.0.0.0:${WEB_PORT_2:-8001}:80\"\n"},
		{name: "udp in one container", services: []*svc{service("dns", "53:53/udp", "127.0.0.1:53:53/udp")}, want: `
error possible 6: "dns" publishes 53/udp twice
  why: 53/udp and 127.0.0.1:53/udp overlap; the container cannot start
  possible: only engine 28 lets it pass
  unsafe: delete the second of the two
    1 lines fewer
  unsafe: publish "dns" on host port 8053
    - "127.0.0.1:${DNS_PORT_2:-8053}:53/udp"
`},
		{name: "udp two targets in one container", services: []*svc{service("dns", "53:53/udp", "53:54/udp")}, want: `
error certain 6: "dns" publishes 53/udp twice
  why: it is for container port 53 and for 54; the container cannot start
  unsafe: publish "dns" on host port 8053
    - "${DNS_54_PORT:-8053}:54/udp"
`},
		{name: "udp across containers", services: []*svc{service("a", "0.0.0.0:53:53/udp"), service("b", "127.0.0.1:53:53/udp")}, want: `
error possible 9: "a" and "b" both want 53/udp
  why: 0.0.0.0:53/udp of "a" and 127.0.0.1:53/udp of "b" overlap; the second container cannot start
  possible: only engines 28.0 to 28.2 let it pass
  unsafe: publish "b" on host port 8053
    - "127.0.0.1:${B_PORT:-8053}:53/udp"
`},
		{name: "udp same address across containers", services: []*svc{service("a", "53:53/udp"), service("b", "0.0.0.0:53:53/udp")}, want: `
error certain 9: "a" and "b" both want 53/udp
  why: 53/udp of "a" and 0.0.0.0:53/udp of "b" overlap; the second container cannot start
  unsafe: publish "b" on host port 8053
    - "0.0.0.0:${B_PORT:-8053}:53/udp"
`},
		{name: "extends in one file", services: []*svc{service("a"), service("base", "8080:80")}, change: func(p *Project) {
			b := p.Service("base").Bindings[0]
			b.Service = "a"
			p.Service("a").Bindings = []Binding{b}
		}, want: "error certain 7: \"a\" and \"base\" both want 8080/tcp\n  why: the second container cannot start\n" +
			"  manual: write this item in one service only: \"base\" shares it through `extends` or an alias\n"},
		{name: "unknown value", services: []*svc{service("proxy", "${VARNISH_PORT}:${VARNISH_PORT}"), service("proxy2", "${VARNISH_PORT}:${VARNISH_PORT}")}, want: `
error possible 9: ${VARNISH_PORT}/tcp is published twice
  why: whatever value it has, the second container cannot start
  possible: nothing gives the variable a value
  manual: give each its own variable
`},
		{name: "unknown value, three", services: []*svc{service("a", "${P}:1"), service("b", "${P}:1"), service("c", "${P}:1")}, want: `
error possible 9: ${P}/tcp is published by 3 services
  why: whatever value it has, only one of "a", "b" and "c" can start
  possible: nothing gives the variable a value
  manual: give each its own variable
`},
		{name: "unknown value in one service", services: []*svc{service("a", "${P}:1", "${P}:2")}, want: `
error possible 6: "a" publishes ${P}/tcp twice
  why: whatever value it has, the container cannot start
  possible: nothing gives the variable a value
  manual: give each its own variable
`},
		{name: "gateway mode varies", services: []*svc{service("a", "80:80"), service("b", "80:80").net(Network{Varies: "gateway mode routed"})}, want: `
error possible 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  possible: whether the engine binds them depends on its version: gateway mode routed
  unsafe: publish "b" on host port 8080
    - "${B_PORT:-8080}:80"
`},
		{name: "pool without room", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80"), service("c", "8081:80")}, want: `
error certain 9: 8080-8081/tcp is too small
  why: "a", "b" and "c" need 3 host ports in it; not all of them can start
  manual: give the pools ranges of their own
`},
		{name: "one pool on two addresses that meet", services: []*svc{service("a", "0.0.0.0:8080-8083:80", "127.0.0.1:8080-8083:80")}, want: `
error possible 6: container port 80 is published twice
  why: 0.0.0.0:8080-8083/tcp and 127.0.0.1:8080-8083/tcp overlap, and the engine takes one host port for both; the container cannot start
  possible: engines up to 26 may find a port for each
  manual: keep one of the two, or give them ranges of their own
`},
		{name: "one picked port on two addresses that meet", services: []*svc{service("a", "80", "127.0.0.1::80")}, want: `
error possible 6: container port 80 is published twice
  why: any port of all addresses and any port of 127.0.0.1 overlap, and the engine takes one host port for both; the container cannot start
  possible: engines up to 26 may find a port for each
  manual: keep one of the two, or give them ranges of their own
`},
		{name: "pools with replicas", services: []*svc{service("a", "8080-8082:80").scaled(2), service("b", "8080-8082:80").scaled(2)}, want: `
error certain 9: 8080-8082/tcp is too small
  why: "a" and "b" need 4 host ports in it; not all of them can start
  manual: give the pools ranges of their own
`},
		{name: "two crowds on one address", services: []*svc{service("d", "9000-9002:80").scaled(2), service("e", "9000-9002:80").scaled(2),
			service("p", "8100-8101:80"), service("q", "8100-8101:80"), service("r", "8100-8101:80")}, want: `
error certain 9: 9000-9002/tcp is too small
  why: "d" and "e" need 4 host ports in it; not all of them can start
  manual: give the pools ranges of their own
error certain 17: 8100-8101/tcp is too small
  why: "p", "q" and "r" need 3 host ports in it; not all of them can start
  manual: give the pools ranges of their own
`},
		{name: "pool on one address", services: []*svc{service("a", "127.0.0.1:8080-8081:80").scaled(2), service("b", "0.0.0.0:8080:80")}, want: `
error certain 9: 8080-8081/tcp is too small
  why: "a" and "b" need 3 host ports in it; not all of them can start
  manual: give the pools ranges of their own
`},
		{name: "network address", services: []*svc{service("a", "8080:80").net(Network{HostIP: "127.0.0.1"}), service("b", "127.0.0.1:8080:80")}, want: `
error certain 9: "a" and "b" both want 8080/tcp
  why: 8080/tcp of "a" and 127.0.0.1:8080/tcp of "b" overlap; the second container cannot start
  unsafe: publish "b" on host port 8081
    - "127.0.0.1:${B_PORT:-8081}:80"
`},
	})
}

func TestDuplicatePortSilent(t *testing.T) {
	checkRule(t, "duplicate-port", []ruleCase{
		{name: "tcp and udp", services: []*svc{service("a", "8080:80"), service("b", "8080:80/udp")}},
		{name: "dns shape", services: []*svc{service("dns", "53:53/tcp", "53:53/udp")}},
		{name: "families", services: []*svc{service("a", "0.0.0.0:8080:80", "[::]:8080:80")}},
		{name: "addresses", services: []*svc{service("a", "127.0.0.1:8080:80"), service("b", "127.0.0.2:8080:80")}},
		{name: "lan and loopback", services: []*svc{service("a", "127.0.0.1:80:80"), service("b", "192.168.1.2:80:80")}},
		{name: "profile off", services: []*svc{service("a", "8080:80").off(), service("b", "8080:80")}},
		{name: "no replicas", services: []*svc{service("a", "8080:80").scaled(0), service("b", "8080:80")}},
		{name: "container ports only", services: []*svc{service("a", "80"), service("b", "80"), service("c", "80", "0:80")}},
		{name: "internal network", services: []*svc{service("a", "8080:80").net(Network{Publishing: Ignored}), service("b", "8080:80")}},
		{name: "refused", services: []*svc{service("a", "8080:80").net(Network{Publishing: Refused}), service("b", "8080:80")}},
		{name: "network address", services: []*svc{service("a", "8080:80").net(Network{HostIP: "127.0.0.1"}), service("b", "127.0.0.2:8080:80")}},
		{name: "literal against unknown", services: []*svc{service("a", "${P}:80"), service("b", "80:80")}},
		{name: "unknown of two protocols", services: []*svc{service("a", "${P}:80", "${P}:80/udp")}},
		{name: "unknown range", services: []*svc{service("a", "${P}:7000-7005")}},
		{name: "different unknowns", services: []*svc{service("a", "${P}:80"), service("b", "${Q}:80")}},
		{name: "pool that fits", services: []*svc{service("a", "8080-8081:80").scaled(2)}},
		{name: "pools that fit", services: []*svc{service("a", "8080-8083:80").scaled(2), service("b", "8080-8083:80").scaled(2)}},
		{name: "pool beside fixed", services: []*svc{service("a", "8080-8081:80"), service("b", "8080:80")}},
		{name: "pool and its member in one service", services: []*svc{service("a", "8000-8002:80", "8001:80")}},
		{name: "pool too small for the replicas is another rule", services: []*svc{service("a", "8080-8081:80").scaled(3)}},
		{name: "pools on two addresses", services: []*svc{service("a", "127.0.0.1:80-81:80").scaled(2), service("b", "127.0.0.2:80-81:80").scaled(2)}},
	})
}
