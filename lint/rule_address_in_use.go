package lint

import (
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
	first := map[string]addressRequest{}
	for _, r := range p.Plan.addressRequests() {
		on := r.network.Name.Text + " " + r.ip.String()
		other, twice := first[on]
		if !twice {
			first[on] = r
		}

		switch keeps := r.keptBack(p.engine()); {
		case !r.fits():
		case keeps != "":
			p.Report(r.finding(fmt.Sprintf("%s is %s; no container gets it", r.title(), keeps)))
		case r.service.Replicas > 1:
			p.reportReplicasAddress(r)
		case twice:
			p.reportSharedAddress(other, r)
		default:
			p.checkHolders(r)
			p.checkTakers(r)
		}
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
				if ip, err := netip.ParseAddr(v.Text); err == nil && ip.Unmap().Is6() == r.ipv6 {
					r.ip = ip.Unmap()
				}
				out = append(out, r)
			}
		}
	}

	slices.SortStableFunc(out, func(a, b addressRequest) int { return a.value.Span.Compare(b.value.Span) })
	return out
}

// fits reports whether the address is in a subnet of its network, or may be: see unusable-address.
func (r addressRequest) fits() bool {
	if !r.ip.IsValid() {
		return false
	}
	prefixes, known := r.network.subnets(r.ipv6)
	return !known || slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(r.ip) })
}

