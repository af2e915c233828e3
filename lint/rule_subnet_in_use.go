package lint

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint/subnet"
)

var subnetInUse = Rule{
	Name: "subnet-in-use", Severity: Error, Certainty: Certain, LiveToo: true,
	Summary:  "a fixed subnet overlaps with another one of the project or of the engine",
	Check:    checkSubnetInUse,
	Profiles: true,
}

// checkSubnetInUse compares the subnets that the files fix with each other and with those of the engine's networks. Compose asks
// for subnets before it makes any container, for the networks of services without a replica too.
func checkSubnetInUse(p *Pass) {
	p.checkOwnSubnets()
	if p.Host == nil || !p.Host.Engine.comparesSubnets() {
		return
	}
	for _, n := range p.Plan.networks {
		for _, r := range n.toMake() {
			p.checkExistingSubnets(n, r)
			if p.Host.Engine.ComparesHostSubnets() {
				p.checkHostSubnets(r)
			}
		}
	}
}

// checkOwnSubnets finds subnets of the project that can't be kept at the same time. What is asked for first is a race: where only
// one of both orders is refused, it is possible.
func (p *Pass) checkOwnSubnets() {
	var all []subnetRequest
	made := map[*ProjectNetwork]bool{}
	for _, n := range p.Plan.networks {
		all = append(all, n.inForce()...)
		made[n.ProjectNetwork] = n.fate != networkStays
	}
	slices.SortStableFunc(all, func(a, b subnetRequest) int {
		return cmp.Or(cmp.Compare(a.value.Layer.Order, b.value.Layer.Order), a.value.Span.Compare(b.value.Span))
	})

	for i, later := range all {
		for _, first := range all[:i] {
			if first.network == later.network && p.engine().takesSubnetsOfOneFamily() {
				continue
			}
			refused := []bool{p.engine().refusesSubnet(later.Request, first.asExisting()), p.engine().refusesSubnet(first.Request, later.asExisting())}
			if !made[later.network] && !made[first.network] || !slices.Contains(refused, true) {
				continue
			}
			f := later.finding(fmt.Sprintf("%s overlaps with %s; only one of them can be made", later.title(), first.title()))
			f.shorter = []string{fmt.Sprintf("%s overlaps with %s", later.value.Label(), first.value.Label())}
			f.Related = []Related{{Message: "the other subnet", Span: first.value.Span, entry: first.value.Span}}
			if slices.Contains(refused, false) {
				f.Certainty, f.Severity = Possible, Warning
				f.Message += ", unless the one with ip_range comes second"
			}
			f.Fixes = []Fix{p.otherSubnet(later)}
			p.Report(f)
			break
		}
	}
}

// asExisting is the subnet once the engine keeps it.
func (r subnetRequest) asExisting() ExistingSubnet {
	return ExistingSubnet{Driver: r.Driver, Prefix: r.Prefix, Range: r.Range}
}

// checkExistingSubnets finds the networks of the engine beside which it refuses a subnet, used or not.
func (p *Pass) checkExistingSubnets(n neededNetwork, r subnetRequest) {
	for i := range p.Host.Networks {
		o := &p.Host.Networks[i]
		removed := n.fate == networkReplaced && o == n.found
		if o.Swarm || removed || p.Plan.inFiles(o) {
			continue
		}
		k := slices.IndexFunc(o.Subnets, func(k ExistingSubnet) bool { return p.Host.Engine.refusesSubnet(r.Request, k) })
		if k < 0 {
			continue
		}

		f := r.finding(fmt.Sprintf("%s overlaps with %s of %q", r.title(), o.Subnets[k].Prefix, o.Name))
		f.shorter = []string{fmt.Sprintf("%s overlaps with %s", r.value.Label(), o.Subnets[k].Prefix), "this subnet overlaps with another"}
		f.note(NoteHeldBy, fmt.Sprintf("%s of %s", o.Subnets[k].Prefix, p.networkSentence(o)))
		f.Owner = &Owner{Kind: OwnerNetwork, Network: o, UID: -1}
		if f.Certainty = p.Plan.keepsSubnets(o, p.Host); f.Certainty < Certain {
			f.Severity = Warning
			f.note(NotePossible, "this `up` removes that network, perhaps too late")
		}
		f.Fixes = []Fix{p.freeNetwork(o), p.otherSubnet(r)}
		if p.runsElsewhere(o.Project) {
			slices.Reverse(f.Fixes)
		}
		p.Report(f)
	}
}

