package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// group is a set of bindings of which not all can have their host port.
type group struct {
	conflict
	ports   []uint16 // where they meet, sorted
	members []Bound  // at least two, in the order of compareBound
	need    int      // of an overfull pool: how many host ports its members take in all
}

// socketKey is what bindings must share to meet at all.
type socketKey struct {
	proto string
	port  uint16
}

// conflictFunc tells whether two bindings can't both have a host port.
type conflictFunc func(a, b Bound, port uint16) (conflict, bool)

// collide groups the fixed bindings that meet: one group per connected set, and one for all ports of the same items.
func collide(bound []Bound, conflicts conflictFunc) []group {
	byPort := map[socketKey][]Bound{}
	for _, b := range bound {
		if b.Binding.Fixed() {
			k := socketKey{b.Binding.Proto, b.Binding.First}
			byPort[k] = append(byPort[k], b)
		}
	}

	var groups []group
	for _, k := range sortedKeys(byPort) {
		if len(byPort[k]) > 1 {
			groups = append(groups, components(byPort[k], k.port, conflicts)...)
		}
	}

	return merge(groups)
}

func sortedKeys(m map[socketKey][]Bound) []socketKey {
	keys := make([]socketKey, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b socketKey) int {
		return cmp.Or(cmp.Compare(a.proto, b.proto), cmp.Compare(a.port, b.port))
	})
	return keys
}

// components splits bindings of one port into the sets that hang together.
func components(bound []Bound, port uint16, conflicts conflictFunc) []group {
	var groups []group
	left := slices.Clone(bound)
	for len(left) > 0 {
		g := group{ports: []uint16{port}, members: left[:1:1]}
		left = left[1:]
		for i := 0; i < len(g.members); i++ {
			left = g.take(i, left, conflicts)
		}
		if len(g.members) > 1 {
			slices.SortStableFunc(g.members, compareBound)
			groups = append(groups, g)
		}
	}

	return groups
}

// take moves into the group what meets its member i, and returns the rest.
func (g *group) take(i int, left []Bound, conflicts conflictFunc) []Bound {
	var rest []Bound
	for _, o := range left {
		c, ok := conflicts(g.members[i], o, g.ports[0])
		if !ok {
			rest = append(rest, o)
			continue
		}
		if c.certainty > g.certainty {
			g.conflict = c
		}
		g.members = append(g.members, o)
	}
	return rest
}

// merge joins the groups that the same items form on several ports.
func merge(groups []group) []group {
	var out []group
	at := map[string]int{}
	for _, g := range groups {
		k := g.items()
		if i, ok := at[k]; ok {
			out[i].ports = append(out[i].ports, g.ports...)
			continue
		}
		at[k] = len(out)
		out = append(out, g)
	}

	return out
}

// items names the items of a group, as a key.
func (g group) items() string {
	var key strings.Builder
	for _, m := range g.members {
		fmt.Fprintf(&key, "%p %v\n", m.Service, m.Binding.itemKey())
	}
	return key.String()
}

// has reports whether an item of the group is the item of the binding.
func (g group) has(b Bound) bool {
	return slices.ContainsFunc(g.members, func(m Bound) bool { return m.itemOf() == b.itemOf() })
}

// services are the names in the group, each once, in order of appearance.
func (g group) services() []string {
	var names []string
	for _, m := range g.members {
		if !slices.Contains(names, m.Service.Name) {
			names = append(names, m.Service.Name)
		}
	}
	return names
}

// want names the host ports of the group: with the address when all members have the same one.
func (g group) want() string {
	proto := "/" + g.members[0].Binding.Proto
	ip := g.members[0].Binding.HostIP
	for _, m := range g.members {
		if m.Binding.HostIP != ip {
			return runs(g.ports) + proto
		}
	}
	if !ip.IsValid() {
		return runs(g.ports) + proto
	}
	return HostPort(ip, runs(g.ports)) + proto
}

// sameAddress reports whether all members were written with the same host IP.
func (g group) sameAddress() bool {
	return !slices.ContainsFunc(g.members, func(m Bound) bool { return m.Binding.HostIP != g.members[0].Binding.HostIP })
}

// message says who meets on which ports, and what becomes of them, in one sentence.
func (g group) message() string {
	headlines, why := g.whatConflicts()
	return headlines[0] + "; " + why + g.unless()
}

// whatConflicts says who meets on which ports, the fullest headline first, and what becomes of them.
func (g group) whatConflicts() (headlines []string, why string) {
	names, twice := g.services(), g.want()+" is published twice"
	switch {
	case len(names) == 1 && len(g.members) == 2:
		return []string{fmt.Sprintf("%q publishes %s twice", names[0], g.want()), twice}, g.whyWithin()
	case len(names) == 1:
		many := fmt.Sprintf("is published %d times", len(g.members))
		return []string{fmt.Sprintf("%s %s by %q", g.want(), many, names[0]), g.want() + " " + many}, "the container cannot start"
	case len(names) > 2:
		return g.publishedBy(names), fmt.Sprintf("of %s not all can start", quoted(names))
	case len(g.members) > 2:
		return []string{fmt.Sprintf("%q and %q both want %s", names[0], names[1], g.want()), twice}, "not all of them can start"
	case g.sameAddress():
		return []string{fmt.Sprintf("%q and %q both want %s", names[0], names[1], g.want()), twice}, "the second container cannot start"
	}

	a, b := g.members[0], g.members[1]
	return []string{fmt.Sprintf("%q and %q both want %s", names[0], names[1], g.want()), twice},
		fmt.Sprintf("%s of %q and %s of %q overlap; the second container cannot start", a.wantOn(g.ports), a.Service.Name, b.wantOn(g.ports), b.Service.Name)
}

// publishedBy counts many that publish what the group wants.
func (g group) publishedBy(names []string) []string {
	return []string{fmt.Sprintf("%s is published by %d services", g.want(), len(names)), g.want() + " is published twice"}
}

// whyWithin says of two bindings of one container what keeps it from starting.
func (g group) whyWithin() string {
	const effect = "the container cannot start"
	a, b := g.members[0], g.members[1]
	switch {
	case g.identical() && a.Binding.Style.Long != b.Binding.Style.Long:
		return "Compose takes the short and the long form for two ports; " + effect
	case g.identical():
		return effect
	case g.sameAddress():
		return fmt.Sprintf("it is for container port %d and for %d; %s", a.Binding.Target, b.Binding.Target, effect)
	default:
		return fmt.Sprintf("%s and %s overlap; %s", a.wantOn(g.ports), b.wantOn(g.ports), effect)
	}
}

// identical reports whether a group is one binding written twice.
func (g group) identical() bool {
	a, b := g.members[0], g.members[1]
	return len(g.members) == 2 && a.Service == b.Service && a.Binding.Target == b.Binding.Target && g.sameAddress()
}

// wantOn names the binding's host side with the ports of a group.
func (b Bound) wantOn(ports []uint16) string {
	text := runs(ports) + "/" + b.Binding.Proto
	if !b.Binding.HostIP.IsValid() {
		return text
	}
	return HostPort(b.Binding.HostIP, text)
}

// unless ends a message that is not certain.
func (c conflict) unless() string {
	if c.why == "" {
		return ""
	}
	return " (" + c.why + ")"
}

// overfull says the same of pools that are too small for those who share them.
func (g group) overfull() (headlines []string, why string) {
	return []string{fmt.Sprintf("%s is too small for %s", g.want(), quoted(g.services())), g.want() + " is too small"},
		fmt.Sprintf("%s need %d host ports in it; not all of them can start", quoted(g.services()), g.need)
}
