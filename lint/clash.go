package lint

import (
	"fmt"
	"path/filepath"
)

// clash is how sure it is that two bindings can't both have a host port, and what it depends on when it is not.
type clash struct {
	certainty Certainty
	why       string // "" for Certain
}

// clashes reports whether one `up` can't give host port p to both bindings.
// Source: ../reference of the engine's allocator and of bind(2), by version: moby daemon/libnetwork/portallocator.
func (b Bound) clashes(o Bound, p uint16) (clash, bool) {
	overlap, same := b.meets(o, p)
	if !overlap {
		return clash{}, false
	}
	for _, why := range []string{b.doubt(), o.doubt(), b.versions(o, same)} {
		if why != "" {
			return clash{certainty: Possible, why: why}, true
		}
	}
	return clash{certainty: Certain}, true
}

// meets compares the sockets of two bindings: whether any overlap, and whether any are the same.
func (b Bound) meets(o Bound, p uint16) (overlap, same bool) {
	for _, x := range b.Endpoints(p) {
		for _, y := range o.Endpoints(p) {
			overlap = overlap || x.Overlaps(y)
			same = same || x == y
		}
	}
	return overlap, same
}

// doubt says why it is open whether the binding takes its port at all; "" when it does.
func (b Bound) doubt() string {
	if b.Service.Network.Varies != "" {
		return fmt.Sprintf("whether the engine binds them depends on its version: %s", b.Service.Network.Varies)
	}
	if from := b.Binding.From; from.Kind == FromExample {
		return fmt.Sprintf("with the values of %s", filepath.Base(from.File))
	}
	return ""
}

// versions says which engines let the two pass, "" when none does. Engine 28 alone sets SO_REUSEADDR on UDP sockets,
// and up to 28.2 its allocator compares addresses as text.
func (b Bound) versions(o Bound, same bool) string {
	inOne := b.Service == o.Service && b.Binding.Target == o.Binding.Target
	switch {
	case b.Binding.Proto == "tcp":
		return ""
	case b.Binding.Proto == "udp" && inOne:
		return "only engine 28 lets it pass"
	case same:
		return ""
	case b.Binding.Proto == "udp":
		return "only engines 28.0 to 28.2 let it pass"
	default:
		return "whether the engine tells SCTP addresses apart is not known"
	}
}
