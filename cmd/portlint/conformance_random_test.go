//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// runRandom runs random situations, each from a seed of its own. No conflict may be wrong, no clear either, and at most
// one in twenty may be left open.
func runRandom(t *testing.T, s *engineEnv, sum *tally) {
	size, first := number(t, "PORTLINT_TEST_SCENARIOS", 60), number(t, "PORTLINT_TEST_SEED", 1)
	t.Run("all", func(t *testing.T) {
		for seed := first; seed < first+size; seed++ {
			t.Run(strconv.Itoa(seed), func(t *testing.T) {
				t.Parallel()
				r := newRandom(uint64(seed))
				got, err := s.runSituation(t.Context(), r.situation())
				if errors.Is(err, errBefore) && !provenOn(s.name) {
					sum.leave(strconv.Itoa(seed), err)
					t.Skip(err)
				}
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, got.story())
				}
				sum.add(strconv.Itoa(seed), got, got.lied())
				if got.lied() {
					small := r.shrink(t.Context(), s, got)
					t.Errorf("seed %d: portlint said %s, up said %s; as small as it gets:\n%s", seed, got.said, got.did, small.story())
				}
			})
		}
	})
	if open := len(sum.possible) + len(sum.unknown); open*20 > max(size, 20) {
		t.Errorf("%d of %d are left open, more than one in twenty", open, size)
	}
}

// brokeItself is what Podman 5 says where it changes the networks of several containers at once, and loses its way.
var brokeItself = regexp.MustCompile(`netavark: nftables error: nft did not return successfully|aardvark-dns failed to start`)

