package lint

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

var scenarios = flag.Int("scenarios", 600, "how many random machines TestAgainstASimulatedEngine tries")

// simulation is a random machine with a random project, and a toy engine that runs `up` on it. The toy knows no plan: it has
// containers, sockets and Compose's own rules for replacing containers.
type simulation struct {
	*rand.Rand
	m    *machine
	p    *Project
	up   UpOptions
	spec map[string]string // what a running container was made from, by name
}

// live is one socket while the toy runs: of a container, or of nobody that leaves.
type live struct {
	Endpoint
	owner string
	to    uint16
	ports string // as its item has them: the engine binds items that differ only in their address together
}

func newSimulation(seed uint64) *simulation {
	w := &simulation{Rand: rand.New(rand.NewPCG(seed, 7)), spec: map[string]string{}}
	w.m = docker([]string{"26.1.4", "27.5.1", "28.2.2", "28.5.2", "29.0.1"}[w.IntN(5)])
	var services []*svc
	for i := range 1 + w.IntN(3) {
		s := service(string(rune('a' + i)))
		for range 1 + w.IntN(2) {
			s.items = append(s.items, w.item(80+len(s.items)))
		}
		services = append(services, s.scaled(1+w.IntN(5)/4))
	}
	w.p = project(services...)
	w.up = UpOptions{RemoveOrphans: w.IntN(3) == 0, ForceRecreate: w.IntN(5) == 0}
	if !w.up.ForceRecreate {
		w.up.NoRecreate = w.IntN(5) == 0
	}
	if w.IntN(4) == 0 {
		w.up.Services = []string{"a"}
	}
	w.populate()
	return w
}

// item is a random port: two ports of three are enough for many to meet.
func (w *simulation) item(to int) string {
	port := 8080 + w.IntN(4)
	text := []string{"%d:%d", "%d:%d", "127.0.0.1:%d:%d", "0.0.0.0:%d:%d", "[::]:%d:%d", "[::1]:%d:%d"}[w.IntN(6)]
	host := fmt.Sprintf(text, port, to)
	if w.IntN(4) == 0 {
		host = fmt.Sprintf("%d-%d:%d", port, port+1+w.IntN(2), to)
	}
	if w.IntN(6) == 0 {
		host += "/udp"
	}
	return host
}

// populate starts containers and sockets as far as they don't meet.
func (w *simulation) populate() {
	names := []string{"p/a-1", "p/a-2", "p/b-1", "p/c-1", "p/old-1", "q/web-1", "q/web-2"}
	for _, name := range names {
		if w.IntN(2) == 0 {
			continue
		}
		c := container(name)
		made := project(service("x", w.item(80)))
		s := &made.Services[0]
		if own := w.p.Service(c.Service); own != nil && c.Project == "p" && w.IntN(3) > 0 {
			s = own
		}
		if taken, ok := w.start(s, w.sockets(nil)); ok {
			for _, l := range taken {
				c.Bound = append(c.Bound, PublishedPort{Endpoint: l.Endpoint, Target: l.to})
			}
			w.spec[c.Name] = w.text(s)
			w.m.runs(c)
		}
	}
	for range w.IntN(4) {
		at := fmt.Sprintf([]string{"0.0.0.0:%d/tcp", "127.0.0.1:%d/tcp", "[::1]:%d/tcp6", "[::]:%d/tcp", "[::]:%d/tcp6", "0.0.0.0:%d/udp"}[w.IntN(6)], 8080+w.IntN(5))
		before := w.sockets(nil)
		w.m.listens(at, proc("x", 1))
		s := w.m.sockets[len(w.m.sockets)-1]
		if slices.ContainsFunc(before, func(l live) bool { return s.overlaps(l.Endpoint) }) {
			w.m.sockets = w.m.sockets[:len(w.m.sockets)-1]
		}
	}
}

func (w *simulation) text(s *Service) string {
	out := ""
	for i := range s.Bindings {
		out += s.Bindings[i].Want() + " "
	}
	return out
}

// sockets are those of the machine's containers that still run.
func (w *simulation) sockets(gone map[string]bool) []live {
	var out []live
	for _, c := range w.m.Containers {
		for _, b := range c.Bound {
			if !gone[c.Name] {
				out = append(out, live{Endpoint: b.Endpoint, owner: c.Name})
			}
		}
	}
	return out
}

// start binds the ports of one container: exact ports first, pools from anywhere, as engines do.
func (w *simulation) start(s *Service, have []live) ([]live, bool) {
	var taken []live
	bound := s.bound()
	if w.m.Engine.atLeast(27, 0) {
		slices.SortStableFunc(bound, func(a, b Bound) int { return a.looseness() - b.looseness() })
	}
	for _, b := range bound {
		ends, ok := w.bind(b, append(slices.Clone(have), taken...))
		if !ok {
			return nil, false
		}
		taken = append(taken, ends...)
	}
	return taken, true
}

