package lint

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// servicesOn are services on the network "n" with those addresses, "a 10.1.0.5".
func servicesOn(list ...string) []*svc {
	var out []*svc
	for _, text := range list {
		var name, ip string
		_, _ = fmt.Sscan(text, &name, &ip) // some have no address
		out = append(out, service(name).onNetworks("n "+ip))
	}
	return out
}

func TestRuleAddressInUse(t *testing.T) {
	const advice = "  manual: choose another address, or leave it out and reach the service by its name\n"
	certain := func(message string) string { return "error certain 2: " + message + "\n" + advice }
	on := networks("n 10.1.0.0/24")
	checkRule(t, "address-in-use", []ruleCase{
		{name: "each has one", services: servicesOn("a 10.1.0.5", "b 10.1.0.6"), change: on},
		{name: "one for two", services: servicesOn("a 10.1.0.5", "b 10.1.0.5"), change: on, want: `
error certain 4: "a" and "b" have one address
  why: only one of them can have 10.1.0.5 on network "n"
` + advice},
		{name: "one for two of which one has ended before", services: []*svc{servicesOn("a 10.1.0.5")[0], servicesOn("b 10.1.0.5")[0].afterEnd("a")}, change: on},
		{name: "a service without one has ended before", services: []*svc{servicesOn("a")[0], servicesOn("b 10.1.0.2")[0].afterEnd("a")}, change: on},
		{name: "one for two of which one is off", services: []*svc{servicesOn("a 10.1.0.5")[0], servicesOn("b 10.1.0.5")[0].scaled(0)}, change: on},
		{name: "one for two replicas", services: []*svc{servicesOn("a 10.1.0.5")[0].scaled(2)}, change: on,
			want: certain(`"a" has 2 replicas and one address
  why: only one of them can have 10.1.0.5 on network "n"`)},
		{name: "the gateway", services: servicesOn("a 10.1.0.9"), change: networks("n 10.1.0.0/24 gw=10.1.0.9"), want: certain("no container gets 10.1.0.9\n  why: it is " + `the gateway of network "n"`)},
		{name: "the first beside a gateway", services: servicesOn("a 10.1.0.1"), change: networks("n 10.1.0.0/24 gw=10.1.0.9")},
		{name: "the first", services: servicesOn("a 10.1.0.1"), change: on, want: certain("no container gets 10.1.0.1\n  why: it is " + `the gateway of network "n"`)},
		{name: "the first of ip_range", services: servicesOn("a 10.1.0.128"), change: networks("n 10.1.0.0/24 in=10.1.0.128/25"), want: certain("no container gets 10.1.0.128\n  why: it is " + `the gateway of network "n"`)},
		{name: "the first with ip_range", services: servicesOn("a 10.1.0.1"), change: networks("n 10.1.0.0/24 in=10.1.0.128/25")},
		{name: "the first of macvlan", services: servicesOn("a 10.1.0.1"), change: networks("n 10.1.0.0/24 macvlan")},
		{name: "the subnet's own", services: servicesOn("a 10.1.0.0"), change: on, want: certain("no container gets 10.1.0.0\n  why: it is " + `the address of the subnet itself`)},
		{name: "for broadcasts", services: servicesOn("a 10.1.0.255"), change: on, want: certain("no container gets 10.1.0.255\n  why: it is " + `the broadcast address of 10.1.0.0/24`)},
		{name: "kept back", services: servicesOn("a 10.1.0.7"), change: func(p *Project) {
			on(p)
			p.Networks[0].Subnets[0].Reserved = map[string]Value{"x": literal("10.1.0.7")}
		}, want: certain("no container gets 10.1.0.7\n  why: it is " + `kept back by aux_addresses of network "n"`)},
		{name: "a service without one takes it", services: servicesOn("a", "b 10.1.0.2"), change: on, want: `
warning possible 4: address 10.1.0.2 can go to "a"
  possible: "a" has no address of its own, and gets this one if it starts first
  manual: give "a" an address, or choose one from the end of the subnet
` + advice},
		{name: "a service without one comes later", services: []*svc{servicesOn("a")[0].after("b"), servicesOn("b 10.1.0.2")[0]}, change: on},
		{name: "a service without one takes a lower one", services: servicesOn("a", "b 10.1.0.3"), change: on},
		{name: "lower ones are taken", services: servicesOn("a", "b 10.1.0.3", "c 10.1.0.2"), change: on, want: `
warning possible 4: address 10.1.0.3 can go to "a"
  possible: "a" has no address of its own, and gets this one if it starts first
  manual: give "a" an address, or choose one from the end of the subnet
` + advice + `warning possible 6: address 10.1.0.2 can go to "a"
  possible: "a" has no address of its own, and gets this one if it starts first
  manual: give "a" an address, or choose one from the end of the subnet
` + advice},
		{name: "of a profile that is off", services: []*svc{servicesOn("a 10.1.0.5")[0], servicesOn("b 10.1.0.5")[0].in("p")}, change: on, want: `
warning possible 4: "a" and "b" have one address
  why: only one of them can have 10.1.0.5 on network "n"
  when: --profile p
` + advice},
	})
}

