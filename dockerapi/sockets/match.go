package sockets

import (
	"net/netip"

	"github.com/portlint/portlint/lint"
)

// blocking are the rows whose address overlaps the probe's.
func blocking(rows []row, p lint.Probe) []row {
	var found []row
	for _, r := range rows {
		if (held(p) || p.Result == lint.Free) && overlaps(r, p.Endpoint) {
			found = append(found, r)
		}
	}
	return found
}

// likely are the blocking rows or, when there are none, those of which the table does not say whether they block: an
// IPv6 connection whose socket was opened for both families blocks 0.0.0.0, and the kernel sends no IPV6_V6ONLY for a
// connection. Source: linux net/ipv4/inet_diag.c, inet_diag_msg_attrs_fill.
func likely(rows []row, p lint.Probe) []row {
	if found := blocking(rows, p); len(found) > 0 {
		return found
	}
	if p.Addr.Addr().Unmap() != netip.IPv4Unspecified() {
		return nil
	}

	var found []row
	for _, r := range rows {
		moving := r.state == lint.Connection || r.state == lint.Closing
		dual := r.local.Addr().Is6() && r.v6only != yes
		if dual && moving && samePort(r, p.Endpoint) {
			found = append(found, r)
		}
	}

	return found
}

// overlaps reports whether a listed socket and a wanted endpoint meet. The engine opens IPv6 sockets with IPV6_V6ONLY,
// other programs open [::] for IPv4 as well.
func overlaps(r row, e lint.Endpoint) bool {
	if !samePort(r, e) {
		return false
	}
	has, wanted := r.local.Addr().WithZone(""), e.Addr.Addr().Unmap().WithZone("")
	if has.Is4() == wanted.Is4() {
		return has == wanted || has.IsUnspecified() || wanted.IsUnspecified()
	}
	return has.Is6() && has.IsUnspecified() && r.v6only != yes
}

func samePort(r row, e lint.Endpoint) bool {
	return r.proto == e.Proto && r.local.Port() == e.Addr.Port()
}
