package lint

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestRuleUnusableAddress(t *testing.T) {
	const advice = "  manual: choose another address, or leave it out and reach the service by its name\n"
	checkRule(t, "unusable-address", []ruleCase{
		{name: "inside", services: servicesOn("a 10.1.0.5"), change: networks("n 10.1.0.0/24")},
		{name: "outside", services: servicesOn("a 10.2.0.5"), change: networks("n 10.1.0.0/24"), want: `
error certain 2: address 10.2.0.5 is in no subnet
  why: "n" has 10.1.0.0/24
` + advice},
		{name: "outside, with no replica", services: []*svc{servicesOn("a 10.2.0.5")[0].scaled(0)}, change: networks("n 10.1.0.0/24")},
		{name: "no subnet", services: servicesOn("a 10.2.0.5"), change: networks("n"), want: `
error certain 2: address 10.2.0.5 needs a subnet
  why: network "n" fixes none for IPv4
` + advice},
		{name: "no address", services: servicesOn("a fd00::5"), change: networks("n 10.1.0.0/24"), want: `
error certain 2: address fd00::5 of "a" is no IPv4 address
` + advice},
		{name: "a subnet that a variable gives", services: servicesOn("a 10.2.0.5"), change: func(p *Project) {
			networks("n 10.1.0.0/24")(p)
			p.Networks[0].Subnets[0].Subnet = Value{Written: "$NET", Var: "NET"}
		}},
		{name: "a plugin", services: servicesOn("a 10.2.0.5"), change: networks("n 10.1.0.0/24 weave")},
		{name: "external", services: servicesOn("a 10.2.0.5"), change: networks("n external as=x")},
		{name: "bits behind the prefix", services: servicesOn("a 10.1.0.5"), change: networks("n 10.1.0.9/24"), want: `
warning possible 1: this subnet can't be used
  why: it has bits behind its prefix; engines from 25 on refuse it
  manual: write 10.1.0.0/24, which older engines make of it
`},
		{name: "no subnet at all", services: servicesOn("a"), change: networks("n 10.1.0.0/33"), want: `
error certain 1: subnet 10.1.0.0/33 can't be used
  why: it is no subnet
  manual: write an address and the length of its prefix, such as 10.5.0.0/24
`},
		{name: "two addresses", services: servicesOn("a"), change: networks("n 10.1.0.2/31"), want: `
warning possible 1: this subnet can't be used
  why: it leaves no address for the gateway; engines before 26 need one
  manual: choose a larger subnet
`},
		{name: "one address", services: servicesOn("a"), change: networks("n 10.1.0.2/32"), want: `
error certain 1: subnet 10.1.0.2/32 is too small
  why: free addresses 0, needed 1
  manual: choose a larger subnet, or leave ` + "`ipam`" + ` out and let the engine choose
warning possible 1: this subnet can't be used
  why: it leaves no address for the gateway; engines before 26 need one
  manual: choose a larger subnet
`},
		{name: "more containers than addresses", services: []*svc{servicesOn("a")[0].scaled(6)}, change: networks("n 10.1.0.8/29"), want: `
error certain 1: subnet 10.1.0.8/29 is too small
  why: free addresses 5, needed 6
  manual: choose a larger subnet, or leave ` + "`ipam`" + ` out and let the engine choose
`},
		{name: "as many containers as addresses", services: []*svc{servicesOn("a")[0].scaled(5)}, change: networks("n 10.1.0.8/29")},
		{name: "more containers than addresses in ip_range", services: servicesOn("a"), change: networks("n 10.1.0.0/24 in=10.1.0.2/32"), want: `
error certain 1: ip_range 10.1.0.2/32 is too small
  why: free addresses 0, needed 1
  manual: choose a larger ip_range, or leave it out
`},
		{name: "two subnets of a bridge", services: servicesOn("a"), change: func(p *Project) {
			networks("n 10.1.0.0/24")(p)
			p.Networks[0].Subnets = append(p.Networks[0].Subnets, Subnet{Subnet: literal("10.2.0.0/24")})
		}, want: `
error certain 1: network "n" has the subnets 10.1.0.0/24 and 10.2.0.0/24
  why: a bridge has one of each family
  manual: keep one of the two, or make two networks of them
`},
		{name: "an address where engines may choose the subnet", services: servicesOn("a 172.18.0.5"), change: networks("n"), want: `
warning possible 2: address 172.18.0.5 needs a subnet
  why: network "n" fixes none for IPv4
  possible: engines from 29 on take it if they happen to choose one around it
` + advice},
		{name: "a gateway outside", services: servicesOn("a 10.1.0.5"), change: networks("n 10.1.0.0/24 gw=10.1.1.1"), want: `
error certain 1: gateway 10.1.1.1 can't be used
  why: it is outside of its subnet
  manual: choose an address of the subnet, or leave the gateway out
`},
	})
}

