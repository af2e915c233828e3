package lint

import (
	"fmt"
	"strconv"
)

// checkDuplicateInStack finds what a swarm refuses within one stack: a service that publishes a port twice, a port that
// two services publish of which one takes it on all nodes, and more tasks in mode host than there are nodes.
// Source: swarmkit manager/controlapi/service.go, validateEndpointSpec and checkPortConflicts.
func checkDuplicateInStack(p *Pass) {
	bound := p.Plan.Bound()
	byPort := map[socketKey][]Bound{}
	for _, b := range bound {
		for n := int(b.Binding.First); n > 0 && n <= int(b.Binding.Last); n++ {
			k := socketKey{b.Binding.Proto, uint16(n)}
			byPort[k] = append(byPort[k], b)
		}
	}
	var groups []group
	for _, k := range sortedKeys(byPort) {
		groups = append(groups, components(byPort[k], k.port, p.meetInStack(byPort[k]))...)
	}
	for _, g := range merge(groups) {
		var later []Item
		for _, m := range g.members[1:] {
			later = append(later, m.Service.Item(m.Binding))
		}
		p.reportInStack(g, p.stackMessage(g), p.moveFix(later, g.members[0].Service.Item(g.members[0].Binding)))
	}
}

// meetInStack tells which of the bindings of one host port can't live together.
func (p *Pass) meetInStack(all []Bound) meeting {
	need, nodes := 0, p.Host.nodes()
	for _, b := range all {
		if b.Binding.HostMode {
			need += b.Service.fill(nodes)
		}
	}
	return func(a, b Bound, _ uint16) (clash, bool) {
		switch {
		case a.Service == b.Service || !a.Binding.HostMode || !b.Binding.HostMode:
			return unsure(), true
		case a.Service.Global && b.Service.Global && !a.Service.Constrained && !b.Service.Constrained:
			return unsure(), true
		case nodes == 0:
			return clash{Possible, fmt.Sprintf("they need %d nodes", need)}, need > 1
		default:
			return unsure(), need > nodes
		}
	}
}

// reportInStack reports a group at its second binding. What the files alone can't decide is a warning.
func (p *Pass) reportInStack(g group, message string, fixes []Fix) {
	report := p.report
	defer func() { p.report = report }()
	p.report = func(f Finding) {
		if f.Certainty == Possible {
			f.Severity = min(f.Severity, Warning)
		}
		report(f)
	}
	p.reportDuplicate(g, 1, message, fixes)
}

func (p *Pass) stackMessage(g group) string {
	names := g.services()
	for i, n := range names {
		names[i] = p.Plan.stack + "_" + n
	}
	first, second := g.members[0], g.members[1]
	switch {
	case len(names) == 1:
		return fmt.Sprintf("%q publishes %s twice; the swarm refuses the service", names[0], g.want())
	case first.Binding.HostMode && second.Binding.HostMode:
		return fmt.Sprintf("%s is published in mode host by %s; a node runs a task of only one of them", g.want(), quoted(names)) + g.unless()
	default:
		return fmt.Sprintf("%s is published by %s; the swarm refuses the one that comes second", g.want(), quoted(names))
	}
}

// checkReplicasInStack finds services with a port in mode host and more replicas than the swarm has nodes.
func checkReplicasInStack(p *Pass) {
	nodes := p.Host.nodes()
	for _, s := range p.Plan.Starts {
		for _, it := range s.Items() {
			if !it.Head().HostMode || !it.Written() || s.Global || s.Replicas < 2 || nodes >= s.Replicas {
				continue
			}
			f := it.finding(fmt.Sprintf("%q has %d replicas with %s in mode host, of which a node runs one; ", p.Plan.swarmName(s), s.Replicas, it.Want()))
			if nodes == 0 {
				f.Message += fmt.Sprintf("the swarm needs %d nodes", s.Replicas)
				f.Severity, f.Certainty = Warning, Possible
			} else {
				f.Message += fmt.Sprintf("the swarm has %s, so that %d stay pending", nodesText(nodes), s.Replicas-nodes)
			}
			if s.ReplicasSpan.Known() {
				f.Related = []Related{{Message: fmt.Sprintf("%d replicas", s.Replicas), Span: s.ReplicasSpan}}
			}
			f.Fixes = []Fix{advise("publish it in mode ingress, which all replicas share, or run one on each node with `mode: global`")}
			p.Report(f)
		}
	}
}

