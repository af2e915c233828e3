package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// SamePort is a host port that one `up` of a project can't give to everything that asks for it. The zero SamePort is none.
type SamePort struct {
	Services []string  // that publish it, by name; one that does so twice, or has replicas, stands alone
	Message  string    // one sentence
	Places   []Related // where the files publish it; none where they could not be read
	Fix      Fix
}

// SamePort says which services of the project can't all publish a fixed host port, those of profiles that are off among them.
// Where services are named, only they count. Whoever has the port on the machine is not asked.
func (p *Project) SamePort(port uint16, proto string, services ...string) SamePort {
	var bound []Bound
	for _, ip := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		for _, b := range p.publishers(Endpoint{Proto: proto, Addr: netip.AddrPortFrom(ip, port)}) {
			isSelected := len(services) == 0 || slices.Contains(services, b.Service.Name)
			if isSelected && b.Binding.Fixed() && !slices.Contains(bound, b) {
				bound = append(bound, b)
			}
		}
	}
	if groups := collide(bound, Engine{}.conflicts); len(groups) > 0 {
		g := groups[0]
		if names := g.services(); len(names) == 1 {
			return samePort(names, g.message(), g.places(), "publish it once")
		}
		return samePort(g.services(), g.message(), g.places(), eachItsOwn)
	}

	for _, b := range bound {
		if b.Service.Replicas > 1 {
			headlines, cause, effect := tightWords(b.Service, b.Service.Item(b.Binding))
			return samePort([]string{b.Service.Name}, headlines[0]+": "+cause+"; "+effect, group{members: []Bound{b}}.places(), "publish a pool, or no host port")
		}
	}

	return SamePort{}
}

// SamePortOf says the same of two services whose containers an engine knows, where their files can't be read.
func SamePortOf(a, b *Container, port uint16, proto string) SamePort {
	if a.Service == b.Service {
		return samePort([]string{a.Service}, fmt.Sprintf("containers %q and %q of service %q both want %d/%s", a.Name, b.Name, a.Service, port, proto), nil,
			"publish a pool, or no host port")
	}
	names := slices.Sorted(slices.Values([]string{a.Service, b.Service}))
	return samePort(names, fmt.Sprintf("%q and %q both want %d/%s; the second container cannot start", names[0], names[1], port, proto), nil, eachItsOwn)
}

// TwicePort says of a container that it asks for a port on two addresses that overlap.
func TwicePort(c *Container, port uint16, proto string) SamePort {
	return samePort([]string{c.Service}, fmt.Sprintf("container %q asks for %d/%s twice, on addresses that overlap", c.Name, port, proto), nil, "publish it once")
}

// eachItsOwn is what helps where stopping a container does not.
const eachItsOwn = "give each a host port of its own; a container that is stopped comes back with the next `up`"

func samePort(services []string, message string, places []Related, help string) SamePort {
	return SamePort{Services: services, Message: message, Places: places, Fix: advise(help)}
}

// places are all members of a group, with the profiles that start them.
func (g group) places() []Related {
	out := make([]Related, 0, len(g.members))
	for _, m := range g.members {
		r := m.related()
		if s := m.Service; len(s.Profiles) > 0 {
			r.Message += " (profile " + strings.Join(s.Profiles, " or ") + ")"
		}
		out = append(out, r)
	}
	return out
}

// AsksTwice reports whether the container asks for a host port on two addresses that overlap: it clashes with itself.
func (c *Container) AsksTwice(port uint16, proto string) bool {
	var asked []Endpoint
	for _, w := range c.Wanted {
		if w.Proto != proto || w.Ports() != PortsFrom(port, 1) {
			continue
		}
		if slices.ContainsFunc(asked, w.Overlaps) {
			return true
		}
		asked = append(asked, w.Endpoint)
	}
	return false
}

// BackWithUp is the use without advice to stop the containers of a project: the next `up` of the project, which needs the port
// for another container, starts them again.
func (u PortUse) BackWithUp(project string) PortUse {
	u.Holders = slices.Clone(u.Holders)
	for i := range u.Holders {
		b := &u.Holders[i]
		b.back = b.Container != nil && b.Container.Project == project
	}
	return u
}
