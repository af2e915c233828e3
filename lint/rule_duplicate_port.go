package lint

import (
	"fmt"
	"slices"
	"strings"
)

var duplicatePort = Rule{
	Name: "duplicate-port", Severity: Error, Certainty: Certain,
	Summary:  "two bindings that one `up` starts need the same host port",
	Check:    checkDuplicatePort,
	Stack:    checkDuplicateInStack,
	Profiles: true,
}

func checkDuplicatePort(p *Pass) {
	bound := append(p.Plan.Bound(), p.Plan.stoppedRequests...)
	for _, g := range collide(bound, p.conflicts) {
		headlines, why := g.whatConflicts()
		p.reportDuplicate(g, p.second(g), headlines, why, p.duplicateFix(g))
	}

	for _, g := range p.overfullPools(bound, nil) {
		headlines, why := g.overfull()
		p.reportDuplicate(g, 1, headlines, why, []Fix{{Title: "give the pools ranges of their own", Safety: Manual}})
	}

	for _, g := range p.engine().sharedPools(bound) {
		headlines, why := g.sharedPool()
		p.reportDuplicate(g, 1, headlines, why, []Fix{{Title: "keep one of the two, or give them ranges of their own", Safety: Manual}})
	}

	for _, g := range sameVariablePools(bound) {
		headlines, why := g.sameVariable()
		p.reportDuplicate(g, 1, headlines, why, []Fix{{Title: "give each its own variable", Safety: Manual}})
	}
}

// conflicts tells whether two bindings of one `up` can't both have a host port.
func (p *Pass) conflicts(a, b Bound, port uint16) (conflict, bool) {
	if p.Plan.apart(a.Service.Name, b.Service.Name) {
		return conflict{}, false
	}
	return p.engine().conflicts(a, b, port)
}

// second is the index of the first member of a group that meets an earlier one.
func (p *Pass) second(g group) int {
	_, leave := g.parted(p.conflicts)
	return slices.IndexFunc(g.members, func(m Bound) bool { return m.itemOf() == leave[0].itemOf() })
}

// reportDuplicate reports a group at one of its bindings, and points at the others.
func (p *Pass) reportDuplicate(g group, at int, headlines []string, why string, fixes []Fix) {
	second := g.members[at]
	f := second.Service.Item(second.Binding).finding(headlines...)
	f.Certainty, f.Fixes = g.certainty, fixes
	f.note(NoteWhy, why)
	f.note(NotePossible, g.why)
	for i, m := range g.members {
		if i != at {
			f.Related = append(f.Related, m.related())
			if m.Binding.From.Unused.Kind == HiddenByShell {
				f.Related = append(f.Related, p.unused(m.Binding)...)
			}
		}
	}

	p.Report(f)
}

// related points at the binding of a group.
func (b Bound) related() Related {
	return b.equal(fmt.Sprintf("%s of %q", b.Service.Item(b.Binding).Want(), b.Service.Name))
}

// equal is a place that is as wrong as the finding's own: an ignore comment on it counts for all.
func (b Bound) equal(message string) Related {
	return Related{Message: message, Span: b.Span(), entry: b.Binding.Entry}
}

// parted are the members of a group that can stay as they are, the earlier ones first, and those that meet one of them.
func (g group) parted(conflicts conflictFunc) (stay, leave []Bound) {
	for _, m := range g.members {
		overlaps := func(o Bound) bool {
			_, met := conflicts(o, m, g.ports[0])
			return met
		}
		if slices.ContainsFunc(stay, overlaps) {
			leave = append(leave, m)
		} else {
			stay = append(stay, m)
		}
	}
	return stay, leave
}

// itemsOf are the items of bindings, one for each.
func itemsOf(bound []Bound) []Item {
	items := make([]Item, 0, len(bound))
	for _, b := range bound {
		items = append(items, b.Service.Item(b.Binding))
	}
	return items
}

