package lint

import (
	"fmt"
	"path/filepath"
)

// conflict is how sure it is that a binding can't have a host port, and what it depends on when it is not.
type conflict struct {
	certainty Certainty
	why       string // "" for Certain
}

// certainUnless is Possible for the first reason that there is, else Certain.
func certainUnless(reasons ...string) conflict {
	for _, why := range reasons {
		if why != "" {
			return conflict{certainty: Possible, why: why}
		}
	}
	return conflict{certainty: Certain}
}

// conflicts reports whether one `up` on the engine can't give host port p to both bindings.
// Source: moby daemon/libnetwork/portallocator, by version; linux net/ipv4/inet_connection_sock.c for bind(2).
func (e Engine) conflicts(b, o Bound, p uint16) (conflict, bool) {
	overlap, same, why := e.overlaps(b, o, p)
	if !overlap {
		return conflict{}, false
	}
	inOne := b.Service == o.Service && b.Binding.Target == o.Binding.Target
	passes, open := e.allowsBoth(b.Binding.Proto, inOne, same)
	return certainUnless(b.uncertainty(), o.uncertainty(), why, open), !passes
}

// refuses reports whether the engine can't bind x while another of its containers holds y.
func (e Engine) refuses(x, y Endpoint) (conflict, bool) {
	overlap, same, why := e.compare(x, y)
	if !overlap {
		return conflict{}, false
	}
	passes, open := e.allowsBoth(x.Proto, false, same)
	return certainUnless(why, open), !passes
}

// overlaps compares the sockets of two bindings: whether any overlap, whether any are the same, and what that rests on.
func (e Engine) overlaps(b, o Bound, p uint16) (overlap, same bool, why string) {
	for _, x := range b.Endpoints(p) {
		for _, y := range o.Endpoints(p) {
			over, equal, restsOn := e.compare(x, y)
			if over && (!overlap || restsOn == "") {
				why = restsOn
			}
			overlap, same = overlap || over, same || equal
		}
	}
	return overlap, same, why
}

// uncertainty says why it is open whether the binding takes its port at all; "" when it does.
func (b Bound) uncertainty() string {
	if b.Service.Network.Varies != "" {
		return fmt.Sprintf("whether the engine binds them depends on its version: %s", b.Service.Network.Varies)
	}
	if lost := b.Service.Network.Lost; lost != "" && !b.Service.Network.MustBind {
		return fmt.Sprintf("unless `up` starts %q without its ports, as a failed start left it", lost)
	}
	if from := b.Binding.From; from.Kind == FromExample {
		return fmt.Sprintf("with the values of %s", filepath.Base(from.File))
	}
	return ""
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
