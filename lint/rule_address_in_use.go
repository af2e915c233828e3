package lint

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint/subnet"
)

var addressInUse = Rule{
	Name: "address-in-use", Severity: Error, Certainty: Certain, LiveToo: true,
	Summary:  "a fixed address of a network that something else has there",
	Check:    checkAddressInUse,
	Profiles: true,
}

// checkAddressInUse looks at the fixed addresses of the containers that `up` starts. An engine gives them when a container starts:
// one that does not run has none, and those that this `up` stops give theirs up before any other starts.
func checkAddressInUse(p *Pass) {
	first := map[string][]addressRequest{}
	for _, r := range p.Plan.addressRequests() {
		on := r.network.Name.Text + " " + r.ip.String()
		i := slices.IndexFunc(first[on], func(o addressRequest) bool { return !p.Plan.apart(o.service.Name, r.service.Name) })

		switch keeps := r.reservedAs(p.engine()); {
		case !r.fits(p.engine()):
		case keeps != "":
			f := r.finding(fmt.Sprintf("no container gets %s", r.value.Label()))
			f.shorter = []string{"no container gets this address"}
			f.note(NoteWhy, "it is "+keeps)
			p.Report(f)
		case r.service.Replicas > 1:
			p.reportReplicasAddress(r)
		case i >= 0:
			p.reportSharedAddress(first[on][i], r)
		default:
			p.checkHolders(r)
			p.checkTakers(r)
		}
		first[on] = append(first[on], r)
	}
}

// addressRequest is a fixed address that a container asks for when it starts.
type addressRequest struct {
	service *Service
	network neededNetwork
	value   Value
	ip      netip.Addr // zero where the text is none of its family
	ipv6    bool
	starts  bool // a container of the service is started that does not run
}

// addressRequests are the fixed addresses of all services of which containers should run, as far as they are known.
func (plan Plan) addressRequests() []addressRequest {
	var out []addressRequest
	for _, s := range plan.Starts {
		for _, on := range s.Networks {
			i := slices.IndexFunc(plan.networks, func(n neededNetwork) bool { return n.Key == on.Network })
			if i < 0 {
				continue
			}
			for family, v := range []Value{on.IPv4, on.IPv6} {
				if v.Text == "" {
					continue
				}
				r := addressRequest{service: s, network: plan.networks[i], value: v, ipv6: family == 1, starts: plan.newContainers[s] > 0}
				if ip, err := netip.ParseAddr(v.Text); err == nil && (plan.anyFamily || ip.Unmap().Is6() == r.ipv6) {
					r.ip, r.ipv6 = ip.Unmap(), ip.Unmap().Is6()
				}
				out = append(out, r)
			}
		}
	}

	slices.SortStableFunc(out, func(a, b addressRequest) int { return a.value.Span.Compare(b.value.Span) })
	return out
}

// fits reports whether the address is in a subnet of its network, or may be: see unusable-address.
func (r addressRequest) fits(e Engine) bool {
	if !r.ip.IsValid() {
		return false
	}
	prefixes, known := r.network.subnets(r.ipv6, e)
	return !known || slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(r.ip) })
}

// subnets are those that a network of `up` has for a family in the end; known is false where files and engine do not tell.
func (n neededNetwork) subnets(ipv6 bool, e Engine) (out []netip.Prefix, known bool) {
	ofFamily := func(p netip.Prefix) bool { return p.Addr().Is6() == ipv6 }
	if n.hasItsOwn(e) {
		tells := n.found != nil && !n.found.Swarm && subnet.IsLocal(n.found.Driver)
		if !tells || len(n.found.Subnets) == 0 {
			return nil, false
		}
		for _, k := range n.found.Subnets {
			if ofFamily(k.Prefix) {
				out = append(out, k.Prefix)
			}
		}
		return out, true
	}

	unread := slices.ContainsFunc(n.Subnets, func(s Subnet) bool { return s.Subnet.Text == "" && s.Subnet.Written != "" })
	if unread || !n.asksEngine() {
		return nil, false
	}
	for _, r := range n.requests() {
		if ofFamily(r.Prefix) {
			out = append(out, r.Prefix)
		}
	}
	return out, true
}

// hasItsOwn reports whether the subnets are those that the network has on the engine: a foreign one, or an own one that was given some.
func (n neededNetwork) hasItsOwn(e Engine) bool {
	takes, _ := e.takesAnyAddress()
	return n.foreign() || n.fate == networkStays && len(n.Subnets) == 0 && takes
}