// subnets are those that a network of `up` has for a family in the end; known is false where files and engine do not tell.
func (n neededNetwork) subnets(ipv6 bool) (out []netip.Prefix, known bool) {
	ofFamily := func(p netip.Prefix) bool { return p.Addr().Is6() == ipv6 }
	if n.fate == networkReused || n.fate == networkExternal {
		if n.found == nil || n.found.Swarm || !subnet.IsLocal(n.found.Driver) || len(n.found.Subnets) == 0 {
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
	if unread || !subnet.IsLocal(n.Driver) || n.IPAM != "" && n.IPAM != "default" {
		return nil, false
	}
	for _, r := range n.requests() {
		if ofFamily(r.Prefix) {
			out = append(out, r.Prefix)
		}
	}
	return out, true
}

// keptBack says what an address is that an engine gives to no container of its network, "" where it may give it: the address of the
// subnet and the one for broadcasts, the gateway, and those of `aux_addresses`. Without a `gateway` it is the first address of the
// subnet, or of its ip_range. Tried on 20.10.24 and 29.
// Source: moby daemon/libnetwork/ipams/defaultipam/address_space.go, newPoolData; daemon/libnetwork/network.go, ipamAllocateVersion.
func (r addressRequest) keptBack(e Engine) string {
	if n := r.network; n.fate == networkReused || n.fate == networkExternal {
		if n.found == nil {
			return ""
		}
		return n.found.keptBack(r.ip)
	}

	for _, s := range r.network.Subnets {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil || !prefix.Contains(r.ip) {
			continue
		}
		if said := ends(prefix.Masked(), r.ip); said != "" {
			return said
		}
		if gateway, implied := s.gateway(prefix); gateway == r.ip && (!implied || r.network.hasGateway(e)) {
			return fmt.Sprintf("the gateway of network %q", r.network.label())
		}
		if slices.ContainsFunc(slices.Collect(maps.Values(s.Reserved)), func(v Value) bool { return v.Text == r.ip.String() }) {
			return fmt.Sprintf("kept back by aux_addresses of network %q", r.network.label())
		}
	}
	return ""
}

// keptBack is the same for a network of the engine. Old engines list no gateway that they chose themselves.
func (o *EngineNetwork) keptBack(ip netip.Addr) string {
	for _, k := range o.Subnets {
		if said := ends(k.Prefix, ip); said != "" {
			return said
		}
		listed := slices.ContainsFunc(o.Reserved, k.Prefix.Contains)
		if gateway := impliedGateway(k.Prefix, k.Range); !listed && gateway == ip && o.Driver == "bridge" {
			return fmt.Sprintf("the gateway of network %q", o.Name)
		}
	}
	if slices.Contains(o.Reserved, ip) {
		return fmt.Sprintf("kept back by network %q, as its gateway or for others", o.Name)
	}
	return ""
}

// ends says which end of a subnet an address is.
func ends(of netip.Prefix, ip netip.Addr) string {
	switch {
	case of.Bits() >= of.Addr().BitLen()-1: // of two addresses or one
		return ""
	case ip == of.Addr():
		return "the address of the subnet itself"
	case ip.Is4() && ip == subnet.Last(of):
		return "the broadcast address of " + of.String()
	}
	return ""
}

// gateway is the gateway of a subnet; implied where the engine chooses it.
func (s Subnet) gateway(prefix netip.Prefix) (ip netip.Addr, implied bool) {
	if s.Gateway.Text != "" {
		ip, _ = netip.ParseAddr(s.Gateway.Text) // none: see unusable-address
		return ip, false
	}
	part, _ := netip.ParsePrefix(s.Range.Text) // most have none
	return impliedGateway(prefix.Masked(), part.Masked()), true
}

// impliedGateway is the first address of a subnet that an engine may give, or of its ip_range.
func impliedGateway(of, part netip.Prefix) netip.Addr {
	if part.IsValid() && part.Addr() != of.Addr() {
		return part.Addr()
	}
	return of.Addr().Next()
}

// hasGateway reports whether the engine gives a network a gateway that asks for none: from 28 on only bridges have one.
func (n *ProjectNetwork) hasGateway(e Engine) bool {
	return n.Driver == "" || n.Driver == "bridge" || e.gatewayForAll()
}

func (p *Pass) reportReplicasAddress(r addressRequest) {
	f := r.finding(fmt.Sprintf("%q has %d replicas but one address, %s on network %q; only one of them can run", r.service.Name, r.service.Replicas,
		r.value.Label(), r.network.label()))
	if at := r.service.ReplicasSpan; at.Known() {
		f.Related = []Related{{Message: fmt.Sprintf("%d replicas", r.service.Replicas), Span: at}}
	}
	p.Report(f)
}

func (p *Pass) reportSharedAddress(first, second addressRequest) {
	f := second.finding(fmt.Sprintf("both %q and %q have the address %s on network %q; only one of them can run", first.service.Name, second.service.Name,
		second.value.Label(), second.network.label()))
	f.Related = []Related{{Message: fmt.Sprintf("address of %q", first.service.Name), Span: first.value.Span, Entry: first.value.Span}}
	p.Report(f)
}

// checkHolders finds the containers that have the address now and that `up` does not stop.
func (p *Pass) checkHolders(r addressRequest) {
	if p.Host == nil || r.network.found == nil || r.network.fate < networkKept || !r.starts {
		return
	}
	for _, c := range p.Plan.Kept {
		has := slices.ContainsFunc(c.Addresses, func(a Address) bool { return a.Network == r.network.found.Name && a.IP == r.ip })
		if !has || p.Plan.ours(c) && c.Service == r.service.Name && !c.OneOff {
			continue
		}

		f := r.finding(fmt.Sprintf("%s is held by container %q, %s", r.title(), c.Name, c.nameSentence(p.Plan)))
		f.Owner = &Owner{Kind: OwnerContainer, Container: c, UID: -1}
		if p.Plan.maybeRecreated[c] {
			s := p.Project.Service(c.Service)
			if on := s.attachment(r.network.Key); on == nil || on.IPv4.Text+on.IPv6.Text != "" {
				continue // it is made anew, elsewhere
			}
			f.Certainty, f.Severity = Possible, Warning
			f.Message += ", unless `up` makes that one anew"
		}
		f.Fixes = append([]Fix{stopContainer(c, p.Plan)}, f.Fixes...)
		p.Report(f)
	}
}

// checkTakers finds the services without an address that may get this one before: an engine gives the lowest free address of a
// network, or of its ip_range, to the container that starts first.
func (p *Pass) checkTakers(r addressRequest) {
	if r.network.fate > networkKept || !r.starts {
		return
	}
	takers, names := 0, ""
	for _, s := range p.Plan.Starts {
		on := s.attachment(r.network.Key)
		free := on != nil && (r.ipv6 && on.IPv6.Span == Span{} && on.IPv6.Text == "" || !r.ipv6 && on.IPv4.Span == Span{} && on.IPv4.Text == "")
		if free && p.Plan.newContainers[s] > 0 && !p.Plan.After(s.Name, r.service.Name) {
			takers += p.Plan.newContainers[s]
			if names == "" {
				names = s.Name
			}
		}
	}
	if takers == 0 || !r.amongFirst(takers, p.Plan.fixedOn(r.network.Key), p.engine()) {
		return
	}

	f := r.finding(fmt.Sprintf("%s can go to %q, which has none of its own, if that starts first", r.title(), names))
	f.Certainty, f.Severity = Possible, Warning
	f.Fixes = append([]Fix{advise(fmt.Sprintf("give %q an address, or choose one from the end of the subnet", names))}, f.Fixes...)
	p.Report(f)
}

// fixedOn are the addresses that services ask for on a network.
func (plan Plan) fixedOn(key string) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	for _, r := range plan.addressRequests() {
		if r.network.Key == key {
			out[r.ip] = true
		}
	}
	return out
}

// amongFirst reports whether an engine may give the address to one of so many containers that ask for none. Those with an address of
// their own may start before or after them.
func (r addressRequest) amongFirst(n int, fixed map[netip.Addr]bool, e Engine) bool {
	for _, s := range r.network.Subnets {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil || !prefix.Contains(r.ip) {
			continue
		}
		from := prefix.Masked().Addr()
		if part, err := netip.ParsePrefix(s.Range.Text); err == nil {
			from = part.Masked().Addr()
		}
		for at := from; at.IsValid() && n > 0; at = at.Next() {
			probe := r
			probe.ip = at
			switch {
			case at == r.ip:
				return true
			case probe.keptBack(e) == "" && !fixed[at]:
				n--
			}
		}
	}
	return false
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
