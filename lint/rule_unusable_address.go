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
// Source: moby daemon/container_operations.go, validateEndpointIPAddress; api/types/network/ipam.go, ValidateIPAM of 25 and newer.
func checkUnusableAddress(p *Pass) {
	for _, n := range p.Plan.networks {
		p.checkSubnetTexts(n)
	}

	for _, r := range p.Plan.addressRequests() {
		switch {
		case !r.starts:
		case !r.ip.IsValid():
			p.Report(r.finding(fmt.Sprintf("%s is no %s address", r.title(), family(r.ipv6))))
		case !r.fits() && !r.ignored(p.engine()):
			p.reportOutside(r)
		}
	}
}

// ignored reports whether the engine does not look at the address: one before 25 takes any for IPv6 where the network has none.
func (r addressRequest) ignored(e Engine) bool {
	ignores, _ := e.ignoresIPv6Address()
	return r.noIPv6() && ignores
}

// noIPv6 reports whether the address is one for IPv6 on a network without.
func (r addressRequest) noIPv6() bool {
	prefixes, _ := r.network.subnets(true)
	return r.ipv6 && len(prefixes) == 0
}

func family(ipv6 bool) string {
	if ipv6 {
		return "IPv6"
	}
	return "IPv4"
}

func (p *Pass) reportOutside(r addressRequest) {
	prefixes, _ := r.network.subnets(r.ipv6)
	name := r.network.label()
	f := r.finding(fmt.Sprintf("%s is in no subnet of network %q, which has %s", r.title(), name, prefixList(prefixes)))
	if len(prefixes) == 0 {
		f.Message = fmt.Sprintf("%s needs a subnet, and network %q fixes none for %s", r.title(), name, family(r.ipv6))
	}
	if n := r.network; n.fate == networkReplaced && len(p.Host.attached(n.found)) > 0 { // Compose then asks for no address
		f.Certainty, f.Severity = Possible, Warning
		f.Message += "; a container that this `up` makes anew does not start"
	}
	if _, refused := p.engine().ignoresIPv6Address(); r.noIPv6() && !refused {
		f.Certainty, f.Severity = Possible, Warning
		f.Message += ", which engines from 25 on refuse"
	}
	p.Report(f)
}

func prefixList(prefixes []netip.Prefix) string {
	var texts []string
	for _, p := range prefixes {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, " and ")
}

// checkSubnetTexts finds subnets that have more than their prefix, and gateways outside of theirs.
func (p *Pass) checkSubnetTexts(n neededNetwork) {
	if n.fate > networkReplaced || n.IPAM != "" && n.IPAM != "default" || !subnet.IsLocal(n.Driver) {
		return
	}
	for _, s := range n.Subnets {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil || !slices.ContainsFunc(n.requests(), func(r subnetRequest) bool { return r.value.Span == s.Subnet.Span }) {
			continue
		}

		r := subnetRequest{network: n.ProjectNetwork, value: s.Subnet}
		if masked, refused := p.engine().masksSubnets(); prefix != prefix.Masked() && !masked {
			f := r.finding(fmt.Sprintf("%s has bits behind its prefix, which engines from 25 on refuse", r.title()))
			if !refused {
				f.Certainty, f.Severity = Possible, Warning
			}
			f.Fixes = []Fix{advise(fmt.Sprintf("write %s, which older engines make of it", prefix.Masked()))}
			p.Report(f)
		}

		if gateway, err := netip.ParseAddr(s.Gateway.Text); err == nil && !prefix.Contains(gateway) {
			f := subnetRequest{network: n.ProjectNetwork, value: s.Gateway}.finding(
				fmt.Sprintf("gateway %s of network %q is outside of its subnet %s", s.Gateway.Label(), n.label(), s.Subnet.Label()))
			f.Name.Kind = NameOfAddress
			f.Fixes = []Fix{advise("choose an address of the subnet, or leave the gateway out")}
			p.Report(f)
		}
	}
}
