package lint

import "testing"

func TestRuleFixedPort(t *testing.T) {
	checkRule(t, "fixed-port", []ruleCase{
		{name: "one", services: []*svc{service("web", "8080:80")}, want: `
info certain 5: 8080/tcp of "web" is fixed
  why: moving it means editing this file
  safe: write ${WEB_PORT:-8080}
    - "${WEB_PORT:-8080}:80"
`},
		{name: "styles", services: []*svc{service("web", "plain 127.0.0.1:8080:80/tcp", "flow 8081:81", "long 8082:82")}, want: `
info certain 5: 127.0.0.1:8080/tcp of "web" is fixed
  why: moving it means editing this file
  safe: write ${WEB_PORT:-8080}
    - 127.0.0.1:${WEB_PORT:-8080}:80/tcp
info certain 6: 8081/tcp of "web" is fixed
  why: moving it means editing this file
  safe: write ${WEB_81_PORT:-8081}
    - "${WEB_81_PORT:-8081}:81"
info certain 8: 8082/tcp of "web" is fixed
  why: moving it means editing this file
  safe: write ${WEB_82_PORT:-8082}
    published: "${WEB_82_PORT:-8082}"
`},
		{name: "range", services: []*svc{service("turn", "3478:3478/udp", "50000-50200:50000-50200/udp")}, want: `
info certain 5: 3478/udp of "turn" is fixed
  why: moving it means editing this file
  safe: write ${TURN_PORT:-3478}
    - "${TURN_PORT:-3478}:3478/udp"
info certain 6: 50000-50200/udp of "turn" is fixed
  why: moving it means editing this file
  safe: write ${TURN_PORT_RANGE:-50000-50200}
    - "${TURN_PORT_RANGE:-50000-50200}:50000-50200/udp"
`},
		{name: "pool", services: []*svc{service("web", "8080-8090:80")}, want: `
info certain 5: 8080-8090/tcp of "web" is fixed
  why: moving it means editing this file
  safe: write ${WEB_PORT_RANGE:-8080-8090}
    - "${WEB_PORT_RANGE:-8080-8090}:80"
`},
		{name: "roles", services: []*svc{service("rabbitmq", "5672:5672", "15672:15672")}, want: `
info certain 5: 5672/tcp of "rabbitmq" is fixed
  why: moving it means editing this file
  safe: write ${RABBITMQ_PORT:-5672}
    - "${RABBITMQ_PORT:-5672}:5672"
info certain 6: 15672/tcp of "rabbitmq" is fixed
  why: moving it means editing this file
  safe: write ${RABBITMQ_MANAGEMENT_PORT:-15672}
    - "${RABBITMQ_MANAGEMENT_PORT:-15672}:15672"
`},
		{name: "dns", services: []*svc{service("dns", "53:53/tcp", "53:53/udp")}, want: `
info certain 5: 53/tcp of "dns" is fixed
  why: moving it means editing this file
  safe: write ${DNS_PORT:-53}
    - "${DNS_PORT:-53}:53/tcp"
info certain 6: 53/udp of "dns" is fixed
  why: moving it means editing this file
  safe: write ${DNS_PORT:-53}
    - "${DNS_PORT:-53}:53/udp"
`},
		{name: "extends gives one", services: []*svc{service("a"), service("base", "8080:80")}, change: func(p *Project) {
			b := p.Service("base").Bindings[0]
			b.Service = "a"
			p.Service("a").Bindings = []Binding{b}
		}, want: `
info certain 7: 8080/tcp of "base" is fixed
  why: moving it means editing this file
  safe: write ${BASE_PORT:-8080}
    - "${BASE_PORT:-8080}:80"
`},
		{name: "profile off", services: []*svc{service("a", "8080:80").off()}, want: `
info certain 5: 8080/tcp of "a" is fixed
  why: moving it means editing this file
  safe: write ${A_PORT:-8080}
    - "${A_PORT:-8080}:80"
`},
		{name: "variables", services: []*svc{service("web", "${P:-8080}:80", "${Q}:80", "R=1 ${R}:80")}},
		{name: "no host port", services: []*svc{service("web", "80", "0:81")}},
		{name: "place not known", services: []*svc{service("web", "8080:80")}, change: func(p *Project) { p.Services[0].Bindings[0].Port = Span{} }},
		{name: "host network", services: []*svc{service("web", "8080:80").net(Network{Publishing: Ignored})}},
	})
}
