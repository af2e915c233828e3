package lint

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// onNetworks puts a service on networks, written "n" or "n 10.1.0.5".
func (s *svc) onNetworks(list ...string) *svc {
	return s.with(func(s *Service) {
		for _, text := range list {
			key, ip, _ := strings.Cut(text, " ")
			s.Networks = append(s.Networks, Attachment{Network: key, IPv4: literal(ip)})
		}
	})
}

// literal is a value at no known place.
func literal(text string) Value {
	return Value{Text: text, Written: text}
}

// networks gives a project networks, written "key subnet words": of the words "in=R" is the ip_range, "as=N" the name, "gw=A" the
// gateway, and "external", "ipv6" or a driver. The place of a subnet is in a file of its own, a line for each network.
func networks(list ...string) func(*Project) {
	return func(p *Project) {
		at := 0
		for _, text := range list {
			words := strings.Fields(text)
			n := ProjectNetwork{Key: words[0], Name: Value{Text: p.Name + "_" + words[0]}, Span: Span{"/p/networks.yaml", at, at + len(words[0])}}
			var s Subnet
			for _, word := range words[1:] {
				name, value, _ := strings.Cut(word, "=")
				switch {
				case strings.Contains(word, "/") && name == word:
					start := at + strings.Index(text, word)
					s.Subnet = literal(word)
					s.Subnet.Span = Span{"/p/networks.yaml", start, start + len(word)}
				case name == "in":
					s.Range = literal(value)
				case name == "gw":
					s.Gateway = literal(value)
				case name == "as":
					n.Name = literal(value)
					n.Name.Span = n.Span
				case word == "external":
					n.External = true
				case word == "ipv6":
					n.IPv6 = true
				case word == "internal":
					n.Internal = true
				default:
					n.Driver = word
				}
			}
			if s.Subnet.Text != "" {
				n.Subnets = append(n.Subnets, s)
			}
			p.Networks = append(p.Networks, n)
			at += len(text) + 1
		}
	}
}

// addressed gives the machine addresses in subnets.
func (m *machine) addressed(subnets ...string) *machine {
	for _, text := range subnets {
		m.Subnets = append(m.Subnets, netip.MustParsePrefix(text))
	}
	return m
}

// network is one of the engine, written "name subnet words": "of=PROJECT/KEY" are Compose's labels.
func (m *machine) network(text string) *machine {
	words := strings.Fields(text)
	n := EngineNetwork{Name: words[0], Driver: "bridge"}
	var existing ExistingSubnet
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case name == "of":
			n.Project, n.Key, _ = strings.Cut(value, "/")
			n.Compared = true
		case name == "in":
			existing.Range = netip.MustParsePrefix(value)
		case word == "swarm":
			n.Swarm = true
		case word == "old":
			n.Compared = false
		case strings.Contains(word, "/"):
			existing.Prefix = netip.MustParsePrefix(word)
		default:
			n.Driver = word
		}
	}
	if existing.Driver = n.Driver; existing.Prefix.IsValid() {
		n.Subnets = append(n.Subnets, existing)
	}
	m.Networks = append(m.Networks, n)
	return m
}