// duplicateFix deletes what is written twice, or gives every binding that meets an earlier one another host port.
func (p *Pass) duplicateFix(g group) []Fix {
	if p.profile != "" {
		return profileFix()
	}

	staying, leaving := g.parted(p.conflicts)
	stay, later := itemsOf(staying), itemsOf(leaving)
	first := stay[0]
	var repeats []Item
	exact := true
	for _, it := range later {
		if it.repeats(first, g.ports) {
			repeats = append(repeats, it)
			exact = exact && it.Head().HostIP == first.Head().HostIP
		}
	}

	switch {
	case len(repeats) == 0:
		return p.apartFix(stay, later)
	case len(repeats) < len(later):
		return p.mixedFix(stay, repeats, later)
	}

	fix := p.deleteFix(repeats)
	if exact && len(fix.Edits) > 0 {
		fix.Safety = Safe
	}
	if exact {
		return []Fix{fix}
	}
	return append([]Fix{fix}, p.apartFix(stay, later)...)
}

// apartFix gives the later items other host ports, or takes the earlier one away.
func (p *Pass) apartFix(stay, later []Item) []Fix {
	fixes, first := p.moveFix(later, stay...), stay[0]
	it := later[0]
	overridden := first.Service == it.Service && first.Head().Layer.Order < it.Head().Layer.Order
	if overridden && len(stay)+len(later) == 2 && p.replaces(it) {
		fixes = append([]Fix{overrideFix(it)}, fixes...)
	}
	return fixes
}

// mixedFix deletes the repeats and gives the other later items other host ports.
func (p *Pass) mixedFix(stay, repeats, later []Item) []Fix {
	others := slices.DeleteFunc(slices.Clone(later), func(it Item) bool {
		return slices.ContainsFunc(repeats, func(r Item) bool { return r.Head() == it.Head() })
	})
	fix, moves := p.deleteFix(repeats), p.moveFix(others, stay...)
	if len(fix.Edits) == 0 || len(moves) == 0 || len(moves[0].Edits) == 0 {
		return p.moveFix(later, stay...)
	}
	fix.Title = "delete what repeats the first, and " + moves[0].Title
	fix.Edits, fix.Moves = sortEdits(append(fix.Edits, moves[0].Edits...)), moves[0].Moves
	return []Fix{fix}
}

// repeats reports whether the item only publishes again what the first one does, on an address that the first one has.
func (i Item) repeats(first Item, ports []uint16) bool {
	a, b := first.Head(), i.Head()
	whole := i.Width() == len(ports) && first.Ports().Covers(i.Ports())
	sameTargets := int(a.First)-int(a.Target) == int(b.First)-int(b.Target)
	firstHasAll := !a.HostIP.IsValid() && i.Service.Network.HostIP == ""
	covered := a.HostIP == b.HostIP || firstHasAll
	if i.Service != first.Service || !covered {
		return false
	}
	return whole && sameTargets
}

// sameVariablePools groups the bindings of unknown value that are written as the same variable: whatever it holds, they meet.
func sameVariablePools(bound []Bound) []group {
	at := map[string]int{}
	items := itemSet{}
	var groups []group
	for _, b := range bound {
		if !b.Binding.Unknown || !strings.Contains(b.Binding.HostText, "$") || !items.add(b) {
			continue
		}
		key := b.Binding.HostText + "/" + b.Binding.Proto
		i, ok := at[key]
		if !ok {
			i, at[key] = len(groups), len(groups)
			groups = append(groups, group{conflict: certainUnless("nothing gives the variable a value")})
		}
		groups[i].members = append(groups[i].members, b)
	}

	return reallySameVariable(groups)
}

// reallySameVariable keeps the groups that have two, in the order of compareBound.
func reallySameVariable(groups []group) []group {
	groups = slices.DeleteFunc(groups, func(g group) bool { return len(g.members) < 2 })
	for _, g := range groups {
		slices.SortStableFunc(g.members, compareBound)
	}
	return groups
}

