package lint

import (
	"fmt"

	"github.com/portlint/portlint/lint/pick"
)

// ExcludePublished excludes the ports that projects publish. A pool takes all of its ports.
func ExcludePublished(from *pick.Exclusions, projects ...*Project) {
	for _, p := range projects {
		for _, b := range p.Bindings() {
			if b.Known() {
				from.Exclude(b.Ports, fmt.Sprintf("service %q of project %q publishes it", b.Service, p.Label()))
			}
		}
	}
}

// ExclusionsOf is what speaks against ports on a machine: its containers, sockets and ranges. Of a container that ours holds
// for nothing is taken, and nothing of the sockets that have its ports.
func ExclusionsOf(h *Host, ours func(*Container) bool) pick.Exclusions {
	e := pick.Exclusions{Ephemeral: h.ephemeral(), Taken: map[uint16]string{}}
	if h == nil {
		return e
	}

	e.Reserved = h.Reserved
	mine := map[uint16]bool{}
	for i := range h.Containers {
		c := &h.Containers[i]
		switch {
		case ours(c):
			c.eachPort(func(port uint16) { mine[port] = true })
		case c.Running():
			c.eachPort(func(port uint16) { e.Exclude(PortsFrom(port, 1), c.claims()) })
		}
	}

	for _, s := range h.Swarm {
		e.Exclude(PortsFrom(s.Port, 1), fmt.Sprintf("swarm service %q has it", s.Service))
	}

	for p, is := range h.InUse {
		if is && !mine[p] {
			e.Exclude(PortsFrom(p, 1), "a socket of this machine has it")
		}
	}

	for i := range h.Containers { // who has a port now comes first
		if c := &h.Containers[i]; !ours(c) && !c.Running() {
			c.eachPort(func(port uint16) { e.Exclude(PortsFrom(port, 1), c.claims()) })
		}
	}

	for _, p := range h.Probes {
		if n := p.Addr.Port(); p.Result != Free && !mine[n] {
			e.Exclude(PortsFrom(n, 1), "it can't be bound")
		}
	}

	return e
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

// RequestedEndpoints are the sockets that the engine would bind for a request at a lowest port.
func RequestedEndpoints(r pick.Request, first uint16) []Endpoint {
	protos := r.Protos
	if len(protos) == 0 {
		protos = []string{"tcp"}
	}
	var out []Endpoint
	for _, proto := range protos {
		b := Binding{Proto: proto, HostIP: r.HostIP}
		for i := range r.Ports() {
			out = append(out, b.endpoints(Network{}, first+uint16(i))...)
		}
	}

	return out
}