// onAddress is a container with an address on the network "x".
func onAddress(name, ip string) Container {
	c := container(name)
	c.Networks, c.Addresses = []string{"x"}, []Address{{"x", netip.MustParseAddr(ip)}}
	return c
}

// TestAddressInUse: what the containers of an engine mean for an address of a project.
func TestAddressInUse(t *testing.T) {
	has := func(c Container, network string) Container {
		c.Networks, c.Addresses = []string{network}, []Address{{network, netip.MustParseAddr("10.1.0.5")}}
		return c
	}
	const held = `error certain: address 10.1.0.5 of "a" is taken | held by: `
	for _, c := range []struct {
		name, network string
		on            *machine
		up            UpOptions
		want, command string
	}{
		{"another project's", "n external as=x", docker("29.0.1").runs(has(container("blog/web-1"), "x")).network("x 10.1.0.0/24"), UpOptions{},
			held + `container "blog-web-1", service "web" of project "blog" in /blog`, "docker compose -p blog stop web"},
		{"another project's that was stopped", "n external as=x", docker("29.0.1").runs(has(container("blog/web-1"), "x").stopped("exited", "")).network("x 10.1.0.0/24"), UpOptions{}, "", ""},
		{"on another network", "n external as=x", docker("29.0.1").runs(has(container("blog/web-1"), "y")).network("x 10.1.0.0/24"), UpOptions{}, "", ""},
		{"its own", "n 10.1.0.0/24", docker("29.0.1").runs(has(container("p/a-1"), "p_n")).network("p_n 10.1.0.0/24 of=p/n"), UpOptions{ForceRecreate: true}, "", ""},
		{"an orphan's", "n 10.1.0.0/24", docker("29.0.1").runs(has(container("p/old-1"), "p_n")).network("p_n 10.1.0.0/24 of=p/n"), UpOptions{},
			held + `container "p-old-1", an orphan of this project, which has no service "old" any more`, "docker stop p-old-1"},
		{"an orphan's that goes", "n 10.1.0.0/24", docker("29.0.1").runs(has(container("p/old-1"), "p_n")).network("p_n 10.1.0.0/24 of=p/n"), UpOptions{RemoveOrphans: true}, "", ""},
		{"a sibling's without an address", "n 10.1.0.0/24", docker("29.0.1").runs(has(container("p/b-1"), "p_n")).network("p_n 10.1.0.0/24 of=p/n"), UpOptions{},
			"warning possible: " + `address 10.1.0.5 of "a" is taken | held by: container "p-b-1", our own service "b" | possible: ` + "`up`" + ` may make that one anew`, "docker compose -p p stop b"},
		{"the first free one of the engine's", "n external as=x", docker("29.0.1").runs(
			onAddress("blog/web-1", "10.1.0.2"), onAddress("blog/web-2", "10.1.0.3"), onAddress("blog/web-3", "10.1.0.4")).network("x 10.1.0.0/24"), UpOptions{},
			"warning possible: " + `address 10.1.0.5 can go to "b" | possible: "b" has no address of its own, and gets this one if it starts first`, ""},
		{"the gateway of the engine's", "n external as=x", docker("29.0.1").network("x 10.1.0.0/24").with(func(m *machine) {
			m.Networks[0].Reserved = []netip.Addr{netip.MustParseAddr("10.1.0.5")}
		}), UpOptions{}, `error certain: no container gets 10.1.0.5 | why: it is kept back by network "x", as its gateway or for others`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(servicesOn("a 10.1.0.5", "b")...)
			networks(c.network)(p)
			got, command := "", ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host, Up: c.up}).Findings {
				if f.Rule == "address-in-use" {
					got, command = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, withNotes(f)), f.Fixes[0].Command
				}
			}
			if got != c.want || command != c.command {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got, command, c.want, c.command)
			}
		})
	}
}