func (w *simulation) bind(b Bound, have []live) ([]live, bool) {
	width, tries := b.Binding.Width(), 10
	if w.m.Engine.olderThan(27) {
		tries = 1
	}
	from := w.IntN(width)
	for i := range width {
		port := b.Binding.First + uint16((from+i)%width)
		known, held := false, false
		for _, e := range b.Endpoints(port) {
			for _, l := range have {
				_, refused := w.m.Engine.refuses(e, l.Endpoint)
				known = known || refused && !(b.Binding.Proto == "udp" && w.m.Engine.atLeast(28, 0) && w.m.Engine.olderThan(29) && l.owner == "" && l.ports == b.Binding.PortText() && l.to == b.Binding.Target)
			}
			for _, o := range w.m.sockets {
				held = held || o.Owner.Process.Name != "docker-proxy" && o.keepsOut(e, w.m.Engine)
			}
		}
		switch {
		case known:
		case held:
			if tries--; tries == 0 {
				return nil, false
			}
		default:
			var out []live
			for _, e := range b.Endpoints(port) {
				out = append(out, live{Endpoint: e, to: b.Binding.Target, ports: b.Binding.PortText()})
			}
			return out, true
		}
	}
	return nil, false
}

// upFails runs `up` once, with everything random that the engine or Compose leaves open, and reports whether it fails.
func (w *simulation) upFails() bool {
	gone, starts := w.replaced()
	have := w.sockets(gone)
	for i := range have {
		have[i].owner = "running"
	}
	w.Shuffle(len(starts), func(i, j int) { starts[i], starts[j] = starts[j], starts[i] })
	for _, s := range starts {
		taken, ok := w.start(s, have)
		if !ok {
			return true
		}
		for i := range taken {
			taken[i].owner = "started"
		}
		have = append(have, taken...)
	}
	return false
}

// replaced decides which containers go and which services start how often, by Compose's rules.
func (w *simulation) replaced() (gone map[string]bool, starts []*Service) {
	gone = map[string]bool{}
	for _, c := range w.m.Containers {
		if c.Project == "p" && w.p.Service(c.Service) == nil && w.up.RemoveOrphans {
			gone[c.Name] = true
		}
	}
	// Something else in the files may have changed as well. With pools that is a race of its own, which is not looked for.
	repeated := w.IntN(2) == 0 && !slices.ContainsFunc(w.p.Bindings(), (*Binding).Pool)
	for i := range w.p.Services {
		s := &w.p.Services[i]
		if len(w.up.Services) > 0 && s.Name != w.up.Services[0] {
			continue
		}
		staying := w.keep(s, gone, repeated)
		for range s.Replicas - staying {
			starts = append(starts, s)
		}
	}
	return gone, starts
}

func (w *simulation) keep(s *Service, gone map[string]bool, repeated bool) int {
	var own []Container
	for _, c := range w.m.Containers {
		if c.Project == "p" && c.Service == s.Name {
			own = append(own, c)
		}
	}
	pool := slices.ContainsFunc(w.p.Bindings(), (*Binding).Pool)
	old := func(c Container) bool {
		changed := w.spec[c.Name] != w.text(s) && !(pool && s.runs(&c)) // see replaced
		return !w.up.NoRecreate && (w.up.ForceRecreate || repeated || changed)
	}
	slices.SortStableFunc(own, func(a, b Container) int {
		switch {
		case old(a) == old(b):
			return 0
		case old(a):
			return 1
		}
		return -1
	})
	staying := 0
	for i, c := range own {
		if i >= s.Replicas || old(c) {
			gone[c.Name] = true
		} else {
			staying++
		}
	}
	return staying
}

func (w *simulation) String() string {
	out := fmt.Sprintf("engine %s, up %+v\n", w.m.Engine.Version, w.up)
	for _, s := range w.p.Services {
		out += fmt.Sprintf("  %s x%d: %s\n", s.Name, s.Replicas, w.text(&s))
	}
	for _, c := range w.m.Containers {
		out += fmt.Sprintf("  %s runs %s\n", c.Name, w.spec[c.Name])
		for _, b := range c.Bound {
			out += fmt.Sprintf("    has %s\n", b.Endpoint)
		}
	}
	for _, s := range w.m.sockets {
		if s.Owner.Process.Name != "docker-proxy" {
			out += fmt.Sprintf("  socket %s %s v6only %t\n", s.Local, s.proto, s.V6Only)
		}
	}
	return out
}

func TestAgainstASimulatedEngine(t *testing.T) {
	count := map[Verdict]int{}
	for seed := range uint64(*scenarios) {
		w := newSimulation(seed)
		h := w.m.asked(w.up, w.p)
		got := VerdictOf([]*Project{w.p}, h, w.up, nil)
		count[got]++
		failed := 0
		const runs = 24
		for range runs {
			if w.upFails() {
				failed++
			}
		}
		if got == VerdictUnknown || got == VerdictConflict && failed < runs || got == VerdictClear && failed > 0 {
			t.Errorf("seed %d: %s, but up fails %d times of %d\n%v", seed, got, failed, runs, w)
			for _, f := range Run([]*Project{w.p}, Settings{Host: h, Up: w.up}).Findings {
				if slices.Contains(deciding, f.Rule) {
					t.Logf("%s %s: %s", f.Rule, f.Certainty, f.Message)
				}
			}
			return
		}
	}
	t.Logf("%v", count)
}