// TestUnusableAddress: what an engine and its networks mean for the addresses of a project.
func TestUnusableAddress(t *testing.T) {
	for _, c := range []struct {
		name, network string
		on            *machine
		want          string
		verdict       Verdict
	}{
		{"outside of an external network", "n external as=x", docker("29.0.1").network("x 10.2.0.0/24"),
			`error certain: address 10.1.0.5 is in no subnet | why: "n" has 10.2.0.0/24`, VerdictRefused},
		{"inside of an external network", "n external as=x", docker("29.0.1").network("x 10.1.0.0/24"), "", VerdictClear},
		{"inside of one that the engine seems to have chosen", "n external as=x", docker("28.5.1").network("x 10.1.0.0/24").with(func(m *machine) {
			m.Engine.AddressPools = []AddressPool{{Base: netip.MustParsePrefix("10.1.0.0/16"), Size: 24}}
			m.Networks[0].Reserved = []netip.Addr{netip.MustParseAddr("10.1.0.1")}
		}), `warning possible: address 10.1.0.5 of "a" is in a subnet that the engine seems to have chosen for network "n" | why: engines before 29 give no fixed address there`, VerdictPossible},
		{"inside of one of the same size that somebody chose", "n external as=x", docker("28.5.1").network("x 10.1.0.0/24").with(func(m *machine) {
			m.Engine.AddressPools = []AddressPool{{Base: netip.MustParsePrefix("10.1.0.0/16"), Size: 24}}
		}), "", VerdictClear},
		{"outside of the one that is used instead", "n 10.1.0.0/24 as=x", docker("29.0.1").network("x 10.2.0.0/24"),
			`error certain: address 10.1.0.5 is in no subnet | why: "n" has 10.2.0.0/24`, VerdictRefused},
		{"IPv6 that an old engine ignores", "n 10.1.0.0/24 six", docker("24.0.7"), "", VerdictClear},
		{"IPv6 in a subnet without IPv6, on 28", "n 10.1.0.0/24 six unused", docker("28.5.2"), "", VerdictClear},
		{"IPv6 in a subnet without IPv6, on 29", "n 10.1.0.0/24 six unused", docker("29.0.1"), `error certain: address fd00::5 needs a subnet | why: network "n" fixes none for IPv6`, VerdictRefused},
		{"IPv6 that a new engine refuses", "n 10.1.0.0/24 six", docker("25.0.0"), `error certain: address fd00::5 needs a subnet | why: network "n" fixes none for IPv6`, VerdictRefused},
		{"bits that an old engine ignores", "n 10.1.0.9/24", docker("24.0.7"), "", VerdictClear},
		{"bits that a new engine refuses", "n 10.1.0.9/24", docker("25.0.0"), `error certain: subnet 10.1.0.9/24 can't be used | why: it has bits behind its prefix; engines from 25 on refuse it`, VerdictRefused},
		{"the subnet is another by now", "n 10.2.0.0/24", docker("29.0.1").runs(Container{Name: "p-a-1", State: "exited", Project: "p", Service: "a", Networks: []string{"p_n"}}).network("p_n 10.1.0.0/24 of=p/n"),
			`warning possible: address 10.1.0.5 is in no subnet | why: "n" has 10.2.0.0/24 | possible: a container that this ` + "`up`" + ` makes anew does not start`, VerdictPossible},
		{"the subnet of a running one is another by now", "n 10.2.0.0/24", docker("29.0.1").runs(Container{Name: "p-a-1", State: "running", Project: "p", Service: "a", Networks: []string{"p_n"}}).network("p_n 10.1.0.0/24 of=p/n"),
			"", VerdictClear},
		{"ip_range outside, on Podman", "n 10.1.0.0/24 in=10.2.0.0/25", podman("4.3.1"),
			`error certain: ip_range 10.2.0.0/25 can't be used | why: it is outside of its subnet`, VerdictRefused},
		{"the subnet's own address as the gateway, on Podman", "n 10.1.0.0/24 gw=10.1.0.0", podman("4.3.1"), "", VerdictClear},
		{"the same on a Podman that asks again", "n 10.2.0.0/24", podman("4.3.1").runs(Container{Name: "p-a-1", State: "running", Project: "p", Service: "a", Networks: []string{"p_n"}}).network("p_n 10.1.0.0/24 of=p/n"),
			`error certain: address 10.1.0.5 is in no subnet | why: "n" has 10.2.0.0/24`, VerdictRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(servicesOn("a 10.1.0.5")...)
			definition, unused := strings.CutSuffix(c.network, " unused")
			definition, six := strings.CutSuffix(definition, " six")
			networks(definition)(p)
			if unused {
				p.Networks[0].Subnets = append(p.Networks[0].Subnets, Subnet{Subnet: literal("fd00::/64")})
			}
			if six {
				p.Services[0].Networks[0].IPv6 = literal("fd00::5")
			}
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host}).Findings {
				if f.Rule == "unusable-address" {
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, withNotes(f))
				}
			}
			if verdict := VerdictOf([]*Project{p}, &c.on.Host, UpOptions{}, nil); got != c.want || verdict != c.verdict {
				t.Errorf("%s: %s\nwant %s: %s", verdict, got, c.verdict, c.want)
			}
		})
	}
}

// TestPodmanRoom: how many containers that ask for no address get one on a network of Podman's, which gives neither the first and the last address of a
// subnet nor its gateway, and of an `ip_range` not the first.
func TestPodmanRoom(t *testing.T) {
	for network, most := range map[string]int{
		"10.1.0.8/29":                 5,
		"10.1.0.4/30":                 1,
		"10.1.0.4/30 internal":        2,
		"10.1.0.2/31":                 0,
		"10.1.0.2/32":                 0,
		"10.1.0.0/24 in=10.1.0.8/29":  7,
		"10.1.0.0/24 in=10.1.0.4/31":  1,
		"10.1.0.0/24 in=10.1.0.2/32":  1,
		"10.1.0.0/24 in=10.1.0.0/30":  2,
		"fd00::4/126 ipv6":            2,
		"fd00::2/127 ipv6":            0,
		"fd00::2/127 ipv6 gw=fd00::2": 1,
	} {
		for n := range most + 2 {
			p := project(servicesOn("a")[0].scaled(n))
			networks("n " + network)(p)
			want := VerdictClear
			if n > most {
				want = VerdictRefused
			}
			if got := VerdictOf([]*Project{p}, podman("5.4.2").asked(UpOptions{}, p), UpOptions{}, nil); got != want {
				t.Errorf("%d on %s: %s, want %s", n, network, got, want)
			}
		}
	}
}
