package lint

import (
	"fmt"
)

// Ground is what speaks against giving out host ports on a machine.
type Ground struct {
	Within    Ports             // only these may be given out; none: all
	Ephemeral Ports             // that the system gives to outgoing connections; none: those of Linux
	Kept      []KeptRange       // that the system keeps back
	Taken     map[uint16]string // who has a port or will take it, such as `container "blog-web-1" has it`
}

// KeptRange are ports that the system keeps back, inclusive.
type KeptRange struct {
	Ports
	Why string // such as "Windows keeps 5357-5456 for itself"
}

// Shut says why a host port should not be given out, "" when nothing speaks against it.
func (g *Ground) Shut(port uint16) string {
	if who := g.Taken[port]; who != "" {
		return who
	}
	if g.Within.Known() && !g.Within.Contains(port) {
		return fmt.Sprintf("it lies outside %d-%d, the range of the settings", g.Within.First, g.Within.Last)
	}
	if span := g.ephemeral(); span.Contains(port) {
		return fmt.Sprintf("it lies among the ports for outgoing connections, %d-%d", span.First, span.Last)
	}
	for _, k := range g.Kept {
		if k.Contains(port) {
			return k.Why
		}
	}
	if browserBlocked[port] {
		return "browsers refuse it"
	}
	if s, ok := systemServiceAt(port); ok {
		return "it belongs to " + s.what
	}
	return ""
}

func (g *Ground) ephemeral() Ports {
	if g.Ephemeral.Known() {
		return g.Ephemeral
	}
	return linuxEphemeral
}

// Near is where people look first for another port: the next one; 80 becomes 8080, 443 8443, and a port among those for
// outgoing connections keeps its last four digits below them.
func (g *Ground) Near(old uint16) uint16 {
	switch {
	case old == 22:
		return 2222
	case old == 25:
		return 2525
	case old < 1024:
		return 8000 + old
	case g.ephemeral().Contains(old):
		return 10000 + old%10000
	case old == 65535:
		return 1024
	default:
		return old + 1
	}
}

// Take keeps ports from being given out again. What is known of a port already stays.
func (g *Ground) Take(taken Ports, who string) {
	if g.Taken == nil {
		g.Taken = map[uint16]string{}
	}
	for port := range taken.All() {
		if g.Taken[port] == "" {
			g.Taken[port] = who
		}
	}
}

// TakeWritten takes the ports that projects publish. A pool takes all of its ports.
func (g *Ground) TakeWritten(projects ...*Project) {
	for _, p := range projects {
		for _, b := range p.Bindings() {
			if b.Known() {
				g.Take(b.Ports, fmt.Sprintf("service %q of project %q publishes it", b.Service, p.Label()))
			}
		}
	}
}

// GroundOf is what speaks against ports on a machine: its containers, sockets and ranges. Of a container that ours holds
// for nothing is taken, and nothing of the sockets that have its ports.
func GroundOf(h *Host, ours func(*Container) bool) Ground {
	g := Ground{Ephemeral: h.ephemeral(), Taken: map[uint16]string{}}
	if h == nil {
		return g
	}
	g.Kept = h.Kept
	mine := map[uint16]bool{}
	for i := range h.Containers {
		c := &h.Containers[i]
		if ours(c) {
			c.eachPort(func(port uint16) { mine[port] = true })
			continue
		}
		c.eachPort(func(port uint16) { g.Take(PortsFrom(port, 1), c.claims()) })
	}
	for _, s := range h.Swarm {
		g.Take(PortsFrom(s.Port, 1), fmt.Sprintf("swarm service %q has it", s.Service))
	}
	for p, is := range h.InUse {
		if is && !mine[p] {
			g.Take(PortsFrom(p, 1), "a socket of this machine has it")
		}
	}
	for _, p := range h.Probes {
		if n := p.Addr.Port(); p.Result != Free && !mine[n] {
			g.Take(PortsFrom(n, 1), "it can't be bound")
		}
	}
	return g
}

// eachPort calls with every host port that the container has or asks for.
func (c *Container) eachPort(do func(port uint16)) {
	for _, list := range [][]PublishedPort{c.Bound, c.Wanted} {
		for _, p := range list {
			for port := range p.Ports().All() {
				do(port)
			}
		}
	}
}

// claims says that a container has a port, or will.
func (c *Container) claims() string {
	verb := "has it"
	if !c.Running() {
		verb = "takes it when it starts"
	}
	if c.Project == "" {
		return fmt.Sprintf("container %q %s", c.Name, verb)
	}
	return fmt.Sprintf("container %q of project %q %s", c.Name, c.Project, verb)
}