// checkHostSubnets finds the subnets of the machine itself beside which its engine refuses one. Those of the engine's own
// networks are its bridges'.
func (p *Pass) checkHostSubnets(r subnetRequest) {
	for _, has := range p.Host.Subnets {
		bridge := slices.ContainsFunc(p.Host.Networks, func(o EngineNetwork) bool {
			return slices.ContainsFunc(o.Subnets, func(k ExistingSubnet) bool { return k.Prefix.Overlaps(has) })
		})
		if bridge || !has.Overlaps(r.Prefix) {
			continue
		}
		f := r.finding(fmt.Sprintf("%s overlaps with %s; this machine has an address in it", r.title(), has))
		f.shorter = []string{fmt.Sprintf("%s overlaps with %s", r.value.Label(), has), "this subnet overlaps with another"}
		f.Fixes = []Fix{p.otherSubnet(r)}
		p.Report(f)
		return
	}
}

// inFiles reports whether a network of the engine is one of the project's as its files define it.
func (plan *Plan) inFiles(o *EngineNetwork) bool {
	return slices.ContainsFunc(plan.networks, func(n neededNetwork) bool {
		return n.found == o && n.fate == networkStays && len(n.requests()) > 0 && n.hasSubnetsOf(o)
	})
}

// title names a subnet with its network.
func (r subnetRequest) title() string {
	return fmt.Sprintf("subnet %s of network %q", r.value.Label(), r.network.label())
}

// finding starts a finding about the subnet.
func (r subnetRequest) finding(message string) Finding {
	f := Finding{Span: r.value.Span, Message: message, Name: &Name{Kind: NameOfSubnet, Value: r.value}}
	if !f.Span.Known() {
		f.Span = r.network.Span
	}
	return f
}

// networkSentence says whose a network of the engine is.
func (p *Pass) networkSentence(o *EngineNetwork) string {
	name := fmt.Sprintf("network %q", o.Name)
	at := slices.IndexFunc(p.Plan.networks, func(n neededNetwork) bool { return n.found == o })
	switch {
	case o.Name == "bridge":
		return "the engine's own " + name
	case o.Project == "":
		return name + ", which Compose did not make"
	case o.Project == p.Plan.project && at >= 0 && p.Plan.networks[at].fate == networkRenamed:
		return fmt.Sprintf("our own %s, which goes only once its successor is made", name)
	case o.Project == p.Plan.project && at < 0 && p.Project.Network(o.Key) == nil:
		return fmt.Sprintf("our own %s, for which the files have no key %q any more", name, o.Key)
	case o.Project == p.Plan.project:
		return "our own " + name
	}

	said := fmt.Sprintf("%s of project %q", name, o.Project)
	if dir := p.Host.dirOf(o.Project); dir != "" {
		said += " in " + dir
	}
	return said
}

// dirOf is where the containers of a project were made, "" where none tells it.
func (h *Host) dirOf(project string) string {
	for i := range h.Containers {
		if c := &h.Containers[i]; c.Project == project && c.WorkingDir != "" {
			return c.WorkingDir
		}
	}
	return ""
}