func nodesText(n int) string {
	if n == 1 {
		return "1 node"
	}
	return strconv.Itoa(n) + " nodes"
}

// checkInUseInStack compares every host port of the stack with the services of the swarm and with this node.
func checkInUseInStack(p *Pass) {
	for _, t := range p.scene.takenInStack() {
		p.reportTakenInStack(t)
	}
}

// takenInStack compares every host port, of ranges too, which a swarm takes whole.
func (s scene) takenInStack() []taken {
	return s.takenBy(func(b Bound) []hold {
		var all []hold
		for n := int(b.Binding.First); n > 0 && n <= int(b.Binding.Last); n++ {
			all = append(all, s.stackHolds(b, uint16(n))...)
		}
		return all
	})
}

func (p *Pass) reportTakenInStack(t taken) {
	item := t.bound.Service.Item(t.bound.Binding)
	f := item.finding(fmt.Sprintf("%s of %q is %s", t.bound.wantOn(t.ports), p.Plan.swarmName(t.bound.Service), p.scene.who(t.blocker)) + t.unless())
	f.Certainty, f.Owner = t.certainty, &t.blocker
	if t.certainty == Possible {
		f.Severity = Warning
	}
	f.Related = t.blocker.related(t.ports[0], t.bound.Binding.Proto)
	f.Fixes = append([]Fix{p.scene.freesInStack(t.blocker)}, p.moveFix([]Item{item})...)
	p.Report(f)
}

// freesInStack is how the blocker gives the port back. What the files no longer have goes with --prune.
func (s scene) freesInStack(b Blocker) Fix {
	for _, p := range s.host.Swarm {
		if b.Kind == BySwarm && p.Service == b.Swarm && p.Stack == s.plan.stack {
			return Fix{Title: "remove that service, or deploy with --prune when the files no longer have it", Safety: Manual,
				Command: dockerLine(s.host.Engine.Flags, "service", "rm", b.Swarm)}
		}
	}
	return s.frees(b)
}

// checkIgnoredInStack finds host addresses, which a swarm does not heed: what was for this machine is open to all.
func checkIgnoredInStack(p *Pass) {
	for _, s := range p.Plan.Starts {
		for _, it := range s.Items() {
			if ip := it.Head().Unheeded; ip.IsValid() {
				f := it.finding(fmt.Sprintf("a swarm does not heed the address %s: %q publishes %s on all addresses", ip, p.Plan.swarmName(s), it.Want()))
				f.Fixes = []Fix{advise("leave the port out where only services of the stack need it, or shut it in the firewall of every node")}
				p.Report(f)
			}
		}
	}
}

// checkInvalidInStack finds, beside what Compose refuses, what only `docker stack deploy` refuses in the mapping form: it takes a
// number for `published` and knows no `host_ip`. Source: docker/cli cli/compose/schema, and its interpolation, which makes a
// number of a text with a variable only.
func checkInvalidInStack(p *Pass) {
	checkInvalidPort(p)
	for i := range p.Project.Services {
		for _, it := range p.Project.Services[i].Items() {
			if reason, fix := it.refusedInStack(); reason != "" {
				f := it.finding(fmt.Sprintf("docker stack deploy refuses this port of %q: %s", it.Service.Name, reason))
				f.Fixes = []Fix{advise(fix)}
				p.Report(f)
			}
		}
	}
}

// refusedInStack says why `docker stack deploy` refuses an item, and what to write in its place.
func (i Item) refusedInStack() (reason, fix string) {
	b := i.Head()
	first, last := i.Range()
	switch {
	case !b.Style.Long:
		return "", ""
	case b.Unheeded.IsValid():
		return "`host_ip` is no key that it knows", "leave `host_ip` out"
	case first != last:
		return fmt.Sprintf("`published` is the range %s, where it takes a single number", i.Ports()), "write the range in the short form"
	case first != 0 && isLiteral(b.Text) && b.Style.Quote != 0:
		return "`published` is a text, where it takes a number", "write the number without quotes"
	}
	return "", ""
}
