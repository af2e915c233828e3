package lint

import "testing"

// project2 is a project of another directory, with the networks of the list, all of which its service is on.
func project2(list ...string) *Project {
	s := service("x")
	p := projectIn("/q", s)
	networks(list...)(p)
	for i := range p.Networks {
		n := &p.Networks[i]
		for j := range n.Subnets {
			n.Subnets[j].Subnet.Span.File = "/q/networks.yaml"
		}
		p.Services[0].Networks = append(p.Services[0].Networks, Attachment{Network: n.Key})
	}
	return p
}

func TestRuleFixedSubnet(t *testing.T) {
	on := []*svc{service("a").onNetworks("n")}
	const help = "  manual: write ${N_SUBNET:-10.1.0} in the place of 10.1.0, in the subnet and in each address in it; 10.1.0.0/24 is not a plain text; " +
		"or leave `ipam` and the addresses in it out, and let the engine choose\n"
	variable := func(p *Project) {
		networks("n 10.1.0.0/24")(p)
		v := &p.Networks[0].Subnets[0].Subnet
		v.Var, v.From, v.Written = "NET", Origin{Kind: FromDefault}, "${NET:-10.1.0}.0/24"
	}
	checkRule(t, "fixed-subnet", []ruleCase{
		{name: "literal", services: on, change: networks("n 10.1.0.0/24"), want: `
info certain 1: subnet 10.1.0.0/24 is fixed
  why: a second checkout cannot start beside this one
` + help},
		{name: "of a service that is off", services: []*svc{service("a").onNetworks("n").in("p")}, change: networks("n 10.1.0.0/24"), want: `
info certain 1: subnet 10.1.0.0/24 is fixed
  why: a second checkout cannot start beside this one
` + help},
		{name: "nobody is on it", services: []*svc{service("a").onNetworks("m")}, change: networks("m", "n 10.1.0.0/24")},
		{name: "no subnet", services: on, change: networks("n")},
		{name: "a variable", services: on, change: variable},
		{name: "one network for all checkouts", services: on, change: networks("n 10.1.0.0/24 as=x")},
		{name: "external", services: on, change: networks("n 10.1.0.0/24 external")},
	})
}

// TestFixedSubnetElsewhere: projects that are read together need not run together, but it is said where they can't.
func TestFixedSubnetElsewhere(t *testing.T) {
	p := project(service("a").onNetworks("n"))
	networks("n 10.1.0.0/24")(p)
	got := found(t, "fixed-subnet", p, project2("m 10.1.0.0/16", "o 10.2.0.0/16", "s 10.1.0.0/24 as=x"))
	if len(got) != 3 || len(got[0].Related) != 1 || got[0].Related[0].Message != `subnet 10.1.0.0/16 of network "m" in project "q" overlaps with it` {
		t.Errorf("%+v", got)
	}
}
