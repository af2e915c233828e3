package lint

// Each quirk of an engine's version or mode that decides over a port has its name here, and the sentence about it.

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

// release is a version of Docker's engine, such as 28.2.1.
type release struct{ major, minor, patch int }

func (r release) before(o release) bool {
	return cmp.Or(cmp.Compare(r.major, o.major), cmp.Compare(r.minor, o.minor), cmp.Compare(r.patch, o.patch)) < 0
}

// release reads the engine's version; there is none when no engine answered, or one that is not Docker's.
func (e Engine) release() (release, bool) {
	var r release
	n, _ := fmt.Sscanf(e.Version, "%d.%d.%d", &r.major, &r.minor, &r.patch)
	return r, n >= 2 && r.major >= 17 && !e.podman()
}

func (e Engine) podman() bool { return strings.Contains(e.Name, "Podman") }

// atLeast reports whether the engine is Docker's and at least that new.
func (e Engine) atLeast(major, minor int) bool {
	r, ok := e.release()
	return ok && !r.before(release{major, minor, 0})
}

// olderThan reports whether the engine is Docker's and older than that major version.
func (e Engine) olderThan(major int) bool {
	r, ok := e.release()
	return ok && r.before(release{major, 0, 0})
}

// bindsExactPortsFirst reports whether the engine, inside one container, binds exact ports before it picks some: from 27 on.
func (e Engine) bindsExactPortsFirst() bool { return e.atLeast(27, 0) }

// knowsOtherAddresses reports whether the engine, as it picks a port of a pool, knows what its containers have on other
// addresses: from 27 on. Up to 26 it tries such a port, and gives up. Source: moby libnetwork/portallocator RequestPortsInRange.
func (e Engine) knowsOtherAddresses() bool { return e.atLeast(27, 0) }

// countsOtherAddresses reports whether the engine passes over such a port for free, and not as one that it tried: from 28.3
// on. Source: moby libnetwork/portallocator/portallocator.go, RequestPortsInRange.
func (e Engine) countsOtherAddresses() bool { return e.atLeast(28, 3) }

// needsOnePort reports whether the engine may look for one host port that all addresses of a container port have: from 27
// on; unless says for which engines that is open. Source: moby daemon/libnetwork/drivers/bridge/port_mapping_linux.go
// needSamePort.
func (e Engine) needsOnePort() (may bool, unless string) {
	if !e.atLeast(27, 0) {
		unless = "engines up to 26 may find a port for each"
	}
	return !e.olderThan(27), unless
}

// sharesUDP reports whether the engine may share a UDP port with somebody else's socket: 28 alone sets SO_REUSEADDR.
func (e Engine) sharesUDP() bool {
	shares, open := e.within(release{28, 0, 0}, release{29, 0, 0}, "unknown")
	return shares || open != ""
}

// upTo26 limits a sentence about a pool that takes the loser's port, in one container, to the engines that it is true for.
func (e Engine) upTo26(loser Bound) string {
	if e.olderThan(27) || loser.Binding.Pool() {
		return ""
	}
	return ", on engines up to 26"
}

// within reports whether the engine is one of [from, before), and says why that is open when its version is not known.
// What a rootless engine's kernel lets pass, RootlessKit refuses; Podman is stricter than all of Docker's.
func (e Engine) within(from, before release, why string) (yes bool, open string) {
	r, ok := e.release()
	switch {
	case e.Rootless, e.podman():
		return false, ""
	case !ok:
		return false, why
	}
	return !r.before(from) && r.before(before), ""
}

// compare reports whether the engine can't tell two sockets apart, whether they are the same to it, and what that rests
// on. A rootless engine binds in a network of its own, where all addresses of a family are one.
// Source: moby daemon/libnetwork/drivers/bridge/internal/rlkclient; rootlesskit pkg/port/builtin.
func (e Engine) compare(x, y Endpoint) (overlap, same bool, why string) {
	if x.Overlaps(y) || !e.Rootless {
		return x.Overlaps(y), x == y, ""
	}
	if !e.inside(x).Overlaps(e.inside(y)) {
		return false, false, ""
	}

	if !e.atLeast(28, 0) {
		why = "rootless engines before 28 may tell the addresses apart"
	}
	return true, true, why
}

// inside is the socket that a rootless engine binds in its own network: from 29.6 on loopback addresses stay distinct.
func (e Engine) inside(x Endpoint) Endpoint {
	a := x.Addr.Addr().Unmap()
	switch {
	case a.IsLoopback() && e.atLeast(29, 6):
	case a.Is4():
		a = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	default:
		a = netip.IPv6Loopback()
	}
	return Endpoint{Proto: x.Proto, Addr: netip.AddrPortFrom(a, x.Addr.Port())}
}

// allowsBoth says whether the engine lets two overlapping sockets of its own live, and why that is open where it is.
// Engine 28 alone sets SO_REUSEADDR on UDP sockets, and up to 28.2 its allocator compares addresses as text.
func (e Engine) allowsBoth(proto string, inOne, same bool) (yes bool, open string) {
	switch {
	case proto == "tcp":
		return false, ""
	case proto == "udp" && inOne:
		return e.within(release{28, 0, 0}, release{29, 0, 0}, "only engine 28 lets it pass")
	case same:
		return false, ""
	case proto == "udp":
		return e.within(release{28, 0, 0}, release{28, 3, 0}, "only engines 28.0 to 28.2 let it pass")
	default:
		return false, "whether the engine tells SCTP addresses apart is not known"
	}
}

// triesOfPool is how many host ports of a pool the engine tries that it did not know to be held.
func (e Engine) triesOfPool() (n int, who string) {
	switch {
	case e.Rootless:
		return 1, "a rootless engine may give up at the first one that is held"
	case e.atLeast(27, 0):
		return 10, ""
	case e.olderThan(27):
		return 1, "this engine gives up at the first one that is held"
	default:
		return 1, "engines up to 26 give up at the first one that is held"
	}
}