func TestRuleSubnetInUse(t *testing.T) {
	ab := []*svc{service("a").onNetworks("n"), service("b").onNetworks("m")}
	other := "  manual: choose another subnet, such as %s, or leave `ipam` out and let the engine choose\n"
	second := `
error certain 1: %s overlaps with %s
  why: only one of them can be made
` + other
	checkRule(t, "subnet-in-use", []ruleCase{
		{name: "the same twice", services: ab, change: networks("m 10.1.0.0/24", "n 10.1.0.0/24"), want: fmt.Sprintf(second, "10.1.0.0/24", "10.1.0.0/24", "10.1.1.0/24")},
		{name: "one within the other", services: ab, change: networks("m 10.1.0.0/16", "n 10.1.7.0/24"), want: fmt.Sprintf(second, "10.1.7.0/24", "10.1.0.0/16", "10.2.0.0/24")},
		{name: "neighbours", services: ab, change: networks("m 10.1.0.0/25", "n 10.1.0.128/25")},
		{name: "nobody is on one", services: ab[:1], change: networks("m 10.1.0.0/16", "n 10.1.7.0/24")},
		{name: "no replica is on one", services: []*svc{ab[0], service("b").onNetworks("m").scaled(0)}, change: networks("m 10.1.0.0/24", "n 10.1.0.0/24"),
			want: fmt.Sprintf(second, "10.1.0.0/24", "10.1.0.0/24", "10.1.1.0/24")},
		{name: "external", services: ab, change: networks("m 10.1.0.0/24 external", "n 10.1.0.0/24")},
		{name: "IPv6 that is off", services: ab, change: networks("m fd00::/64", "n fd00::/64 ipv6")},
		{name: "a plugin", services: ab, change: networks("m 10.1.0.0/24 weave", "n 10.1.0.0/24")},
		{name: "with ip_range all the same", services: ab, change: networks("m 10.1.0.0/24", "n 10.1.0.0/24 in=10.1.0.128/25"),
			want: fmt.Sprintf(second, "10.1.0.0/24", "10.1.0.0/24", "10.1.1.0/24")},
		{name: "with ip_range and another driver", services: ab, change: networks("m 10.1.0.0/24", "n 10.1.0.0/24 in=10.1.0.128/25 macvlan"), want: `
warning possible 1: 10.1.0.0/24 overlaps with 10.1.0.0/24
  why: only one of them can be made, unless the one with ip_range comes second
  manual: choose another subnet, such as 10.1.1.0/24, or leave ` + "`ipam`" + ` out and let the engine choose
`},
		{name: "of a profile that is off", services: []*svc{ab[0], service("b").onNetworks("m").in("p")}, change: networks("m 10.1.0.0/24", "n 10.1.0.0/24"), want: `
warning possible 1: 10.1.0.0/24 overlaps with 10.1.0.0/24
  why: only one of them can be made
  when: --profile p
  manual: choose another subnet, such as 10.1.1.0/24, or leave ` + "`ipam`" + ` out and let the engine choose
`},
	})
}