// foreign reports whether the network is used as it is, whatever the files say of its subnets.
func (n neededNetwork) foreign() bool { return n.fate == networkReused || n.fate == networkExternal }

// asksEngine reports whether the engine's own IPAM driver gives the network its subnets.
func (n *ProjectNetwork) asksEngine() bool {
	return subnet.IsLocal(n.Driver) && (n.IPAM == "" || n.IPAM == "default")
}

// addressBlock is a subnet of a network, and what the engine gives of it.
type addressBlock struct {
	subnet          netip.Prefix
	lowest, highest netip.Addr // between these it takes what it gives to containers that ask for none
	keepsEnds       bool       // it gives nobody the ends of the subnet
	other           func(netip.Addr) string
}

// block is a subnet with its `ip_range`, zero for none; other says why an address is kept back.
func (e Engine) block(of, part netip.Prefix, other func(netip.Addr) string) addressBlock {
	b := addressBlock{subnet: of, keepsEnds: e.keepsAddressesBack(), other: other}
	b.lowest, b.highest = e.gives(of, part)
	return b
}

// blocks are the subnets of a network of `up` with what is kept back of them, as far as files and engine tell.
func (n neededNetwork) blocks(e Engine) (all []addressBlock) {
	if n.hasItsOwn(e) {
		if n.found == nil {
			return nil
		}
		for _, k := range n.found.Subnets {
			all = append(all, e.block(k.Prefix, k.Range, func(ip netip.Addr) string { return n.found.reservedAs(k, ip, e) }))
		}
		return all
	}

	for _, s := range n.Subnets {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil {
			continue
		}
		part, _ := netip.ParsePrefix(s.Range.Text) // most have none
		all = append(all, e.block(prefix.Masked(), part.Masked(), func(ip netip.Addr) string { return n.reservedAs(s, prefix, ip, e) }))
	}
	return all
}

// reservedAs says what an address is that an engine gives to no container of its network, "" where it may give it: the address of the
// subnet and the one for broadcasts, the gateway, and those of `aux_addresses`. Tried on 20.10.24 and 29.
// Source: moby daemon/libnetwork/ipams/defaultipam/address_space.go, newPoolData; daemon/libnetwork/network.go, ipamAllocateVersion.
func (b addressBlock) reservedAs(ip netip.Addr) string {
	if said := subnet.End(b.subnet, ip); said != "" && b.keepsEnds {
		return said
	}
	return b.other(ip)
}

// mayGive reports whether the engine may give an address to a container that asks for none.
func (b addressBlock) mayGive(ip netip.Addr) bool {
	return ip.IsValid() && !ip.Less(b.lowest) && !b.highest.Less(ip) && b.reservedAs(ip) == ""
}

// first are up to n of the addresses that the engine gives to containers that ask for none, in its order: the lowest ones of the
// subnet or of its ip_range, but for those that are taken.
func (b addressBlock) first(n int, taken map[netip.Addr]bool) (out []netip.Addr) {
	for at := b.lowest; len(out) < n && at.IsValid() && !b.highest.Less(at); at = at.Next() {
		if b.mayGive(at) && !taken[at] {
			out = append(out, at)
		}
	}
	return out
}

// reservedAs says what an address of an own network is, in which the subnet is an entry of the files.
func (n neededNetwork) reservedAs(s Subnet, prefix netip.Prefix, ip netip.Addr, e Engine) string {
	if gateway, implied := s.gateway(prefix, e); gateway == ip && (!implied || n.hasGateway(e) && e.choosesGateway(n.Internal)) {
		return fmt.Sprintf("the gateway of network %q", n.label())
	}
	if e.keepsAddressesBack() && slices.ContainsFunc(slices.Collect(maps.Values(s.Reserved)), func(v Value) bool { return v.Text == ip.String() }) {
		return fmt.Sprintf("kept back by aux_addresses of network %q", n.label())
	}
	return ""
}

