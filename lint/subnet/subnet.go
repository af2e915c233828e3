// Package subnet says which subnets an engine refuses, by themselves and beside those that it keeps already, and from where it gives
// out some itself.
package subnet

import "net/netip"

// Request is a subnet that a network asks for.
type Request struct {
	Driver string // of the network; "" is bridge
	Prefix netip.Prefix
	Range  netip.Prefix // `ip_range`; zero where none is asked for
}

// Existing is a subnet that the engine keeps for a network, in use or not, until the network is removed.
type Existing struct {
	Driver string // of the network; "" is bridge
	Prefix netip.Prefix
	Range  netip.Prefix
}

// Refused reports whether an engine refuses a subnet beside one that it keeps: where they have an address in common, whatever
// the drivers are, and whatever the machine's own interfaces and routes say. With `ip_range` engines do not compare subnets,
// unless both are the same with the same range; then bridges still do. Tried on 20.10.24 and 29, which agree.
// Source: moby daemon/libnetwork/ipams/defaultipam/address_space.go, allocateSubnet; drivers/bridge/bridge_linux.go, Conflicts.
func (r Request) Refused(k Existing) bool {
	switch {
	case !r.Prefix.Overlaps(k.Prefix):
		return false
	case !r.Range.IsValid():
		return true
	case r.Prefix == k.Prefix && r.Range == k.Range:
		return true
	default:
		return isBridge(r.Driver) && isBridge(k.Driver)
	}
}

func isBridge(driver string) bool { return driver == "" || driver == "bridge" }

// IsLocal reports whether networks of a driver take their subnets from those of the one machine: not those of a swarm, those that
// have none, and those of plugins, which are not known.
func IsLocal(driver string) bool {
	return isBridge(driver) || driver == "macvlan" || driver == "ipvlan"
}

// Pool is a range that an engine cuts into subnets.
type Pool struct {
	Base netip.Prefix
	Size int // the length of the prefix of each subnet
}

// DefaultPools are those of an engine that was told none, for IPv4.
// Source: moby daemon/libnetwork/ipamutils/utils.go.
func DefaultPools() []Pool {
	var pools []Pool
	for i := byte(17); i < 32; i++ {
		pools = append(pools, Pool{netip.PrefixFrom(netip.AddrFrom4([4]byte{172, i, 0, 0}), 16), 16})
	}
	return append(pools, Pool{netip.MustParsePrefix("192.168.0.0/16"), 20})
}

// After is the subnet of the same size that follows; ok is false behind the last.
func After(p netip.Prefix) (next netip.Prefix, ok bool) {
	addr := Last(p).Next()
	return netip.PrefixFrom(addr, p.Bits()), addr.IsValid()
}

// Around is the smallest subnet with both addresses; zero where one of them is none.
func Around(first, last netip.Addr) netip.Prefix {
	for bits := first.BitLen(); first.IsValid() && bits >= 0; bits-- {
		if p := netip.PrefixFrom(first, bits).Masked(); p.Contains(last) {
			return p
		}
	}
	return netip.Prefix{}
}

// Last is the last address of a subnet, for IPv4 the one of its broadcasts.
func Last(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for i := range bytes {
		bytes[i] |= hostBits(p.Bits(), i)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// hostBits are the bits of byte i of an address that a prefix of that length leaves to hosts.
func hostBits(length, i int) byte {
	return byte(0xff >> min(8, max(0, length-8*i)))
}
