package lint

import "testing"

func TestRuleUnsetPortVariable(t *testing.T) {
	checkRule(t, "unset-port-variable", []ruleCase{
		{name: "a variable without a value", services: []*svc{service("web", "${WEB_PORT}:3000")}, want: `
warning possible 5: ${WEB_PORT} has no value
  possible: nothing gives ${WEB_PORT} a value; the engine would pick a random host port for "web"
  unsafe: write ${WEB_PORT:-3000}
    - "${WEB_PORT:-3000}:3000"
`},
		{name: "bare dollar", services: []*svc{service("web", "$WEB_PORT:3000")}, want: `
warning possible 5: ${WEB_PORT} has no value
  possible: nothing gives ${WEB_PORT} a value; the engine would pick a random host port for "web"
  unsafe: write ${WEB_PORT:-3000}
    - "${WEB_PORT:-3000}:3000"
`},
		{name: "flow", services: []*svc{service("web", "flow $WEB_PORT:3000")}, want: `
warning possible 5: ${WEB_PORT} has no value
  possible: nothing gives ${WEB_PORT} a value; the engine would pick a random host port for "web"
  unsafe: write ${WEB_PORT:-3000}
    - "${WEB_PORT:-3000}:3000"
`},
		{name: "the container port is used", services: []*svc{service("api", "80:80"), service("web", "${WEB_PORT}:80")}, want: `
warning possible 9: ${WEB_PORT} has no value
  possible: nothing gives ${WEB_PORT} a value; the engine would pick a random host port for "web"
  unsafe: write ${WEB_PORT:-8080}
    - "${WEB_PORT:-8080}:80"
`},
		{name: "range", services: []*svc{service("redis", "${RANGE}:7001-7005")}, want: `
warning possible 5: ${RANGE} has no value
  possible: nothing gives ${RANGE} a value; the engine would pick a random host port for "redis"
  unsafe: write ${RANGE:-7001-7005}
    - "${RANGE:-7001-7005}:7001-7005"
`},
		{name: "unknown container port", services: []*svc{service("web", "${P}:${P}")}, want: `
warning possible 5: ${P} has no value
  possible: nothing gives ${P} a value; the engine would pick a random host port for "web"
  manual: give P a default or a value in .env
`},
		{name: "Compose refuses the empty text", services: []*svc{service("web", "${P}:${P}")}, change: func(p *Project) {
			b := &p.Services[0].Bindings[0]
			b.Unset, b.Refusal = []string{"P"}, "no port specified"
		}, want: `
warning possible 5: ${P} has no value
  possible: without a value docker compose refuses this port of "web": no port specified
  manual: give P a default or a value in .env
`},
		{name: "only the container port is empty", services: []*svc{service("web", "80:${P}")}, change: func(p *Project) {
			b := &p.Services[0].Bindings[0]
			b.Unset, b.Refusal = []string{"P"}, "no port specified"
		}, want: `
warning possible 5: ${P} has no value
  possible: without a value docker compose refuses this port of "web": no port specified
  manual: give P a default or a value in .env
`},
		{name: "an address and a port without a colon", services: []*svc{service("web", "${IP:-}${P:-9000}:80")}, want: `
info possible 5: ${IP:-} runs into the port
  possible: ${IP:-} and ${P:-9000} of "web" stand side by side: a value of IP must end with a colon
  manual: write a colon between the two, and a default for the address: ${IP:-0.0.0.0}:${P:-9000}
`},
		{name: "a colon that comes with the address", services: []*svc{service("web", "${IP:+1.1.1.1}${P:-9000}:80")}},
		{name: "digits before a port", services: []*svc{service("web", "${SLOT:-}${P:-9000}:80")}},
		{name: "empty default", services: []*svc{service("web", "${P:-}:80")}, change: func(p *Project) {
			p.Services[0].Bindings[0].From.Kind = Unset
		}, want: `
warning possible 5: ${P} has no value
  possible: nothing gives ${P} a value; the engine would pick a random host port for "web"
  manual: give P a default or a value in .env
`},
		{name: "a part of the port", services: []*svc{service("web", "80${J}:90", "${A}${B}:91", "${A}-${B}:92")}, change: func(p *Project) {
			for i := range p.Services[0].Bindings {
				b := &p.Services[0].Bindings[i]
				b.Var, b.From, b.Unknown, b.First, b.Last = "J", Origin{Kind: Unset}, true, 0, 0
			}
		}},
		{name: "demanded", services: []*svc{service("web", "${WEB_PORT:?say where}:3000", "${API_PORT?}:4000")}},
		{name: "default", services: []*svc{service("web", "${WEB_PORT:-3000}:3000")}},
		{name: "value", services: []*svc{service("web", "WEB_PORT=1 ${WEB_PORT}:3000")}},
		{name: "no host port", services: []*svc{service("web", "3000")}},
	})
}
