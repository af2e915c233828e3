package lint

import "testing"

func TestRuleOneVariableBothSides(t *testing.T) {
	checkRule(t, "one-variable-both-sides", []ruleCase{
		{name: "unset", services: []*svc{service("web", "${PORT}:${PORT}")}, want: `
info certain 5: ${PORT} moves both ports
  why: it is both the host port and the container port of "web"; moving the one moves the other
  safe: write ${WEB_PORT:-${PORT}} on the host side
    - "${WEB_PORT:-${PORT}}:${PORT}"
`},
		{name: "defaults", services: []*svc{service("web", "${PORT:-3000}:${PORT:-3000}")}, want: `
info certain 5: ${PORT} moves both ports
  why: it is both the host port and the container port of "web"; moving the one moves the other
  safe: write ${WEB_PORT:-${PORT:-3000}} on the host side
    - "${WEB_PORT:-${PORT:-3000}}:${PORT:-3000}"
`},
		{name: "plain in flow", services: []*svc{service("web", "flow $PORT:$PORT")}, want: `
info certain 5: ${PORT} moves both ports
  why: it is both the host port and the container port of "web"; moving the one moves the other
  safe: write ${WEB_PORT:-$PORT} on the host side
    - "${WEB_PORT:-$PORT}:$PORT"
`},
		{name: "one for the whole item", services: []*svc{service("web", "8088:88")}, change: func(p *Project) {
			b := &p.Services[0].Bindings[0] // "${WHOLE:-8088:88}"
			b.Var, b.TargetVar, b.From = "WHOLE", "WHOLE", Origin{Kind: FromDefault}
		}},
		{name: "two variables", services: []*svc{service("web", "${A:-1}:${B:-2}")}},
		{name: "literal", services: []*svc{service("web", "80:${PORT:-80}", "8080:8080")}},
	})
}
