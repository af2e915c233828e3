package sockets

import (
	"net/netip"

	"github.com/portlint/portlint/lint"
)

// row is one socket of a system's table. It is comparable, and equal rows are one socket as far as the table tells.
type row struct {
	proto         string // "tcp" or "udp"
	local, remote netip.AddrPort
	state         lint.HolderState
	v6only        tristate
	device        uint32 // index of the interface it is bound to, 0 for none or not known
	uid           int    // -1 when not known
	inode         uint64 // Linux; 0 when no process has it
	cgroup        uint64 // Linux: id of the cgroup that made it, 0 when not known
	pid           int    // macOS and Windows, 0 when not known
}

// tristate is a flag that a table may not show.
type tristate int8

const (
	unknown tristate = iota
	no
	yes
)

// look says which sockets to list.
type look int

const (
	servers    look = iota // listening TCP and all UDP
	bound                  // listening or only bound TCP, and UDP without a remote end: what has a port of its own
	everything             // every state, with TCP sockets that are bound and don't listen
)

func (l look) wants(r row) bool {
	switch l {
	case servers:
		return r.proto == "udp" || r.state == lint.Listening
	case bound:
		return r.state == lint.Listening || r.state == lint.BoundOnly || r.state == lint.Datagram
	}
	return true
}

// holder is the row with its owner, as the rules read it.
func (r row) holder(o lint.SocketOwner) lint.Holder {
	return lint.Holder{Local: r.local, Remote: r.remote, V6Only: r.v6only == yes, State: r.state, Owner: o}
}

// tristateOf is the tristate of a flag that is known.
func tristateOf(set bool) tristate {
	if set {
		return yes
	}
	return no
}

// unmap writes an IPv4-mapped IPv6 address as the IPv4 address that the kernel binds.
func unmap(ap netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
