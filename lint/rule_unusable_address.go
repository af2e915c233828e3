package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/subnet"
)

var unusableAddress = Rule{
	Name: "unusable-address", Severity: Error, Certainty: Certain, LiveToo: true,
	Summary:  "a fixed address or subnet that no engine takes, whoever has it",
	Check:    checkUnusableAddress,
	Profiles: true,
}

// checkUnusableAddress compares addresses with the subnets of their networks. Engines refuse one that is in none when its container
// is made, those before 25 when it starts. Tried on 20.10.24 and 29.
// Source: moby daemon/container_operations.go, validateEndpointIPAddress.
func checkUnusableAddress(p *Pass) {
	for _, n := range p.Plan.networks {
		p.checkDefinition(n)
		p.checkRoomFor(n, false)
		p.checkRoomFor(n, true)
	}

	for _, r := range p.Plan.addressRequests() {
		later := r.network.fate == networkReplaced && p.engine().keepsAskedAddress() // of a container that runs
		switch {
		case !r.starts && !later:
		case !r.ip.IsValid():
			p.Report(r.finding(fmt.Sprintf("%s is no %s address", r.title(), family(r.ipv6))))
		case !r.fits(p.engine()) && !r.ignored(p.engine()):
			p.reportOutside(r)
		case r.inSubnetOfEngine(p.Host):
			f := r.finding(fmt.Sprintf("%s is in a subnet that the engine seems to have chosen for network %q; engines before 29 give no fixed address there",
				r.title(), r.network.label()))
			f.Certainty, f.Severity = Possible, Warning
			p.Report(f)
		}
	}
}

// ignored reports whether the engine does not look at the address, or compares it with a subnet that the network does not have.
func (r addressRequest) ignored(e Engine) bool {
	ignores, _ := e.ignoresIPv6Address()
	return r.noIPv6(e) && (ignores || e.comparesUnusedSubnets() && r.inWrittenSubnet())
}

// inWrittenSubnet reports whether the files have a subnet around the address for the network, which it may not have.
func (r addressRequest) inWrittenSubnet() bool {
	return !r.network.foreign() && slices.ContainsFunc(r.network.Subnets, func(s Subnet) bool {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		return err == nil && prefix.Contains(r.ip)
	})
}

// noIPv6 reports whether the address is one for IPv6 on a network without.
func (r addressRequest) noIPv6(e Engine) bool {
	prefixes, _ := r.network.subnets(true, e)
	return r.ipv6 && len(prefixes) == 0
}

// inSubnetOfEngine reports whether the address is in a subnet that the engine may have chosen itself, of which those before 29 give no fixed
// ones. They do not list who chose one; but of a network with a subnet of its own they list no gateway, unless somebody chose that.
// Source: moby daemon/network.go of 20.10 to 28, buildIPAMResources.
func (r addressRequest) inSubnetOfEngine(h *Host) bool {
	if h == nil || !r.network.foreign() || r.network.found == nil {
		return false
	}
	if _, mayTake := h.Engine.takesAnyAddress(); mayTake {
		return false
	}
	o := r.network.found
	return slices.ContainsFunc(o.Subnets, func(k ExistingSubnet) bool {
		hasGateway := slices.ContainsFunc(o.Reserved, k.Prefix.Contains)
		return k.Prefix.Contains(r.ip) && hasGateway && !k.Range.IsValid() && h.Engine.mayChoose(k.Prefix)
	})
}

// mayChoose reports whether a subnet is one of those that the engine gives to networks that ask for none.
func (e Engine) mayChoose(p netip.Prefix) bool {
	return slices.ContainsFunc(e.pools(), func(pool subnet.Pool) bool { return pool.Size == p.Bits() && pool.Base.Contains(p.Addr()) })
}

// pools are the ranges from which the engine takes the subnets of networks that ask for none.
func (e Engine) pools() []AddressPool {
	if len(e.AddressPools) > 0 {
		return e.AddressPools
	}
	return subnet.DefaultPools()
}

