package lint

import "testing"

// called gives a service a container name, whose place is the service's key.
func (s *svc) called(name string) *svc {
	return s.with(func(s *Service) { s.ContainerName.Text = name })
}

func TestRuleDuplicateContainerName(t *testing.T) {
	checkRule(t, "duplicate-container-name", []ruleCase{
		{name: "two services", services: []*svc{service("a").called("x"), service("b").called("x")}, want: `
error certain 4: two containers of one name
  why: "a" and "b" have the container name "x"; docker compose refuses the project
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "the data of a test", services: []*svc{service("a").called("x"), service("b").called("x")}, change: func(p *Project) { p.TestData = true }, want: `
warning certain 4: two containers of one name
  why: "a" and "b" have the container name "x"; docker compose refuses the project
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "one that has no replica counts for Compose", services: []*svc{service("a").called("x"), service("b").called("x").scaled(0)}, want: `
error certain 4: two containers of one name
  why: "a" and "b" have the container name "x"; docker compose refuses the project
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "three services", services: []*svc{service("a").called("x"), service("b").called("x"), service("c").called("x")}, want: `
error certain 4: two containers of one name
  why: "a" and "b" have the container name "x"; docker compose refuses the project
  manual: leave container_name out, or give each container a name of its own
error certain 6: two containers of one name
  why: "a" and "c" have the container name "x"; docker compose refuses the project
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "replicas", services: []*svc{service("a").called("x").scaled(2)}, want: `
error certain 2: two containers of one name
  why: "a" has 2 replicas but one container name, "x"; only one can have it
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "of a profile that is off", services: []*svc{service("a").called("x"), service("b").called("x").in("p")}, want: `
warning possible 4: two containers of one name
  why: "a" and "b" have the container name "x"; docker compose refuses the project
  when: --profile p
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "alternatives", services: []*svc{service("a").called("x").in("p"), service("b").called("x").in("q")}},
		{name: "a name that Compose gives to another service", services: []*svc{service("a").called("p-b-2"), service("b").scaled(2)}, want: `
error certain 2: two containers of one name
  why: "a" has the container name "p-b-2", which Compose gives to a container of "b"; only one can have it
  manual: leave container_name out, or give each container a name of its own
`},
		{name: "a name that Compose would give to one more", services: []*svc{service("a").called("p-b-2"), service("b")}},
		{name: "two names", services: []*svc{service("a").called("x"), service("b").called("y")}},
		{name: "no names", services: []*svc{service("a"), service("b").scaled(2)}},
	})
}

// TestScaledName: --scale comes after Compose has looked at the file.
func TestScaledName(t *testing.T) {
	p := project(service("a").called("x"), service("b").called("x"))
	for _, c := range []struct {
		up   UpOptions
		want int
	}{
		{UpOptions{Services: []string{"a"}}, 0},
		{UpOptions{Services: []string{"a"}, Scale: map[string]int{"a": 2}}, 1},
		{UpOptions{}, 1},
	} {
		if got := Obstacles(p, Settings{Up: c.up}); len(got) != c.want {
			t.Errorf("%+v: %v", c.up, got)
		}
	}
}
