package lint

import "fmt"

var portInUse = Rule{
	Name: "port-in-use", Severity: Error, Certainty: Certain, Live: true,
	Summary: "something that `up` does not stop has a host port that it needs",
	Check:   checkPortInUse,
	Stack:   checkInUseInStack,
}

func checkPortInUse(p *Pass) {
	s := p.occupancy
	for _, t := range s.taken() {
		p.reportTaken(s, t)
	}
	p.checkPools(s)
}

// taken are the host ports of one item that one owner has.
type taken struct {
	ownerConflict
	bound Bound
	ports []uint16
}

// taken compares every fixed host port that `up` will ask for with what is there.
func (o occupancy) taken() []taken {
	return o.takenBy(func(b Bound) []ownerConflict {
		if !b.Binding.Fixed() {
			return nil
		}
		return o.conflicts(b, b.Binding.First)
	})
}

// takenBy groups what holds the ports of each item by who it is.
func (o occupancy) takenBy(conflicts func(Bound) []ownerConflict) []taken {
	type key struct {
		itemOf
		owner ownerKey
	}
	var out []taken
	at := map[key]int{}
	for _, b := range o.plan.toBind() {
		for _, h := range conflicts(b) {
			k := key{b.itemOf(), h.owner.key()}
			i, seen := at[k]
			if !seen {
				i, at[k] = len(out), len(out)
				out = append(out, taken{ownerConflict: h, bound: b})
			}
			out[i].ports = append(out[i].ports, h.port)
		}
	}

	return out
}

func (p *Pass) reportTaken(s occupancy, t taken) {
	item := t.bound.Service.Item(t.bound.Binding)
	f := item.finding(t.headlines(s.plan)...)
	f.Certainty, f.Owner = t.certainty, &t.owner
	if t.says == "" {
		f.Notes = append(f.Notes, s.plan.heldBy(t.owner))
	}
	f.note(NotePossible, t.possible())
	if t.mild() {
		f.Severity = Warning
	}
	f.Related = t.owner.related(t.ports[0], t.bound.Binding.Proto)
	if t.says == "" {
		f.Fixes = []Fix{howToFree(t.owner, s.plan)}
	}
	if t.onlyIPv6() {
		f.Fixes = append(f.Fixes, advise("publish it for IPv4 only, with 0.0.0.0 before the host port"))
	}
	if notForwarded := t.says != "" && t.lost; !notForwarded { // another port would not be either
		f.Fixes = append(f.Fixes, p.moveFix([]Item{item})...)
	}
	p.Report(f)
}

// headlines say what becomes of the port, the longest first.
func (t taken) headlines(plan Plan) []string {
	what := fmt.Sprintf("%s of %q", t.want(), t.bound.Service.Name)
	switch {
	case t.says != "":
		return []string{what + " " + t.says, t.want() + " " + t.says}
	case !t.lost:
		return plan.taken(t.owner, what, t.want())
	}

	var all []string
	for _, name := range plan.shortNames(t.owner) {
		all = append(all, what+" will lead to "+name)
	}
	return append(all, what+" will not lead to its container", t.want()+" will lead elsewhere")
}

// mild reports whether waiting may be all that it takes, or the system may let both have the port.
func (t taken) mild() bool {
	return t.mayEnd() || t.why == elsewhere || t.lost
}

// onlyIPv6 reports whether the port could be bound for IPv4, and just not for IPv6.
func (t taken) onlyIPv6() bool {
	return !t.bound.Binding.HostIP.IsValid() && len(t.bound.Endpoints(1)) > 1 && len(t.at) == 1 && t.at[0].Addr.Addr().Is6()
}

// want names the ports, and the half of them that is taken when it is the one that nobody thinks of.
func (t taken) want() string {
	if t.onlyIPv6() {
		return HostPort(t.at[0].Addr.Addr(), runs(t.ports)) + "/" + t.bound.Binding.Proto
	}
	return t.bound.wantOn(t.ports)
}

// related points at the line of the other project's file.
func (o Owner) related(port uint16, proto string) []Related {
	if !o.Span.Known() || o.Container == nil {
		return nil
	}
	return []Related{{Message: fmt.Sprintf("%d/%s of %q in project %q", port, proto, o.Container.Service, o.Container.Project), Span: o.Span}}
}

// checkInUseInStack compares every host port of the stack with the services of the swarm and with this node.
func checkInUseInStack(p *Pass) {
	for _, t := range p.occupancy.takenInStack() {
		p.reportTakenInStack(t)
	}
}

// takenInStack compares every host port, of ranges too, which a swarm takes whole.
func (o occupancy) takenInStack() []taken {
	return o.takenBy(func(b Bound) []ownerConflict {
		var all []ownerConflict
		for port := range b.Binding.All() {
			all = append(all, o.stackConflicts(b, port)...)
		}
		return all
	})
}

func (p *Pass) reportTakenInStack(t taken) {
	item := t.bound.Service.Item(t.bound.Binding)
	want := t.bound.wantOn(t.ports)
	f := item.finding(p.Plan.taken(t.owner, fmt.Sprintf("%s of %q", want, p.Plan.swarmName(t.bound.Service)), want)...)
	f.Certainty, f.Owner = t.certainty, &t.owner
	f.Notes = append(f.Notes, p.Plan.heldBy(t.owner))
	f.note(NotePossible, t.possible())
	if t.certainty == Possible {
		f.Severity = Warning
	}
	f.Related = t.owner.related(t.ports[0], t.bound.Binding.Proto)
	f.Fixes = append([]Fix{p.occupancy.freesInStack(t.owner)}, p.moveFix([]Item{item})...)
	p.Report(f)
}

// freesInStack is how the owner gives the port back. What the files no longer have goes with --prune.
func (o occupancy) freesInStack(b Owner) Fix {
	for _, p := range o.host.Swarm {
		if b.Kind == OwnerSwarm && p.Service == b.Swarm && p.Stack == o.plan.stack {
			return giveBack("remove that service, or deploy with --prune when the files no longer have it",
				ShellLine(o.host.Engine.Client.Words("service", "rm", b.Swarm)), false)
		}
	}
	return howToFree(b, o.plan)
}
