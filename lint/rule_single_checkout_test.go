package lint

import (
	"slices"
	"strings"
	"testing"
)

// besideAs are the findings about a second checkout, with what a change makes of it.
func besideAs(t *testing.T, p *Project, change func(*SecondCheckout), host *Host) []string {
	t.Helper()
	second := *p
	second.Name += "-second"
	second.Services = slices.Clone(p.Services)
	for i := range second.Services {
		s := &second.Services[i]
		s.Bindings, s.Networks = slices.Clone(s.Bindings), slices.Clone(s.Networks)
	}
	second.Networks, second.Volumes = slices.Clone(p.Networks), slices.Clone(p.Volumes)
	for i := range second.Networks {
		n := &second.Networks[i]
		n.Name.Text = strings.Replace(n.Name.Text, p.Name+"_", second.Name+"_", 1)
		n.Subnets = slices.Clone(n.Subnets)
	}
	beside := &SecondCheckout{Project: &second, Host: host}
	if change != nil {
		change(beside)
	}
	settings := Settings{Host: host, Second: map[*Project]*SecondCheckout{p: beside}, Severity: onlyRules([]string{"single-checkout", "shared-network", "shared-volume"})}
	var out []string
	for _, f := range Run([]*Project{p}, settings).Findings {
		words := []string{f.Severity.String(), f.Certainty.String(), withNotes(f)}
		for _, r := range f.Related {
			words = append(words, "|", r.Message)
		}
		for _, fix := range f.Fixes {
			words = append(words, "|", fix.Safety.String(), fix.Title)
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func TestRuleSingleCheckoutPorts(t *testing.T) {
	moves := func(service string, to uint16) func(*SecondCheckout) {
		return func(s *SecondCheckout) {
			b := &s.Project.Service(service).Bindings[0]
			b.Last, b.First = to+b.Last-b.First, to
		}
	}
	for _, c := range []struct {
		name     string
		services []*svc
		change   func(*SecondCheckout)
		want     []string
	}{
		{"nothing", []*svc{service("a")}, nil, nil},
		{"a number", []*svc{service("a", "8080:80")}, nil,
			[]string{`error certain 8080/tcp of "a" is fixed | why: a second checkout cannot start beside this one | safe write ${A_PORT:-8080}`}},
		{"a number of one address", []*svc{service("a", "127.0.0.1:8080:80")}, nil,
			[]string{`error certain 127.0.0.1:8080/tcp of "a" is fixed | why: a second checkout cannot start beside this one | safe write ${A_PORT:-8080}`}},
		{"a variable with another value", []*svc{service("a", "${A_PORT:-8080}:80")}, moves("a", 9090), nil},
		{"a variable that takes the port of another service", []*svc{service("a", "${A_PORT:-8080}:80"), service("b", "${B_PORT:-9090}:80")}, moves("a", 9090),
			[]string{
				`error certain a second checkout has 8080/tcp too | manual give the host port a variable of its own, and nothing else in it, such as ${A_HOST_PORT:-8080}`,
				`error certain a second checkout has 9090/tcp too | manual give the host port a variable of its own, and nothing else in it, such as ${B_HOST_PORT:-9090}`,
			}},
		{"a variable that stays", []*svc{service("a", "${A_PORT:-8080}:80")}, func(s *SecondCheckout) { s.Stays = map[string]string{"A_PORT": "it is set"} },
			[]string{`error certain a second checkout has 8080/tcp too | A_PORT stays as it is: it is set | manual give the host port a variable of its own, ` +
				`and nothing else in it, such as ${A_HOST_PORT:-8080}`}},
		{"both sides", []*svc{service("a", "${P:-8080}:${P:-8080}")}, nil,
			[]string{`error certain a second checkout has 8080/tcp too | safe write ${A_PORT:-${P:-8080}} on the host side`}},
		{"a pool for one", []*svc{service("a", "8080-8081:80").scaled(2)}, nil,
			[]string{`error certain 8080-8081/tcp of "a" is fixed | why: a second checkout cannot start beside this one | safe write ${A_PORT_RANGE:-8080-8081}`}},
		{"a pool for two", []*svc{service("a", "8080-8081:80")}, nil, nil},
		{"a port that the engine picks", []*svc{service("a", "80")}, nil, nil},
		{"a service that does not start", []*svc{service("a", "8080:80").off()}, nil, nil},
		{"no replica", []*svc{service("a", "8080:80").scaled(0)}, nil, nil},
		{"a value that nothing gives", []*svc{service("a", "${A_PORT}:80")}, nil,
			[]string{`warning possible a second checkout has this too | possible: nothing gives it a value | manual give the host port a variable of its own, ` +
				`and nothing else in it, such as ${A_HOST_PORT:-${A_PORT}}`}},
		{"the network of the host", []*svc{service("a").net(Network{Host: true, Publishing: Ignored})}, nil,
			[]string{`warning possible this is in the network of the host | why: the ports that it opens there, a second checkout wants too | manual publish its ports in place of ` +
				`the host network, or let a variable tell it which ports to open`}},
		{"one name for all", []*svc{service("a", "8080:80")}, func(s *SecondCheckout) { s.Project.Name = "p" },
			[]string{`error certain every checkout is project "p" | why: ` + "`up`" + ` in a second one takes over the containers of this one | manual unset COMPOSE_PROJECT_NAME ` +
				"in the environment; `portlint assign --write` gives each checkout one in its .env"}},
		{"it can't be read", nil, func(s *SecondCheckout) { s.Project, s.Refused = nil, "no such file" },
			[]string{"error certain a second checkout can't be read: no such file"}},
	} {
		p := project(c.services...)
		if got := besideAs(t, p, c.change, nil); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if got := Run([]*Project{p}, Settings{Severity: onlyRules([]string{"single-checkout"})}).Findings; len(got) > 0 {
			t.Errorf("%s: without a question: %v", c.name, got)
		}
	}
}

func TestRuleSingleCheckoutNames(t *testing.T) {
	const byHand = " | manual write ${N_SUBNET:-10.1.0} in the place of 10.1.0, in the subnet and in each address in it; 10.1.0.0/24 is not a plain text; or leave `ipam` " +
		"and the addresses in it out, and let the engine choose"
	subnet := func(text string) func(*SecondCheckout) {
		return func(s *SecondCheckout) { s.Project.Networks[0].Subnets[0].Subnet.Text = text }
	}
	for _, c := range []struct {
		name     string
		services []*svc
		networks []string
		change   func(*SecondCheckout)
		want     []string
	}{
		{"a name", []*svc{service("a").called("x")}, nil, nil,
			[]string{`error certain name "x" is fixed | why: a second checkout cannot start beside this one | ` +
				`manual leave container_name out, or make it a variable such as ${X_CONTAINER_NAME:-x}`}},
		{"a name that nothing tells", []*svc{service("a").with(func(s *Service) {
			s.ContainerName = Value{Written: "${X}-a", Var: "X", From: Origin{Kind: Unset}, Span: Span{"/p/compose.yaml", 1, 2}}
		})}, nil, nil,
			[]string{`warning possible ${X} has no value | why: a second checkout may have the same | manual set X to another value in each checkout`}},
		{"another name", []*svc{service("a").called("x")}, nil, func(s *SecondCheckout) { s.Project.Services[0].ContainerName.Text = "y" }, nil},
		{"a name of a service that does not start", []*svc{service("a").called("x").off()}, nil, nil, nil},
		{"the name that Compose gives in the other checkout", []*svc{service("a").called("p-second-b-1"), service("b")}, nil, func(s *SecondCheckout) {
			s.Project.Services[0].ContainerName.Text = "y"
		}, []string{`error certain two checkouts have one container name | ` +
			"manual give this project another name, with COMPOSE_PROJECT_NAME, or the service a container_name of its own"}},
		{"a network", []*svc{service("a").onNetworks("n")}, []string{"n"}, nil, nil},
		{"a subnet", []*svc{service("a").onNetworks("n 10.1.0.5")}, []string{"n 10.1.0.0/24"}, nil,
			[]string{`error certain subnet 10.1.0.0/24 is fixed | why: a second checkout cannot start beside this one` + byHand}},
		{"another subnet", []*svc{service("a").onNetworks("n")}, []string{"n 10.1.0.0/24"}, subnet("10.2.0.0/24"), nil},
		{"a subnet around it", []*svc{service("a").onNetworks("n")}, []string{"n 10.1.0.0/24"}, subnet("10.1.0.0/16"),
			[]string{`error certain subnet 10.1.0.0/24 is fixed | why: a second checkout cannot start beside this one` + byHand}},
		{"a subnet that no service is on", []*svc{service("a")}, []string{"n 10.1.0.0/24"}, nil, nil},
		{"a subnet of one network for all", []*svc{service("a").onNetworks("n")}, []string{"n 10.1.0.0/24 as=x"}, nil,
			[]string{`info certain network "n" is shared | why: it is "x" in every checkout, a second one joins it, and "a" then means either service | ` +
				"manual leave `name` out, and each project has a network of its own"}},
		{"an address on one network for all", []*svc{service("a").onNetworks("n 10.1.0.5")}, []string{"n 10.1.0.0/24 as=x external"}, nil,
			[]string{`error certain a second checkout has 10.1.0.5 too | why: only one container can have it | ` +
				"manual leave the address out; services reach each other by name",
				`info certain network "n" is external | why: a second checkout joins it too, and "a" then means either service | ` +
					"manual give the services aliases of their own there, or leave those out that need not be on it"}},
	} {
		p := project(c.services...)
		networks(c.networks...)(p)
		if got := besideAs(t, p, c.change, nil); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestRuleSingleCheckoutVariables: a name that a variable gives is shared only where the second checkout has it too.
func TestRuleSingleCheckoutVariables(t *testing.T) {
	p := project(service("a"))
	named := literal("data")
	named.Span, named.Var, named.From = Span{"/p/volumes.yaml", 3, 7}, "DATA", Origin{Kind: FromDefault}
	volume(ProjectVolume{Name: named})(p)
	want := []string{`info certain volume "v" is shared | why: it is "data" in every checkout, and a second one uses the same data | manual leave ` + "`name`" + ` out, and each project has a volume of its own`}
	if got := besideAs(t, p, nil, nil); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := besideAs(t, p, func(s *SecondCheckout) { s.Project.Volumes[0].Name.Text = "other" }, nil); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestRuleSingleCheckoutOnAMachine: one port of the pool is the first checkout's, and somebody has the other.
func TestRuleSingleCheckoutOnAMachine(t *testing.T) {
	p := project(service("a", "8080-8081:80"))
	m := docker("29.0.1").runs(container("p/a-1", "8080")).listens("0.0.0.0:8081/tcp", proc("nginx", 7))
	second := project(service("a", "8080-8081:80"))
	second.Name = "p-second"
	h := m.asked(UpOptions{}, second)
	got := besideAs(t, p, nil, h)
	if len(got) != 1 || strings.Contains(got[0], "stop service") || !strings.HasPrefix(got[0], `error certain 8080-8081/tcp has no free port for "a" | when: there is a second checkout | `) {
		t.Errorf("%q", got)
	}
	beside := map[*Project]*SecondCheckout{p: {Project: second, Host: h}}
	if v, twice := VerdictOf([]*Project{p}, h, UpOptions{}, nil), VerdictTwice([]*Project{p}, h, UpOptions{}, nil, beside); v != VerdictClear || twice != VerdictConflict {
		t.Errorf("once %s, twice %s", v, twice)
	}
}