// reservedAs is the same for a network of the engine. Old engines list no gateway that they chose themselves.
func (o *EngineNetwork) reservedAs(k ExistingSubnet, ip netip.Addr, e Engine) string {
	listed := slices.ContainsFunc(o.Reserved, k.Prefix.Contains)
	implied := !listed && e.keepsAddressesBack() && o.Driver == "bridge" && e.gateway(k.Prefix, k.Range) == ip
	reserved := slices.Contains(o.Reserved, ip)
	switch {
	case implied, reserved && !e.keepsAddressesBack(): // such an engine lists gateways alone
		return fmt.Sprintf("the gateway of network %q", o.Name)
	case reserved:
		return fmt.Sprintf("kept back by network %q, as its gateway or for others", o.Name)
	}
	return ""
}

// reservedAs says what the address is that no container gets, "" where one may get it.
func (r addressRequest) reservedAs(e Engine) string {
	for _, b := range r.network.blocks(e) {
		switch {
		case !b.subnet.Contains(r.ip):
		case e.keepsAddressesBack():
			return b.reservedAs(r.ip)
		case e.refusesGateway(r.ip, r.network.internal()):
			return b.other(r.ip)
		case e.routesNothing(b.subnet, r.ip, r.network.internal()) && b.other(subnet.Last(b.subnet)) != "":
			return "in a subnet whose gateway is its last address, over which nothing can be routed"
		}
	}
	return ""
}

// internal reports whether there is no way out of the network: what the engine says of a foreign one, the files of an own.
func (n neededNetwork) internal() bool {
	if n.foreign() && n.found != nil {
		return n.found.Internal
	}
	return n.Internal
}

// gateway is the gateway of a subnet; implied where the engine chooses it.
func (s Subnet) gateway(prefix netip.Prefix, e Engine) (ip netip.Addr, implied bool) {
	if s.Gateway.Text != "" {
		ip, _ = netip.ParseAddr(s.Gateway.Text) // none: see unusable-address
		return ip, false
	}
	part, _ := netip.ParsePrefix(s.Range.Text) // most have none
	return e.gateway(prefix.Masked(), part.Masked()), true
}

// hasGateway reports whether the engine gives a network a gateway that asks for none: from 28 on only bridges have one.
func (n *ProjectNetwork) hasGateway(e Engine) bool {
	return n.isBridge() || e.gatewayForAll()
}

func (p *Pass) reportReplicasAddress(r addressRequest) {
	f := r.finding(fmt.Sprintf("%q has %d replicas and one address", r.service.Name, r.service.Replicas))
	f.shorter = []string{fmt.Sprintf("%d replicas with one address", r.service.Replicas)}
	f.note(NoteWhy, fmt.Sprintf("only one of them can have %s on network %q", r.value.Label(), r.network.label()))
	if at := r.service.ReplicasSpan; at.Known() {
		f.Related = []Related{{Message: fmt.Sprintf("%d replicas", r.service.Replicas), Span: at}}
	}
	p.Report(f)
}

func (p *Pass) reportSharedAddress(first, second addressRequest) {
	f := second.finding(fmt.Sprintf("%q and %q have one address", first.service.Name, second.service.Name))
	f.shorter = []string{"two services have one address"}
	f.note(NoteWhy, fmt.Sprintf("only one of them can have %s on network %q", second.value.Label(), second.network.label()))
	f.Related = []Related{{Message: fmt.Sprintf("address of %q", first.service.Name), Span: first.value.Span, entry: first.value.Span}}
	p.Report(f)
}

// checkHolders finds the containers that have the address now and that `up` does not stop.
func (p *Pass) checkHolders(r addressRequest) {
	stays := r.network.found != nil && r.network.fate >= networkStays
	if p.Host == nil || !stays || !r.starts {
		return
	}

	for _, c := range p.Plan.staying {
		has := slices.ContainsFunc(c.Addresses, func(a Address) bool { return a.Network == r.network.found.Name && a.IP == r.ip })
		ofService := p.Plan.ours(c) && c.Service == r.service.Name && !c.OneOff
		if !has || ofService {
			continue
		}

		f := r.finding(r.title() + " is taken")
		f.shorter = []string{fmt.Sprintf("address %s is taken", r.value.Label())}
		f.note(NoteHeldBy, fmt.Sprintf("container %q, %s", c.Name, c.nameSentence(p.Plan)))
		f.Owner = &Owner{Kind: OwnerContainer, Container: c, UID: -1}
		if p.Plan.maybeRecreated[c] {
			s := p.Project.Service(c.Service)
			on := s.attachment(r.network.Key)
			elsewhere := on == nil || on.IPv4.Text+on.IPv6.Text != ""
			if elsewhere && !p.Plan.apart(c.Service, r.service.Name) {
				continue // it is made anew there
			}
			f.Certainty, f.Severity = Possible, Warning
			f.note(NotePossible, "`up` may make that one anew")
		}
		f.Fixes = append([]Fix{p.Plan.Stop(c).fix()}, f.Fixes...)
		p.Report(f)
	}
}

