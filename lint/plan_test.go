package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// planOf is the plan of `up` without flags where no engine is known.
func planOf(p *Project) Plan { return PlanUp(p, nil, UpOptions{}) }

func TestPlanStarts(t *testing.T) {
	p := project(service("a"), service("off").off(), service("none").scaled(0), service("z").scaled(3))
	var names []string
	for _, s := range planOf(p).Starts {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "a z" {
		t.Errorf("starts %q", got)
	}
}

func TestPlanAfter(t *testing.T) {
	plan := planOf(project(service("a").after("b"), service("b").after("c"), service("c"), service("d").after("off", "gone"),
		service("off").off().after("c"), service("x").after("y"), service("y").after("x")))
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a", "b", true}, {"a", "c", true}, {"b", "a", false}, {"c", "a", false}, {"a", "a", false}, {"a", "d", false},
		{"d", "c", true}, {"x", "y", true}, {"y", "x", true}, {"no", "a", false},
	} {
		if got := plan.startsAfter(c.a, c.b); got != c.want {
			t.Errorf("After(%s, %s) = %t", c.a, c.b, got)
		}
	}
}

func TestPlanBound(t *testing.T) {
	plan := planOf(project(service("a", "80:80", "81:81/udp"), service("b", "82:82").net(Network{Publishing: Ignored}),
		service("c", "83:83").net(Network{Publishing: Refused}), service("d", "84:84").off()))
	var got []string
	for _, b := range plan.Bound() {
		got = append(got, b.Service.Name+" "+b.Binding.Want())
	}
	if want := []string{"a 80/tcp", "a 81/udp"}; !slices.Equal(got, want) {
		t.Errorf("bound %q", got)
	}
}