func family(ipv6 bool) string {
	if ipv6 {
		return "IPv6"
	}
	return "IPv4"
}

func (p *Pass) reportOutside(r addressRequest) {
	prefixes, _ := r.network.subnets(r.ipv6, p.engine())
	name := r.network.label()
	f := r.finding(fmt.Sprintf("%s is in no subnet of its network; %q has %s", r.title(), name, prefixList(prefixes)))
	f.shorter = []string{r.title() + " is in no subnet", fmt.Sprintf("address %s is in no subnet", r.value.Label())}
	if len(prefixes) == 0 {
		f.Message = fmt.Sprintf("%s needs a subnet; network %q fixes none for %s", r.title(), name, family(r.ipv6))
		f.shorter = []string{fmt.Sprintf("address %s needs a subnet", r.value.Label())}
	}
	possible := func(why string) {
		f.Certainty, f.Severity = Possible, Warning
		f.note(NotePossible, why)
	}

	n := r.network
	recreates := n.fate == networkReplaced && len(p.Host.attached(n.found)) > 0 && !p.engine().keepsAskedAddress()
	_, refused := p.engine().ignoresIPv6Address()
	_, mayTake := p.engine().takesAnyAddress()
	inPools := slices.ContainsFunc(p.engine().pools(), func(pool subnet.Pool) bool { return pool.Base.Contains(r.ip) })
	switch {
	case recreates:
		possible("a container that this `up` makes anew does not start")
	case r.noIPv6(p.engine()) && !refused && r.inWrittenSubnet():
		possible("engines from 29 on refuse it")
	case r.noIPv6(p.engine()) && !refused:
		possible("engines from 25 on refuse it")
	case len(prefixes) == 0 && inPools && mayTake:
		possible("engines from 29 on take it if they happen to choose one around it")
	}
	p.Report(f)
}

func prefixList(prefixes []netip.Prefix) string {
	var texts []string
	for _, p := range prefixes {
		texts = append(texts, p.String())
	}
	return AndList(texts)
}

// checkRoomFor finds networks with fewer addresses of a family than containers that are started on it. Those that end before others
// start are not counted.
func (p *Pass) checkRoomFor(n neededNetwork, ipv6 bool) {
	prefixes, known := n.subnets(ipv6, p.engine())
	if !known || len(prefixes) == 0 {
		return
	}

	need := 0
	for _, s := range p.Plan.newOn(n) {
		if !p.Plan.passing[s.Name] && !s.attachment(n.Key).asks(ipv6) {
			need += p.Plan.newContainers[s]
		}
	}
	room := p.roomOf(n, ipv6, need)
	if need <= room {
		return
	}

	f := Finding{Span: p.Project.spanOf(n.ProjectNetwork)}
	what, kind, advice := "subnet "+prefixList(prefixes), "subnet", "choose a larger subnet, or leave `ipam` out and let the engine choose"
	if i := slices.IndexFunc(n.requests(), func(r subnetRequest) bool { return r.Prefix == prefixes[0] }); i >= 0 && !n.foreign() {
		r := n.requests()[i]
		f = r.finding("")
		if r.Range.IsValid() {
			what, kind, advice = "ip_range "+r.Range.String(), "ip_range", "choose a larger ip_range, or leave it out"
		}
	}
	f.Message = fmt.Sprintf("%s of network %q is too small for its containers; free addresses %d, needed %d", what, n.label(), room, need)
	f.shorter = []string{what + " is too small", "this " + kind + " is too small"}
	f.Fixes = []Fix{advise(advice)}
	p.Report(f)
}

