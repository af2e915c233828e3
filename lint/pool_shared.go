package lint

import (
	"fmt"
	"slices"
)

// sharedPools finds the pools and picked ports that a service publishes for one container port on two addresses that meet: from
// 27 on the engine looks for one host port that all these addresses have, and there is none. Source: moby
// daemon/libnetwork/drivers/bridge/port_mapping_linux.go needSamePort.
func (e Engine) sharedPools(bound []Bound) []group {
	_, unless := e.needsOnePort()
	var out []group
	done := itemSet{}
	for _, same := range choices(bound) {
		for i, b := range same {
			for _, o := range same[i+1:] {
				if !e.oneForBoth(b, o) || done[b.itemOf()] && done[o.itemOf()] {
					continue
				}
				done.add(b)
				done.add(o)
				g := group{conflict: certainUnless(b.uncertainty(), o.uncertainty(), unless), members: []Bound{b, o}}
				slices.SortStableFunc(g.members, compareBound)
				out = append(out, g)
			}
		}
	}

	return out
}

// choices are the bindings for which the engine chooses a host port, those of one container port and one range together.
func choices(bound []Bound) [][]Bound {
	type choice struct {
		service *Service
		proto   string
		target  uint16
		host    Ports
	}
	at := map[choice]int{}
	var out [][]Bound
	for _, b := range bound {
		x := b.Binding
		if x.Fixed() || x.Unknown {
			continue
		}
		c := choice{b.Service, x.Proto, x.Target, x.Ports}
		if _, ok := at[c]; !ok {
			at[c] = len(out)
			out = append(out, nil)
		}
		out[at[c]] = append(out[at[c]], b)
	}

	return out
}

// oneForBoth reports whether engines from 27 on give two bindings the same host port, which their addresses can't share.
func (e Engine) oneForBoth(b, o Bound) bool {
	x, y := b.Binding, o.Binding
	twoAddresses := b.Service == o.Service && x.HostIP != y.HostIP
	isSelected := !x.Fixed() && !x.Unknown && !y.Unknown
	samePorts := x.Proto == y.Proto && x.Target == y.Target && x.Ports == y.Ports
	if !twoAddresses || !isSelected || !samePorts {
		return false
	}
	if may, _ := e.needsOnePort(); !may {
		return false
	}

	overlap, _ := e.overlaps(b, o, x.First)
	return overlap
}

// sharedPool says what the engine does with such bindings.
func (g group) sharedPool() (headlines []string, why string) {
	a, b := g.members[0], g.members[1]
	return []string{fmt.Sprintf("%q publishes container port %d twice", a.Service.Name, a.Binding.Target), fmt.Sprintf("container port %d is published twice", a.Binding.Target)},
		fmt.Sprintf("%s and %s overlap, and the engine takes one host port for both; the container cannot start", a.choice(), b.choice())
}

// choice names the host ports that the engine may choose from.
func (b Bound) choice() string {
	switch {
	case !b.Binding.Ephemeral():
		return b.Service.Item(b.Binding).Want()
	case !b.Binding.HostIP.IsValid():
		return "any port of all addresses"
	default:
		return "any port of " + b.Binding.HostIP.String()
	}
}