// checkTakers finds the services without an address that may get this one before: an engine gives the lowest free address of a
// network, or of its ip_range, to the container that starts first, or goes on where it stopped.
func (p *Pass) checkTakers(r addressRequest) {
	if !r.starts {
		return
	}
	takers, name := 0, ""
	for _, s := range p.Plan.newOn(r.network) {
		comesTooLate := p.Plan.startsAfter(s.Name, r.service.Name) || p.Plan.endsBefore(s.Name, r.service.Name)
		if comesTooLate || s.attachment(r.network.Key).asks(r.ipv6) {
			continue
		}
		takers += p.Plan.newContainers[s]
		name = cmp.Or(name, s.Name)
	}

	engine := p.engine()
	inTurn := engine.givesInTurn(r.network.fate < networkStays)
	why := fmt.Sprintf("%q has no address of its own, and gets this one if it starts first", name)
	help := fmt.Sprintf("give %q an address, or choose one from the end of the subnet", name)
	if inTurn {
		why = fmt.Sprintf("%q gets the next address, and %s does not tell which one that is", name, engine.Name)
		help = fmt.Sprintf("give %q an address, or choose one outside of the network's ip_range", name)
	}
	if takers == 0 || !r.mayBeAssigned(takers, p.Plan.takenOn(r.network, r.ip), inTurn, engine) {
		return
	}

	f := r.finding(fmt.Sprintf("%s can go to %q", r.title(), name))
	f.shorter = []string{fmt.Sprintf("address %s can go to %q", r.value.Label(), name), "another service can get this address"}
	f.note(NotePossible, why)
	f.Certainty, f.Severity = Possible, Warning
	f.Fixes = append([]Fix{advise(help)}, f.Fixes...)
	p.Report(f)
}

// newOn are the services on a network of which containers are started that do not run.
func (plan Plan) newOn(n neededNetwork) (out []*Service) {
	for _, s := range plan.Starts {
		if s.attachment(n.Key) != nil && plan.newContainers[s] > 0 {
			out = append(out, s)
		}
	}
	return out
}

// asks reports whether a service asks for an address of a family on a network.
func (a *Attachment) asks(ipv6 bool) bool {
	v := a.IPv4
	if ipv6 {
		v = a.IPv6
	}
	return v.Text != "" || v.Span != Span{}
}

// takenOn are the addresses of a network that services ask for, but for one, and that running containers have which `up` does not stop.
func (plan Plan) takenOn(n neededNetwork, but netip.Addr) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	for _, r := range plan.addressRequests() {
		if r.network.Key == n.Key && r.ip != but {
			out[r.ip] = true
		}
	}
	if n.fate < networkStays || n.found == nil {
		return out
	}
	for _, c := range plan.staying {
		for _, a := range c.Addresses {
			if a.Network == n.found.Name {
				out[a.IP] = true
			}
		}
	}
	return out
}

// mayBeAssigned reports whether an engine may give the address to one of n containers that ask for none: one of the lowest, or where it gives
// them in turn any. Those with an address of their own may start before or after them.
func (r addressRequest) mayBeAssigned(n int, taken map[netip.Addr]bool, inTurn bool, e Engine) bool {
	return slices.ContainsFunc(r.network.blocks(e), func(b addressBlock) bool {
		if inTurn {
			return b.mayGive(r.ip)
		}
		return slices.Contains(b.first(n, taken), r.ip)
	})
}

// title names an address with its service.
func (r addressRequest) title() string {
	return fmt.Sprintf("address %s of %q", r.value.Label(), r.service.Name)
}

// finding starts a finding about the address.
func (r addressRequest) finding(message string) Finding {
	f := Finding{Service: r.service.Name, Span: r.value.Span, Message: message, Name: &Name{Kind: NameOfAddress, Value: r.value},
		Fixes: []Fix{advise("choose another address, or leave it out and reach the service by its name")}}
	if !f.Span.Known() {
		f.Span = r.service.Span
	}
	return f
}
