package subnet

import (
	"maps"
	"net/netip"
	"slices"
)

// Definition is an entry of `ipam.config`, as the texts of the files have it; "" is not written.
type Definition struct {
	HasGateway             bool // the network gets one
	Subnet, Range, Gateway string
	Reserved               map[string]string // `aux_addresses`, by host name
}

// Fault is why an entry is refused.
type Fault struct {
	Key    string // "subnet", "ip_range", "gateway" or "aux_addresses"
	Host   string // the name in aux_addresses, else ""
	What   string // what the text is, as the end of a sentence about it
	By     string // which of Docker's engines refuse it, as a sentence; "" for all
	Advice string
	// ByAll: Compose refuses it, or every engine that it speaks to.
	ByAll bool
	// Since is the first major version of Docker's engine that refuses it, 0 for all; Before the first that does not any more, 0 for
	// none. Of those from Maybe to Before it is not known; 0 is Before.
	Since, Maybe, Before int
	// Podman refuses it.
	Podman bool
}

const (
	adviceSubnet  = "write an address and the length of its prefix, such as 10.5.0.0/24"
	adviceGateway = "choose an address of the subnet, or leave the gateway out"
	adviceRange   = "choose a part of the subnet, or leave ip_range out"
	from25        = "engines from 25 on refuse it"
	adviceOther   = "choose another address of the subnet, or leave it out"
)

// Faults are those of the entry. Compose from 5 on reads the texts itself, older ones leave that to the engine. Tried on 20.10.24 and 29.
// Source: compose pkg/compose/executor_ops.go; moby api/types/network/ipam.go of 25 and newer, ValidateIPAM;
// daemon/libnetwork/ipams/defaultipam/address_space.go, newPoolData; containers/common libnetwork/internal/util/validate.go, ValidateSubnet.
func (d Definition) Faults() []Fault {
	if d.Subnet == "" {
		fault := Fault{Key: "subnet", What: "is not there", Advice: adviceSubnet, Before: 29, Podman: true}
		if d.Range+d.Gateway != "" {
			fault.Before = 0
		}
		return []Fault{fault}
	}

	prefix, err := netip.ParsePrefix(d.Subnet)
	if err != nil {
		return []Fault{{Key: "subnet", What: "is no subnet", Advice: adviceSubnet, ByAll: true}}
	}

	var all []Fault
	if prefix != prefix.Masked() {
		all = append(all, Fault{Key: "subnet", What: "has bits behind its prefix", By: from25,
			Advice: "write " + prefix.Masked().String() + ", which older engines make of it", Since: 25})
	}
	all = append(all, d.tooSmall(prefix)...)
	all = append(all, d.rangeFaults(prefix)...)
	return append(all, d.addressFaults(prefix)...)
}

// tooSmall finds a subnet that has no address for a gateway.
func (d Definition) tooSmall(of netip.Prefix) []Fault {
	fault := Fault{Key: "subnet", What: "leaves no address for the gateway", Advice: "choose a larger subnet"}
	switch hosts := of.Addr().BitLen() - of.Bits(); {
	case !d.HasGateway, hosts > 1, of.Addr().Is6() && hosts > 0:
		return nil
	case of.Addr().Is4():
		fault.By = "engines before 26 need one"
		fault.Maybe, fault.Before = 25, 26
	}
	return []Fault{fault}
}

func (d Definition) rangeFaults(of netip.Prefix) []Fault {
	fault := Fault{Key: "ip_range", By: from25, Advice: adviceRange, Since: 25}
	part, err := netip.ParsePrefix(d.Range)

	switch {
	case d.Range == "":
		return nil
	case err != nil:
		fault = Fault{Key: "ip_range", What: "is no subnet", Advice: adviceSubnet, ByAll: true}
	case !of.Overlaps(part):
		fault.What, fault.Podman = "is outside of its subnet", true
	case part.Bits() < of.Bits():
		fault.What, fault.Podman = "is larger than its subnet", true
	case part != part.Masked():
		fault.What = "has bits behind its prefix"
	default:
		return nil
	}
	return []Fault{fault}
}

// addressFaults are those of the gateway and of what is kept back. Podman takes any address of the subnet but the one for broadcasts, over which
// the kernel gives no container a route, and does not look at what is kept back.
func (d Definition) addressFaults(of netip.Prefix) (all []Fault) {
	taken := map[netip.Addr]string{}
	if what := d.addressFault(d.Gateway, of, taken); d.Gateway != "" && what != "" {
		ip, _ := netip.ParseAddr(d.Gateway) // none: refused by all
		all = append(all, Fault{Key: "gateway", What: what, Advice: adviceGateway, ByAll: ip != of.Masked().Addr()})
	}

	if part, _ := netip.ParsePrefix(d.Range); d.Gateway == "" && d.HasGateway {
		taken[Gateway(of.Masked(), part.Masked())] = ""
	}
	for ip := range taken {
		taken[ip] = "is the gateway, too"
	}

	for _, name := range slices.Sorted(maps.Keys(d.Reserved)) {
		if what := d.addressFault(d.Reserved[name], of, taken); d.Reserved[name] != "" && what != "" {
			_, err := netip.ParseAddr(d.Reserved[name])
			all = append(all, Fault{Key: "aux_addresses", Host: name, What: what, Advice: adviceOther, ByAll: err != nil})
		}
	}
	return all
}

// addressFault says what is wrong with one address, "" for nothing; then it is taken.
func (d Definition) addressFault(text string, of netip.Prefix, taken map[netip.Addr]string) string {
	ip, err := netip.ParseAddr(text)
	switch what, twice := taken[ip]; {
	case err != nil:
		return "is no address"
	case !of.Contains(ip):
		return "is outside of its subnet"
	case twice:
		return what
	}

	if what := End(of.Masked(), ip); what != "" {
		return "is " + what
	}
	taken[ip] = "is kept back twice"
	return ""
}

// End says which end of a subnet an address is, that no container gets; "" for none.
func End(of netip.Prefix, ip netip.Addr) string {
	switch {
	case ip.Is4() && of.Bits() >= ip.BitLen()-1: // of two addresses or one
		return ""
	case ip == of.Addr():
		return "the address of the subnet itself"
	case ip.Is4() && ip == Last(of):
		return "the broadcast address of " + of.String()
	}
	return ""
}

// Gateway is the one that an engine chooses: the first address of a subnet that it may give, or of its ip_range.
func Gateway(of, part netip.Prefix) netip.Addr {
	switch {
	case part.IsValid() && part.Addr() != of.Addr():
		return part.Addr()
	case of.Addr().Is4() && of.Bits() >= of.Addr().BitLen()-1:
		return of.Addr()
	}
	return of.Addr().Next()
}