func TestEndpoints(t *testing.T) {
	for _, c := range []struct {
		item, network, want string
	}{
		{"8080:80", "", "0.0.0.0:8080/tcp [::]:8080/tcp"},
		{"8080:80", "0.0.0.0", "0.0.0.0:8080/tcp [::]:8080/tcp"},
		{"8080:80", "127.0.0.1", "127.0.0.1:8080/tcp"},
		{"8080:80", "::1", "[::1]:8080/tcp"},
		{"8080:80", "nonsense", "0.0.0.0:8080/tcp [::]:8080/tcp"},
		{"0.0.0.0:8080:80/udp", "127.0.0.1", "0.0.0.0:8080/udp"},
		{"[::]:8080:80", "", "[::]:8080/tcp"},
		{"[::ffff:10.0.0.1]:8080:80", "", "10.0.0.1:8080/tcp"},
	} {
		p := project(service("a", c.item).net(Network{HostIP: c.network}))
		var got []string
		for _, e := range planOf(p).Bound()[0].Endpoints(8080) {
			got = append(got, e.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s with %q: %v, want %s", c.item, c.network, got, c.want)
		}
	}
}

// summary writes a plan as "freed: x; kept: y; asks: service port".
func (plan Plan) summary() string {
	names := func(list []*Container) string {
		var out []string
		for _, c := range list {
			out = append(out, c.Name)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	var asks []string
	for _, b := range plan.toBind() {
		asks = append(asks, b.Service.Name+" "+b.Binding.Want())
	}
	return fmt.Sprintf("freed: %s; kept: %s; asks: %s", names(plan.freed), names(plan.staying), strings.Join(asks, ", "))
}

func TestPlanUp(t *testing.T) {
	paused := func(c Container) Container { c.State = "paused"; return c }
	hosted := func(c Container) Container { c.NetworkMode = "host"; return c }
	hook := func(c Container) Container { c.Hook = true; return c }
	two := func() []*svc { return on(service("a", "8080:80"), service("b", "9090:90").after("a")) }
	for _, c := range []struct {
		name       string
		services   []*svc
		up         UpOptions
		containers []Container
		want       string
	}{
		{"nothing runs", two(), UpOptions{}, nil, "freed: ; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"all up", two(), UpOptions{}, []Container{container("p/a-1", "8080>80"), container("p/b-1", "9090>90")}, "freed: ; kept: p-a-1 p-b-1; asks: "},
		{"bound for IPv4 only", two(), UpOptions{}, []Container{container("p/a-1", "0.0.0.0:8080>80")}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"another container port", two(), UpOptions{}, []Container{container("p/a-1", "8080>81")}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"one port more than asked", two(), UpOptions{}, []Container{container("p/a-1", "8080>80", "8081>81")}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"another address", two(), UpOptions{}, []Container{container("p/a-1", "127.0.0.1:8080>80")}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"stopped ones are started", two(), UpOptions{}, []Container{container("p/a-1", "8080>80").stopped("exited", "")}, "freed: ; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"paused", two(), UpOptions{}, []Container{paused(container("p/a-1", "8080>80"))}, "freed: ; kept: p-a-1; asks: b 9090/tcp"},
		{"was on the host's network", two(), UpOptions{}, []Container{hosted(container("p/a-1"))}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"is on the host's network", on(service("a", "8080:80").net(hostNetwork)), UpOptions{}, []Container{hosted(container("p/a-1"))}, "freed: ; kept: p-a-1; asks: "},
		{"other projects stay", two(), UpOptions{RemoveOrphans: true}, []Container{container("q/a-1", "8080>80"), stranger("x", "1>1")}, "freed: ; kept: q-a-1 x; asks: a 8080/tcp, b 9090/tcp"},
		{"orphan", two(), UpOptions{}, []Container{container("p/old-1", "1>1")}, "freed: ; kept: p-old-1; asks: a 8080/tcp, b 9090/tcp"},
		{"orphan removed", two(), UpOptions{RemoveOrphans: true}, []Container{container("p/old-1", "1>1")}, "freed: p-old-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"a hook's container stays", two(), UpOptions{RemoveOrphans: true}, []Container{hook(container("p/old-1", "1>1"))}, "freed: ; kept: p-old-1; asks: a 8080/tcp, b 9090/tcp"},
		{"one service", two(), UpOptions{Services: []string{"a"}}, []Container{container("p/b-1", "9>90")}, "freed: ; kept: p-b-1; asks: a 8080/tcp"},
		{"one with what it needs", two(), UpOptions{Services: []string{"b"}}, nil, "freed: ; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"one without", two(), UpOptions{Services: []string{"b"}, NoDeps: true}, nil, "freed: ; kept: ; asks: b 9090/tcp"},
		{"forced", two(), UpOptions{ForceRecreate: true}, []Container{container("p/a-1", "8080>80")}, "freed: p-a-1; kept: ; asks: a 8080/tcp, b 9090/tcp"},
		{"forced, but not what it needs", two(), UpOptions{ForceRecreate: true, Services: []string{"b"}},
			[]Container{container("p/a-1", "8080>80"), container("p/b-1", "9090>90")}, "freed: p-b-1; kept: p-a-1; asks: b 9090/tcp"},
		{"renewed volumes", two(), UpOptions{RenewVolumes: true, Services: []string{"b"}},
			[]Container{container("p/a-1", "8080>80"), container("p/b-1", "9090>90")}, "freed: p-b-1; kept: p-a-1; asks: b 9090/tcp"},
		{"what it needs is forced", two(), UpOptions{RecreateDeps: true, Services: []string{"b"}},
			[]Container{container("p/a-1", "8080>80"), container("p/b-1", "9090>90")}, "freed: p-a-1; kept: p-b-1; asks: a 8080/tcp"},
		{"what it needs is forced where all are meant", two(), UpOptions{RecreateDeps: true},
			[]Container{container("p/a-1", "8080>80"), container("p/b-1", "9090>90")}, "freed: ; kept: p-a-1 p-b-1; asks: "},
		{"made and not started", two(), UpOptions{NoStart: true}, []Container{container("p/a-1", "1>1")}, "freed: p-a-1; kept: ; asks: "},
		{"named profile", on(service("d", "1:1").off().with(func(s *Service) { s.Profiles = []string{"x"} }), service("a", "2:2")),
			UpOptions{Services: []string{"d"}}, nil, "freed: ; kept: ; asks: d 1/tcp"},
		{"no recreate", two(), UpOptions{NoRecreate: true}, []Container{container("p/a-1", "1>80")}, "freed: ; kept: p-a-1; asks: b 9090/tcp"},
		{"no recreate, stopped with other ports", two(), UpOptions{NoRecreate: true}, []Container{container("p/a-1", "127.0.0.1:1>80").stopped("exited", "")},
			"freed: ; kept: ; asks: b 9090/tcp, a 127.0.0.1:1/tcp"},
		{"no recreate, one more", on(service("a", "8080-8081:80").scaled(2)), UpOptions{NoRecreate: true}, []Container{container("p/a-1", "1>80")},
			"freed: ; kept: p-a-1; asks: a 8080-8081/tcp"},
		{"scaled down", on(service("a", "8080-8081:80")), UpOptions{}, []Container{container("p/a-2", "8080>80"), container("p/a-1", "8081>80")},
			"freed: p-a-2; kept: p-a-1; asks: "},
		{"scaled down, the old one goes first", on(service("a", "8080-8081:80")), UpOptions{}, []Container{container("p/a-2", "8080>80"), container("p/a-1", "7000>80")},
			"freed: p-a-1; kept: p-a-2; asks: "},
		{"scaled to none", two(), UpOptions{Scale: map[string]int{"a": 0}}, []Container{container("p/a-1", "8080>80")}, "freed: p-a-1; kept: ; asks: b 9090/tcp"},
		{"the engine's pick", on(service("a", "80", "81:81")), UpOptions{}, []Container{container("p/a-1", "32768>80", "81>81")}, "freed: ; kept: p-a-1; asks: "},
	} {
		h := &Host{Containers: c.containers}
		if got := PlanUp(project(c.services...), h, c.up).summary(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestScaleLeavesTheProjectAlone(t *testing.T) {
	p := project(service("a", "80:80"))
	plan := PlanUp(p, nil, UpOptions{Scale: map[string]int{"a": 3}})
	if plan.Starts[0].Replicas != 3 || p.Services[0].Replicas != 1 {
		t.Errorf("plan %d, project %d", plan.Starts[0].Replicas, p.Services[0].Replicas)
	}
}

func TestNetworksOfTheEngine(t *testing.T) {
	h := &Host{Networks: []EngineNetwork{
		{Name: "inside", Driver: "bridge", Internal: true}, {Name: "vlan", Driver: "macvlan"},
		{Name: "local", Driver: "bridge", Options: map[string]string{hostBindingIPv4: "127.0.0.1"}},
		{Name: "six", Driver: "bridge", IPv6: true},
	}}
	for _, c := range []struct {
		name   string
		v4only bool
		want   string
	}{
		{"inside", false, ""}, {"vlan", false, ""}, {"local", false, "127.0.0.1:8080/tcp"}, {"", false, "0.0.0.0:8080/tcp [::]:8080/tcp"},
		{"", true, "0.0.0.0:8080/tcp"}, {"six", true, "0.0.0.0:8080/tcp [::]:8080/tcp"}, {"new", true, "0.0.0.0:8080/tcp"},
	} {
		h.Engine.V4Only = c.v4only
		var got []string
		for _, b := range PlanUp(project(service("a", "8080:80").net(Network{Name: c.name})), h, UpOptions{}).toBind() {
			for _, e := range b.Endpoints(8080) {
				got = append(got, e.String())
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q, V4Only %t: %v, want %s", c.name, c.v4only, got, c.want)
		}
	}
}
