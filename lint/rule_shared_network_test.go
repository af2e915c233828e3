package lint

import "testing"

func TestRuleSharedNetwork(t *testing.T) {
	ab := []*svc{service("a").onNetworks("n"), service("b").onNetworks("n")}
	variable := func(p *Project) {
		networks("n as=x")(p)
		p.Networks[0].Name.Var, p.Networks[0].Name.From = "NET", Origin{Kind: FromDefault}
	}
	checkRule(t, "shared-network", []ruleCase{
		{name: "a name", services: ab, change: networks("n as=x"), want: `
info certain 1: network "n" is shared
  why: it is "x" in every checkout, a second one joins it, and "a" and "b" then mean the services of either
  manual: leave ` + "`name`" + ` out, and each project has a network of its own
`},
		{name: "external", services: ab[:1], change: networks("n external"), want: `
info certain 1: network "n" is external
  why: a second checkout joins it too, and "a" then means either service
  manual: give the services aliases of their own there, or leave those out that need not be on it
`},
		{name: "its own", services: ab, change: networks("n")},
		{name: "a variable", services: ab, change: variable},
		{name: "the engine's", services: ab, change: networks("n as=host external")},
		{name: "nobody is on it", services: []*svc{service("a")}, change: networks("n as=x")},
	})
}
