package lint

import (
	"net/netip"
	"slices"
	"testing"
)

// in puts a service into profiles that are off.
func (s *svc) in(profiles ...string) *svc { s.Active, s.Profiles = false, profiles; return s }

// TestProfilesOff looks at what starts once a profile is on: two services of one profile, or one of a profile and one that
// always starts, are in each other's way, those of two profiles are alternatives.
func TestProfilesOff(t *testing.T) {
	on := func(names ...string) func(*Project) { return func(p *Project) { p.Profiles = names } }
	t.Run("duplicate-port", func(t *testing.T) {
		checkRule(t, "duplicate-port", []ruleCase{
			{name: "beside a default service", services: []*svc{service("cpu", "80:80"), service("gpu", "80:80").in("nvidia")}, want: `
warning possible 9: "cpu" and "gpu" both want 80/tcp
  why: the second container cannot start
  when: --profile nvidia
  manual: give each a host port of its own, or a profile of its own
`},
			{name: "two of one profile", services: []*svc{service("a", "80:80").in("p"), service("b", "80:80").in("p")}, want: `
warning possible 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  when: --profile p
  manual: give each a host port of its own, or a profile of its own
`},
			{name: "alternatives", services: []*svc{service("a", "80:80").in("cpu"), service("b", "80:80").in("gpu")}},
			{name: "several profiles are said once", services: []*svc{service("a", "80:80"), service("b", "80:80").in("p", "q")}, want: `
warning possible 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  when: --profile p or --profile q
  manual: give each a host port of its own, or a profile of its own
`},
			{name: "what happens anyway is said once", services: []*svc{service("a", "80:80"), service("b", "80:80"), service("c").in("p")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  unsafe: publish "b" on host port 8080
    - "${B_PORT:-8080}:80"
`},
			{name: "a third one of a profile adds nothing", services: []*svc{service("a", "80:80"), service("b", "80:80"), service("c", "80:80").in("p")}, want: `
error certain 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  unsafe: publish "b" on host port 8080
    - "${B_PORT:-8080}:80"
`},
			{name: "twice within one service", services: []*svc{service("a", "80:80", "80:81").in("p")}, want: `
warning possible 6: "a" publishes 80/tcp twice
  why: it is for container port 80 and for 81; the container cannot start
  when: --profile p
  manual: give each a host port of its own, or a profile of its own
`},
			{name: "the user has chosen another profile", change: on("q"), services: []*svc{service("a", "80:80"), service("b", "80:80").in("p")}},
			{name: "an empty COMPOSE_PROFILES chooses none", change: on(""), services: []*svc{service("a", "80:80"), service("b", "80:80").in("p")}, want: `
warning possible 9: "a" and "b" both want 80/tcp
  why: the second container cannot start
  when: --profile p
  manual: give each a host port of its own, or a profile of its own
`},
			{name: "other ports", services: []*svc{service("a", "80:80"), service("b", "81:80").in("p")}},
		})
	})
	t.Run("replicas-share-port", func(t *testing.T) {
		checkRule(t, "replicas-share-port", []ruleCase{
			{name: "of a profile", services: []*svc{service("a", "80:80").scaled(2).in("p")}, want: `
warning possible 5: "a" has 2 replicas on 80/tcp
  why: that is one host port; replica 2 cannot start
  when: --profile p
  manual: publish a pool, or no host port
`},
		})
	})
	t.Run("unusable-ports", func(t *testing.T) {
		shares := func(s *Service) { s.Network = Network{Publishing: Refused, Why: "network_mode: service:b"} }
		checkRule(t, "unusable-ports", []ruleCase{
			{name: "of a profile", services: []*svc{service("a", "80:80").with(shares).in("p"), service("b")}, want: `
warning possible 5: "a" cannot publish ports
  why: the engine refuses to create a container with ports beside network_mode: service:b
  when: --profile p
  unsafe: delete the ports of this service
    2 lines fewer
`},
		})
	})
}

// TestProfilesOffDecideNothing: the verdict and what `up` warns of are about this `up`.
func TestProfilesOffDecideNothing(t *testing.T) {
	p := project(service("a", "80:80"), service("b", "80:80").in("p"))
	if got := VerdictOf([]*Project{p}, nil, UpOptions{}, nil); got != VerdictClear {
		t.Errorf("verdict %s, want %s", got, VerdictClear)
	}
	if got := Obstacles(p, Settings{}); len(got) > 0 {
		t.Errorf("in the way of `up`: %v", got)
	}
	if got := Run([]*Project{p}, Settings{Up: UpOptions{Services: []string{"b"}}}); len(got.Findings) > 0 && got.Findings[0].Rule == "duplicate-port" {
		t.Errorf("up b: %v", got.Findings[0])
	}
}

func TestPublishers(t *testing.T) {
	p := project(service("a", "80:80"), service("b", "127.0.0.1:80:80").in("p"), service("c", "127.0.0.2:80:80"), service("d", "79-81:80"),
		service("e", "80:80/udp"), service("f", "80:80").net(Network{Publishing: Ignored}), service("g", "80"))
	var names []string
	for _, b := range p.publishers(Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("127.0.0.1:80")}) {
		names = append(names, b.Service.Name)
	}
	if want := []string{"a", "b", "d"}; !slices.Equal(names, want) {
		t.Errorf("publishers of 127.0.0.1:80/tcp: %q, want %q", names, want)
	}
}