func number(t *testing.T, name string, unset int) int {
	text := os.Getenv(name)
	if text == "" {
		return unset
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// lied reports whether portlint was sure of what did not happen.
func (e ending) lied() bool {
	starts := e.did == "OK"
	return e.said == lint.VerdictConflict && e.did != "FAIL" || e.said == lint.VerdictRefused && starts || e.said == lint.VerdictClear && !starts
}

// random is a situation made of parts that can be left out.
type random struct {
	now, earlier []randomService
	steps        []string // containers of other projects, and sockets
	pause        bool     // the earlier state is stopped
	oneOff       bool     // a container of `run` is left of the earlier state
	up           string

	networks, earlierNetworks randomNetworks
}

type randomService struct {
	name, needs string
	scale       int
	mode        string   // network_mode, "" for the shared network
	called      string   // container_name behind the project's name, "" for none
	ports       []string // items of the list
}

// randomPorts are few, so that they meet. Each service has as many of its own, and pools lie apart.
const randomPorts = 4

func newRandom(seed uint64) random {
	g := generator{rand.New(rand.NewPCG(seed, 18000))}
	r := random{now: g.services()}
	if g.oneIn(3) {
		r.earlier = g.earlier(r.now)
		r.pause = g.oneIn(4)
	}
	for range g.IntN(3) {
		r.steps = append(r.steps, g.otherProject())
	}
	for range g.IntN(3) {
		r.steps = append(r.steps, g.socket())
	}
	if g.oneIn(4) {
		r.steps = append(r.steps, g.namesake())
	}
	if len(r.earlier) > 0 {
		r.up = g.pick("", "", "", "--remove-orphans", "--no-recreate", "--force-recreate", r.now[0].name)
		r.oneOff = g.oneIn(6)
	} else if g.oneIn(10) {
		last := r.now[len(r.now)-1].name
		r.up = g.pick(last, "--no-deps "+last, "--scale "+last+"=2", "--scale "+last+"=0")
	}
	r.addNetworks(seed)
	return r
}

type generator struct{ *rand.Rand }

func (g generator) oneIn(n int) bool            { return g.IntN(n) == 0 }
func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }
func (g generator) port(service int) int        { return 18010 + 10*service + g.IntN(randomPorts) }

func (g generator) services() []randomService {
	var all []randomService
	for i := range []int{1, 1, 1, 2, 2, 2, 3, 4}[g.IntN(8)] {
		s := randomService{name: string(rune('a' + i)), scale: 1}
		if i > 0 && g.oneIn(4) {
			s.needs = all[g.IntN(i)].name
		}
		for range 1 + g.IntN(2) {
			s.ports = append(s.ports, g.item(i))
		}
		if g.oneIn(12) {
			s.scale = 2
		}
		if s.scale == 1 && g.oneIn(4) {
			s.called = g.name(i)
		}
		if g.oneIn(10) {
			s.mode = g.pick("bridge", "bridge", "host", "none")
		}
		all = append(all, s)
	}
	return all
}

// name is a container name of the service at index i, behind the project's: mostly one of its own, seldom one that Compose gives.
func (g generator) name(i int) string {
	return g.pick("x", "y", "z", "u"+strconv.Itoa(i), "u"+strconv.Itoa(i), "u"+strconv.Itoa(i), "b-1", "a-2")
}

// namesake is a container that has a name which a service may need, in whatever state and of whatever project.
func (g generator) namesake() string {
	return fmt.Sprintf("container name=@-%s %s %s", g.pick("x", "y", "u0", "u1", "a-1", "b-1", "a-2"), g.pick("", "", "paused", "stopped", "created"),
		g.pick("", "label:com.docker.compose.project=@-z label:com.docker.compose.service=b"))
}

// address is one to publish on, with its colon.
func (g generator) address() string {
	return g.pick("", "", "", "", "127.0.0.1:", "127.0.0.2:", "0.0.0.0:", "[::1]:", "[::]:")
}

// item is one published port of the service at index i, whose ports seldom meet those of the others.
func (g generator) item(i int) string {
	port, proto := g.port(i), g.pick("", "", "/udp")
	if g.oneIn(8) {
		port = g.port(0)
	}
	target := 80 + g.IntN(3)
	switch g.IntN(10) {
	case 0:
		return fmt.Sprintf(`"%s%d-%d:%d%s"`, g.address(), 18060+10*i, 18063+10*i, target, proto)
	case 1:
		return fmt.Sprintf(`"%s%d-%d:%d-%d%s"`, g.address(), port, port+1, target, target+1, proto)
	case 2:
		host := strings.Trim(strings.TrimSuffix(g.address(), ":"), "[]")
		if host != "" {
			host = fmt.Sprintf(", host_ip: %q", host)
		}
		return fmt.Sprintf(`{target: %d, published: "%d", protocol: %s%s}`, target, port, strings.TrimPrefix(orElse(proto, "/tcp"), "/"), host)
	case 3:
		return fmt.Sprintf(`"%d%s"`, target, proto)
	default:
		return fmt.Sprintf(`"%s%d:%d%s"`, g.address(), port, target, proto)
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// earlier is another version of the services: some are the same, some moved, some are new or gone.
func (g generator) earlier(now []randomService) []randomService {
	var all []randomService
	for i, s := range now {
		switch g.IntN(4) {
		case 0:
			s.ports = []string{g.item(i)}
		case 1:
			continue
		}
		if g.oneIn(8) {
			s.called = g.pick("", g.name(i))
		}
		s.needs, s.scale = "", 1
		all = append(all, s)
	}
	if g.oneIn(4) {
		all = append(all, randomService{name: "old", scale: 1, ports: []string{g.item(g.IntN(4))}})
	}
	return all
}

// anyPort is one that somebody else has: mostly of the services that there always are.
func (g generator) anyPort() int {
	return g.port([]int{0, 0, 0, 0, 1, 1, 2, 3}[g.IntN(8)])
}

func (g generator) otherProject() string {
	port := g.anyPort()
	if g.oneIn(8) {
		port = 18060 + 10*g.IntN(4) + g.IntN(4)
	}
	return fmt.Sprintf("container %s%d:80%s %s", g.address(), port, g.pick("", "", "/udp"), g.pick("", "", "", "paused", "stopped", "created"))
}

func (g generator) socket() string {
	verb := g.pick("listen", "listen", "listen", "listen", "bound", "udp", "udp", "closed-server", "accepted")
	at := g.pick("0.0.0.0", "127.0.0.1", "127.0.0.2", "[::]", "[::1]")
	options := g.pick("", "reuse", "reuse")
	if verb == "closed-server" || verb == "accepted" {
		options = "reuse" // else they come and go, and nothing is sure
	}
	if strings.HasPrefix(at, "[") && g.oneIn(2) {
		options += " v6only"
	}
	return fmt.Sprintf("%s %s:%d %s", verb, at, g.anyPort(), options)
}

// situation writes the parts down. What was there before may fail to come up: only what portlint says of it counts.
func (r random) situation() situation {
	c := situation{files: r.networks.put(text(r.now)), up: r.up}
	for _, line := range r.steps {
		c.before += "may " + line + "\n"
	}
	if len(r.earlier) > 0 {
		c.files += "-- before.yaml --\n" + r.earlierNetworks.put(text(r.earlier))
		before := "try compose -f before.yaml up -d\n"
		if r.pause {
			before += "try compose -f before.yaml stop -t 0\n"
		}
		if r.oneOff {
			before += "try compose -f before.yaml run -d -P --no-deps " + r.earlier[0].name + "\n"
		}
		c.before = before + c.before
	}
	return c
}

func text(services []randomService) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for _, s := range services {
		fmt.Fprintf(&b, "  %s: {image: i, scale: %d, ports: [%s]", s.name, s.scale, strings.Join(s.ports, ", "))
		if s.needs != "" {
			fmt.Fprintf(&b, ", depends_on: [%s]", s.needs)
		}
		if s.mode != "" {
			fmt.Fprintf(&b, ", network_mode: %s", s.mode)
		}
		if s.called != "" {
			fmt.Fprintf(&b, ", container_name: \"${COMPOSE_PROJECT_NAME}-%s\"", s.called)
		}
		b.WriteString("}\n")
	}
	return b.String()
}
