package lint

import (
	"slices"
	"strings"
	"testing"
)

func TestPlanStarts(t *testing.T) {
	p := project(service("a"), service("off").off(), service("none").scaled(0), service("z").scaled(3))
	var names []string
	for _, s := range NewPlan(p).Starts {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "a z" {
		t.Errorf("starts %q", got)
	}
}

func TestPlanAfter(t *testing.T) {
	plan := NewPlan(project(service("a").after("b"), service("b").after("c"), service("c"), service("d").after("off", "gone"),
		service("off").off().after("c"), service("x").after("y"), service("y").after("x")))
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a", "b", true}, {"a", "c", true}, {"b", "a", false}, {"c", "a", false}, {"a", "a", false}, {"a", "d", false},
		{"d", "c", true}, {"x", "y", true}, {"y", "x", true}, {"no", "a", false},
	} {
		if got := plan.After(c.a, c.b); got != c.want {
			t.Errorf("After(%s, %s) = %t", c.a, c.b, got)
		}
	}
}

func TestPlanBound(t *testing.T) {
	plan := NewPlan(project(service("a", "80:80", "81:81/udp"), service("b", "82:82").net(Network{Publishing: Ignored}),
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
		for _, e := range NewPlan(p).Bound()[0].Endpoints(8080) {
			got = append(got, e.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s with %q: %v, want %s", c.item, c.network, got, c.want)
		}
	}
}
