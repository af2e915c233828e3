package lint

import "testing"

func TestRuleStalePortReference(t *testing.T) {
	mentions := func(ports ...uint16) func(*Project) {
		return func(p *Project) {
			for i, port := range ports {
				p.Mentions = append(p.Mentions, Mention{Span: Span{"/p/.env", 10 * i, 10*i + 4}, Port: port, Kind: "URL"})
			}
		}
	}
	checkRule(t, "stale-port-reference", []ruleCase{
		{name: "one", services: []*svc{service("web", "8080:80")}, change: mentions(8080), want: `
info possible 5: 8080/tcp cannot move alone
  possible: 1 other place names it and stays behind
`},
		{name: "three, two of ours", services: []*svc{service("web", "${P:-8080}:80")}, change: mentions(8080, 9090, 8080), want: `
info possible 5: 8080/tcp cannot move alone
  possible: 2 other places name it and stay behind
`},
		{name: "in a range", services: []*svc{service("web", "8080-8082:80-82")}, change: mentions(8081), want: `
info possible 5: 8080-8082/tcp cannot move alone
  possible: 1 other place names it and stays behind
`},
		{name: "what follows the variable", services: []*svc{service("web", "${P:-8080}:80", "8081:81")}, change: func(p *Project) {
			p.Mentions = []Mention{{Span: Span{"/p/.env", 0, 4}, Port: 8080, Kind: "URL", Var: "P"},
				{Span: Span{"/p/.env", 10, 14}, Port: 8081, Kind: "URL", Var: "P"}}
		}, want: `
info possible 6: 8081/tcp cannot move alone
  possible: 1 other place names it and stays behind
`},
		{name: "none", services: []*svc{service("web", "8080:80")}, change: mentions(80)},
		{name: "value of .env", services: []*svc{service("web", "P=8080 ${P}:80")}, change: mentions(8080)},
	})
}
