package lint

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
