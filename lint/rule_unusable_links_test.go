package lint

import "testing"

// linked is a service with links; "" is one to a container of somebody else.
func linked(s *svc, to ...string) *svc {
	for _, name := range to {
		key := "links"
		if name == "" {
			key = "external_links"
		}
		s.Links = append(s.Links, Link{Service: name, Key: key})
	}
	return s
}

func TestRuleUnusableLinks(t *testing.T) {
	const linksOfWeb = `
error certain 4: [unusable-links] Podman refuses the links of "web"
  manual: leave them out: on the project's network "db" is reached by its name, and depends_on says what starts first
`
	pair := func() []*svc { return on(service("db"), linked(service("web"), "db").after("db")) }
	checkLive(t, []liveCase{
		{name: "on Podman", services: pair(), machine: podman("5.4.2"), want: VerdictRefused, says: linksOfWeb},
		{name: "on Docker", services: pair(), machine: docker("29.0.1"), want: VerdictClear, says: "-"},
		{name: "with podman-compose", services: pair(), up: UpOptions{PodmanCompose: true}, machine: podman("5.4.2"), want: VerdictClear, says: "-"},
		{name: "not started", services: pair(), up: UpOptions{Services: []string{"db"}}, machine: podman("5.4.2"), want: VerdictClear, says: "-"},
		{name: "to what has no container", services: pair(), up: UpOptions{Services: []string{"web"}, NoDeps: true}, machine: podman("5.4.2"), want: VerdictClear, says: "-"},
		{name: "to what runs already", services: pair(), up: UpOptions{Services: []string{"web"}, NoDeps: true}, want: VerdictRefused, says: linksOfWeb,
			machine: podman("5.4.2").runs(container("p/db-1", "5432>5432"))},
		{name: "made already", services: pair(), machine: podman("5.4.2").runs(container("p/web-1")), want: VerdictClear, says: "-"},
		{name: "to somebody else", services: on(linked(service("web"), "")), machine: podman("4.3.1"), want: VerdictRefused, says: `
error certain 2: [unusable-links] Podman takes no external_links
  manual: leave them out, and put both containers on one network: its name leads to it there
`},
	})
}