// sameVariable says what meets whatever value a variable has.
func (g group) sameVariable() (headlines []string, why string) {
	names, want := g.services(), g.members[0].Binding.HostText+"/"+g.members[0].Binding.Proto
	twice := want + " is published twice"
	switch len(names) {
	case 1:
		return []string{fmt.Sprintf("%q publishes %s twice", names[0], want), twice}, "whatever value it has, the container cannot start"
	case 2:
		return []string{fmt.Sprintf("%q and %q both want %s", names[0], names[1], want), twice}, "whatever value it has, the second container cannot start"
	default:
		return []string{fmt.Sprintf("%s is published by %d services", want, len(names)), twice},
			fmt.Sprintf("whatever value it has, only one of %s can start", quoted(names))
	}
}

// checkDuplicateInStack finds what a swarm refuses within one stack: a service that publishes a port twice, a port that
// two services publish of which one takes it on all nodes, and more tasks in mode host than there are nodes.
// Source: swarmkit manager/controlapi/service.go, validateEndpointSpec and checkPortConflicts.
func checkDuplicateInStack(p *Pass) {
	bound := p.Plan.Bound()
	byPort := map[socketKey][]Bound{}
	for _, b := range bound {
		for port := range b.Binding.All() {
			k := socketKey{b.Binding.Proto, port}
			byPort[k] = append(byPort[k], b)
		}
	}

	var groups []group
	for _, k := range sortedKeys(byPort) {
		groups = append(groups, components(byPort[k], k.port, p.stackConflicts(byPort[k]))...)
	}

	for _, g := range merge(groups) {
		var later []Item
		for _, m := range g.members[1:] {
			later = append(later, m.Service.Item(m.Binding))
		}
		headlines, why := p.headlinesOfStack(g)
		p.reportInStack(g, headlines, why, p.moveFix(later, g.members[0].Service.Item(g.members[0].Binding)))
	}
}

// stackConflicts tells which of the bindings of one host port can't live together.
func (p *Pass) stackConflicts(all []Bound) conflictFunc {
	need, nodes := 0, p.Host.nodes()
	for _, b := range all {
		if b.Binding.HostMode {
			need += b.Service.nodesUsed(nodes)
		}
	}
	everywhere := func(s *Service) bool { return s.Global && !s.Constrained }
	return func(a, b Bound, _ uint16) (conflict, bool) {
		switch {
		case a.Service == b.Service || !a.Binding.HostMode || !b.Binding.HostMode:
			return certainUnless(), true
		case everywhere(a.Service) && everywhere(b.Service):
			return certainUnless(), true
		case nodes == 0:
			return conflict{Possible, fmt.Sprintf("they need %d nodes", need)}, need > 1
		default:
			return certainUnless(), need > nodes
		}
	}
}

// reportInStack reports a group at its second binding. What the files alone can't decide is a warning.
func (p *Pass) reportInStack(g group, headlines []string, why string, fixes []Fix) {
	report := p.report
	defer func() { p.report = report }()
	p.report = func(f Finding) {
		if f.Certainty == Possible {
			f.Severity = min(f.Severity, Warning)
		}
		report(f)
	}
	p.reportDuplicate(g, 1, headlines, why, fixes)
}

// headlinesOfStack says who meets on which ports, and what the swarm makes of them.
func (p *Pass) headlinesOfStack(g group) (headlines []string, why string) {
	names := g.services()
	for i, n := range names {
		names[i] = p.Plan.stack + "_" + n
	}
	first, second := g.members[0], g.members[1]
	switch {
	case len(names) == 1:
		return []string{fmt.Sprintf("%q publishes %s twice", names[0], g.want()), g.want() + " is published twice"}, "the swarm refuses the service"
	case first.Binding.HostMode && second.Binding.HostMode:
		return g.publishedBy(names), fmt.Sprintf("in mode host a node runs a task of only one of %s", quoted(names))
	default:
		return g.publishedBy(names), fmt.Sprintf("of %s the swarm refuses the one that comes second", quoted(names))
	}
}