// roomOf is how many of the containers that need an address of a family get one on the network: one of any of its subnets, or of an engine that
// gives them one of each, of each.
func (p *Pass) roomOf(n neededNetwork, ipv6 bool, need int) (room int) {
	every := p.engine().takesSubnetsOfOneFamily()
	if every {
		room = need
	}
	for _, b := range n.blocks(p.engine()) {
		if b.subnet.Addr().Is6() != ipv6 {
			continue
		}
		free := len(b.first(need, p.Plan.takenOn(n, netip.Addr{})))
		if every {
			room = min(room, free)
		} else {
			room += free
		}
	}
	return room
}

// checkDefinition finds what Compose or the engine refuses of a network that is to be made, whatever else there is.
func (p *Pass) checkDefinition(n neededNetwork) {
	if n.fate > networkReplaced || !n.asksEngine() {
		return
	}
	first := map[bool]Value{}
	for _, s := range n.Subnets {
		if s.Subnet.Text == "" && s.Subnet.Written != "" {
			continue
		}
		for _, fault := range n.definition(s, p.engine()).Faults() {
			if asked := n.asks(s); asked || fault.ByAll && fault.Key == "subnet" {
				p.reportFault(n, s, fault)
			}
		}

		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil || !n.asks(s) || !n.isBridge() {
			continue
		}
		if other, twice := first[prefix.Addr().Is6()]; twice && !p.engine().takesSubnetsOfOneFamily() {
			f := subnetRequest{network: n.ProjectNetwork, value: s.Subnet}.finding(fmt.Sprintf("network %q has the subnets %s and %s; a bridge has one of each family",
				n.label(), other.Label(), s.Subnet.Label()))
			f.Fixes = []Fix{advise("keep one of the two, or make two networks of them")}
			p.Report(f)
		}
		first[prefix.Addr().Is6()] = s.Subnet
	}
}

// definition is an entry of the network with its texts.
func (n *ProjectNetwork) definition(s Subnet, e Engine) subnet.Definition {
	d := subnet.Definition{HasGateway: n.hasGateway(e), Subnet: s.Subnet.Text, Range: s.Range.Text, Gateway: s.Gateway.Text, Reserved: map[string]string{}}
	for name, v := range s.Reserved {
		d.Reserved[name] = v.Text
	}
	return d
}

// isBridge reports whether the network is one.
func (n *ProjectNetwork) isBridge() bool { return n.Driver == "" || n.Driver == "bridge" }

// asks reports whether the engine looks at an entry: not at one of a family that the network does not have.
func (n *ProjectNetwork) asks(s Subnet) bool {
	prefix, err := netip.ParsePrefix(s.Subnet.Text)
	if err != nil {
		return true
	}

	noIPv6 := prefix.Addr().Is6() && !n.IPv6
	noIPv4 := prefix.Addr().Is4() && n.NoIPv4
	return !noIPv6 && !noIPv4
}

// reportFault reports what is wrong with an entry of a network, as far as the engine refuses it.
func (p *Pass) reportFault(n neededNetwork, s Subnet, fault subnet.Fault) {
	refuses, certain := p.engine().refusesEntry(fault)
	if !refuses {
		return
	}

	v := map[string]Value{"subnet": s.Subnet, "ip_range": s.Range, "gateway": s.Gateway, "aux_addresses": s.Reserved[fault.Host]}[fault.Key]
	name := strings.TrimSpace(fault.Key + " " + v.Label())
	f := subnetRequest{network: n.ProjectNetwork, value: v}.finding(fmt.Sprintf("%s of network %q can't be used", name, n.label()))
	f.shorter = []string{name + " can't be used", "this " + fault.Key + " can't be used"}
	why := "it " + fault.What
	if fault.By != "" && !p.engine().Podman() {
		why += "; " + fault.By
	}
	f.note(NoteWhy, why)
	if fault.Key != "subnet" {
		f.Name.Kind = NameOfAddress
	}
	if !certain {
		f.Certainty, f.Severity = Possible, Warning
	}
	f.Fixes = []Fix{advise(fault.Advice)}
	p.Report(f)
}