// TestSubnetInUse: what the networks of an engine mean for the one of a project.
func TestSubnetInUse(t *testing.T) {
	const held = `error certain: held by: `
	blog := Container{Name: "blog-a-1", State: "exited", Project: "blog", Service: "a", WorkingDir: "/blog", ConfigFiles: []string{"/blog/compose.yaml"}, Networks: []string{"blog_n"}}
	mine := Container{Name: "p-a-1", State: "exited", Project: "p", Service: "a", Networks: []string{"p_old"}}
	second, guest := blog, Container{Name: "x", State: "exited", Networks: []string{"blog_n"}}
	second.Name, second.WorkingDir, second.ConfigFiles, second.Networks = "blog-b-1", "/colleague/blog", nil, nil
	theirs := mine
	theirs.WorkingDir, theirs.Networks = "/colleague/p", []string{"p_theirs"}
	for _, c := range []struct {
		name    string
		network string // of the project
		on      *machine
		want    string
		command string
	}{
		{"another project's, with a stopped container", "n 10.1.0.0/24", docker("29.0.1").runs(blog).network("blog_n 10.1.0.0/16 of=blog/n"),
			held + `10.1.0.0/16 of network "blog_n" of project "blog" in /blog`, "docker compose -p blog down"},
		{"another project's, of two checkouts", "n 10.1.0.0/24", docker("29.0.1").runs(blog).runs(second).network("blog_n 10.1.0.0/16 of=blog/n"),
			held + `10.1.0.0/16 of network "blog_n" of project "blog" in /blog`, `take "blog-a-1" off it, then: docker network rm blog_n`},
		{"another project's, with somebody else on it", "n 10.1.0.0/24", docker("29.0.1").runs(blog).runs(guest).network("blog_n 10.1.0.0/16 of=blog/n"),
			held + `10.1.0.0/16 of network "blog_n" of project "blog" in /blog`, `take "blog-a-1" and "x" off it, then: docker network rm blog_n`},
		{"another checkout's of this project", "n 10.1.0.0/24", docker("29.0.1").runs(theirs).network("p_theirs 10.1.0.0/16 of=p/theirs"),
			held + `10.1.0.0/16 of our own network "p_theirs", for which the files have no key "theirs" any more`, `take "p-a-1" off it, then: docker network rm p_theirs`},
		{"another project's, with none", "n 10.1.0.0/24", docker("20.10.24").network("blog_n 10.1.0.0/24 of=blog/n"),
			held + `10.1.0.0/24 of network "blog_n" of project "blog"`, "docker network rm blog_n"},
		{"made by hand", "n 10.1.0.0/24", docker("29.0.1").network("x 10.1.0.128/25"), held + `10.1.0.128/25 of network "x", which Compose did not make`, "docker network rm x"},
		{"the engine's own", "n 10.1.0.0/24", docker("29.0.1").network("bridge 10.1.0.0/16"), held + `10.1.0.0/16 of the engine's own network "bridge"`, ""},
		{"another one", "n 10.1.0.0/24", docker("29.0.1").network("x 10.2.0.0/16"), "", ""},
		{"of a swarm", "n 10.1.0.0/24", docker("29.0.1").network("x 10.1.0.0/16 overlay swarm"), "", ""},
		{"kept", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.1.0.0/24 of=p/n"), "", ""},
		{"replaced", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.1.0.0/16 of=p/n"), "", ""},
		{"replaced, while another has it", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.3.0.0/16 of=p/n").network("x 10.1.0.0/16"),
			held + `10.1.0.0/16 of network "x", which Compose did not make`, "docker network rm x"},
		{"kept by an old Compose", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.3.0.0/16 of=p/n old").network("x 10.1.0.0/16"), "", ""},
		{"somebody else's with its name", "n 10.1.0.0/24 as=x", docker("29.0.1").network("x 10.1.0.0/16").network("y 10.1.0.0/24"), "", ""},
		{"of an older key", "n 10.1.0.0/24", docker("29.0.1").runs(mine).network("p_old 10.1.0.0/24 of=p/old"),
			held + `10.1.0.0/24 of our own network "p_old", for which the files have no key "old" any more`, "docker compose -p p down"},
		{"renamed, with a container", "n 10.1.0.0/24 as=new", docker("29.0.1").runs(mine).network("p_old 10.1.0.0/24 of=p/n"),
			held + `10.1.0.0/24 of our own network "p_old", which goes only once its successor is made`, "docker compose -p p down"},
		{"renamed, with none", "n 10.1.0.0/24 as=new", docker("29.0.1").network("p_old 10.1.0.0/24 of=p/n"),
			"warning possible: " + strings.TrimPrefix(held, "error certain: ") + `10.1.0.0/24 of our own network "p_old", which goes only once its successor is made | possible: this ` + "`up`" + ` removes that network, perhaps too late`, "docker network rm p_old"},
		{"external", "n external as=x", docker("29.0.1").network("x 10.1.0.0/16"), "", ""},
		{"Podman", "n 10.1.0.0/24", podman("5.4.2").network("x 10.1.0.0/16"), held + `10.1.0.0/16 of network "x", which Compose did not make`, "docker network rm x"},
		{"Podman, IPv6 without enable_ipv6", "n fd00:1::/64", podman("5.4.2").network("x fd00:1::/64"),
			held + `fd00:1::/64 of network "x", which Compose did not make`, "docker network rm x"},
		{"Podman, an address of the machine", "n 10.1.0.0/24", podman("5.4.2").addressed("127.0.0.0/8", "10.1.0.0/16"),
			"error certain: why: this machine has an address in it", ""},
		{"Podman, the bridge of its own network", "n 10.1.0.0/24", podman("5.4.2").network("p_n 10.1.0.0/24 of=p/n").addressed("10.1.0.0/24"), "", ""},
		{"Docker, an address of the machine", "n 10.1.0.0/24", docker("29.0.1").addressed("10.1.0.0/16"), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(service("a").onNetworks("n"))
			networks(c.network)(p)
			MarkSharedProjects(c.on.Containers)
			got, command := "", ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host}).Findings {
				if f.Rule == "subnet-in-use" {
					_, below, _ := strings.Cut(withNotes(f), " | ")
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, below)
					if command = f.Fixes[0].Command; strings.HasPrefix(f.Fixes[0].Title, "take") && command == "" {
						command = f.Fixes[0].Title
					}
				}
			}
			if got != c.want || command != c.command {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got, command, c.want, c.command)
			}
		})
	}
}

// TestSubnetInUseOfOneThatRuns: whoever runs is not stopped first.
func TestSubnetInUseOfOneThatRuns(t *testing.T) {
	blog := container("blog/a-1")
	blog.Networks = []string{"blog_n"}
	p := project(service("a").onNetworks("n"))
	networks("n 10.1.0.0/24")(p)
	m := docker("29.0.1").runs(blog).network("blog_n 10.1.0.0/16 of=blog/n")
	for _, f := range Run([]*Project{p}, Settings{Host: &m.Host}).Findings {
		if f.Rule == "subnet-in-use" {
			if !strings.HasPrefix(f.Fixes[0].Title, "choose another subnet") || f.Fixes[1].Title != `take project "blog" down, if nobody needs what runs there` {
				t.Errorf("%+v", f.Fixes)
			}
			return
		}
	}
	t.Error("nothing found")
}