// freeNetwork is how a network of the engine gives its subnets back: with it go all.
func (p *Pass) freeNetwork(o *EngineNetwork) Fix {
	remove := ShellLine(p.Host.Engine.Client.Words("network", "rm", o.Name))
	on := p.Host.attached(o)
	switch {
	case o.Name == "bridge":
		return advise("choose another subnet, or give the engine another one with " + p.Host.Engine.bridgeSetting())
	case len(on) == 0:
		return Fix{Title: "remove that network, which no container is on", Safety: Manual, Command: remove}
	case p.takesDown(o, on) && !on[0].Client.NoCompose:
		// With -p and without -f Compose reads no file and goes by the labels, wherever it is typed: the networks go, too. Tried with 5.5.1.
		title := fmt.Sprintf("take project %q down", o.Project)
		if p.runsElsewhere(o.Project) {
			title += ", if nobody needs what runs there"
		}
		return Fix{Title: title, Safety: Manual, Command: ShellLine(on[0].Client.Compose(o.Project, "down"))}
	}

	names := make([]string, len(on))
	for i, c := range on {
		names[i] = c.Name
	}
	return advise(fmt.Sprintf("take %s off it, then: %s", quoted(names), remove))
}

// takesDown reports whether a network goes with the project that has it, and nobody else's containers with that: Compose takes down all
// that carries the name of a project, whichever checkout made it, and leaves a network that another project's containers are on.
func (p *Pass) takesDown(o *EngineNetwork, on []*Container) bool {
	return plainWord(o.Project) && !slices.ContainsFunc(on, func(c *Container) bool {
		otherCheckout := c.projectShared || p.Plan.ours(c) && p.Plan.foreign(c)
		return c.Project != o.Project || otherCheckout
	})
}

// runsElsewhere reports whether somebody uses another project.
func (p *Pass) runsElsewhere(project string) bool {
	return project != p.Plan.project && slices.ContainsFunc(p.Host.Containers, func(c Container) bool { return c.Project == project && c.Running() })
}

// otherSubnet is a subnet in place of one that can't be had.
func (p *Pass) otherSubnet(r subnetRequest) Fix {
	free, ok := p.freeSubnet(r.Prefix)
	if !ok {
		return advise("choose another subnet, or leave `ipam` out and let the engine choose")
	}
	return advise(fmt.Sprintf("choose another subnet, such as %s, or leave `ipam` out and let the engine choose", free))
}

// privateRanges are where people take subnets from. Source: RFC 1918, RFC 4193.
var privateRanges = [...]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"}

// mostSubnets bounds how many subnets are looked at for a free one.
const mostSubnets = 1 << 12

// freeSubnet is the next subnet of the same size in its private range, or the first of it, that overlaps with nothing in sight:
// the networks of the engine, what it gives out by itself, and the subnets of all projects.
func (p *Pass) freeSubnet(wanted netip.Prefix) (netip.Prefix, bool) {
	taken := p.knownSubnets()
	for _, text := range privateRanges {
		within := netip.MustParsePrefix(text)
		if !within.Contains(wanted.Addr()) || wanted.Bits() < within.Bits() {
			continue
		}
		at := wanted
		for range mostSubnets {
			next, ok := subnet.After(at)
			if !ok || !within.Contains(next.Addr()) {
				next = netip.PrefixFrom(within.Addr(), wanted.Bits())
			}
			if at = next; !slices.ContainsFunc(taken, at.Overlaps) {
				return at, true
			}
		}
	}
	return netip.Prefix{}, false
}

// knownSubnets are all subnets that a new one should not overlap with.
func (p *Pass) knownSubnets() []netip.Prefix {
	var taken []netip.Prefix
	if p.Host != nil {
		for _, o := range p.Host.Networks {
			for _, k := range o.Subnets {
				taken = append(taken, k.Prefix)
			}
		}
		taken = append(taken, p.Host.Subnets...)
	}

	for _, pool := range p.engine().pools() {
		taken = append(taken, pool.Base)
	}
	for _, project := range p.Projects {
		for i := range project.Networks {
			for _, r := range project.Networks[i].requests() {
				taken = append(taken, r.Prefix)
			}
		}
	}
	return taken
}