// TestPodmanGivesEachAddress: it gives a container the first, the last and the gateway's address, where a container asks for it; but the
// kernel refuses it the default route over an IPv6 address of its own, which an internal network does not have.
func TestPodmanGivesEachAddress(t *testing.T) {
	const v4, v6 = "n 10.1.0.0/24", "n fd00:1::/64 ipv6"
	for _, c := range []struct{ ip, network, podman, docker, existing string }{
		{"10.1.0.0", v4, "clear", "conflict", ""},
		{"10.1.0.1", v4, "clear", "conflict", ""},
		{"10.1.0.255", v4, "clear", "conflict", ""},
		{"10.1.0.128", v4 + " in=10.1.0.128/25", "clear", "conflict", ""},
		{"10.1.0.9", v4 + " gw=10.1.0.9", "clear", "conflict", ""},
		{"10.1.0.2", "n 10.1.0.2/31", "conflict", "conflict", ""},
		{"10.1.0.3", "n 10.1.0.2/31", "clear", "clear", ""},
		{"fd00:1::", v6, "clear", "conflict", ""},
		{"fd00:1::1", v6, "conflict", "conflict", ""},
		{"fd00:1::1", v6 + " internal", "clear", "conflict", ""},
		{"fd00:1::1", v6 + " macvlan", "conflict", "clear", ""},
		{"fd00:1::1", v6 + " gw=fd00:1::9", "clear", "clear", ""},
		{"fd00:1::9", v6 + " gw=fd00:1::9", "conflict", "conflict", ""},
		{"fd00:1::100", v6 + " in=fd00:1::100/120", "clear", "conflict", ""},
		{"fd00:1::1", v6 + " in=fd00:1::100/120", "conflict", "clear", ""},
		{"fd00:1::1", "n external as=x", "conflict", "conflict", "x fd00:1::/64"},
		{"10.1.0.1", "n external as=x", "clear", "conflict", "x 10.1.0.0/24"},
	} {
		for _, on := range []struct {
			machine *machine
			want    string
		}{{podman("5.4.2"), c.podman}, {podman("4.3.1"), c.podman}, {docker("29.0.1"), c.docker}} {
			p := project(service("a").onNetworks("n"))
			at := &p.Services[0].Networks[0]
			if at.IPv4 = literal(c.ip); strings.Contains(c.ip, ":") {
				at.IPv4, at.IPv6 = Value{}, literal(c.ip)
			}
			networks(c.network)(p)
			if p.Networks[0].External {
				on.machine.network(c.existing).with(func(m *machine) { m.Networks[0].Reserved = []netip.Addr{netip.MustParseAddr(c.ip)} })
			}
			if got := VerdictOf([]*Project{p}, on.machine.asked(UpOptions{}, p), UpOptions{}, nil); string(got) != on.want {
				t.Errorf("%s of %q on %s: %s, want %s", c.ip, c.network, on.machine.Engine.Name, got, on.want)
			}
		}
	}
}

// TestPodmanGivesInTurn: Podman goes on behind the address that it gave last, and before 5.1 remembers it of networks that are gone, so any
// address of the range may be next.
func TestPodmanGivesInTurn(t *testing.T) {
	const any = `possible: "a" gets the next address, and Podman does not tell which one that is`
	for _, c := range []struct{ ip, network, version, existing, want string }{
		{"10.1.0.200", "n external as=x", "5.4.2", "x 10.1.0.0/24", any},
		{"10.1.0.200", "n external as=x", "5.4.2", "x 10.1.0.0/24 in=10.1.0.128/25", any},
		{"10.1.0.20", "n external as=x", "5.4.2", "x 10.1.0.0/24 in=10.1.0.128/25", ""},
		{"10.1.0.200", "n 10.1.0.0/24", "5.4.2", "", ""},
		{"10.1.0.2", "n 10.1.0.0/24", "5.4.2", "", `possible: "a" has no address of its own, and gets this one if it starts first`},
		{"10.1.0.200", "n 10.1.0.0/24", "5.4.2", "p_n 10.1.0.0/24 of=p/n", any},
		{"10.1.0.200", "n 10.1.0.0/24", "4.3.1", "", any},
		{"10.1.0.255", "n 10.1.0.0/24", "4.3.1", "", ""},
		{"10.1.0.20", "n 10.1.0.0/24 in=10.1.0.128/25", "4.3.1", "", ""},
	} {
		m := podman(c.version)
		if c.existing != "" {
			m.network(c.existing)
		}
		p := project(servicesOn("a", "b "+c.ip)...)
		networks(c.network)(p)
		got := ""
		for _, f := range Run([]*Project{p}, Settings{Host: &m.Host}).Findings {
			if f.Rule == "address-in-use" {
				_, got, _ = strings.Cut(withNotes(f), " | ")
			}
		}
		if got != c.want {
			t.Errorf("%s of %q, %q on %s:\n got %s\nwant %s", c.ip, c.network, c.existing, c.version, got, c.want)
		}
	}
}
