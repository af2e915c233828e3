package up

import (
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint"
)

// move is the lowest host port that something gets, and how many there are in a row.
type move struct {
	first uint16
	width int
	// gives are, for a variable, the ports in question: those it must give, and no others.
	gives []portKey
	// addr stands before the port where a variable holds both, as in HP=127.0.0.1:8080.
	addr netip.Addr
}

func (m move) last() uint16 { return m.first + uint16(m.width-1) }

// ports is the host port or range as Compose reads it.
func (m move) ports() string {
	return lint.PortsFrom(m.first, m.width).String()
}

// value is what a variable is set to.
func (m move) value() string {
	if m.addr.IsValid() {
		return lint.HostPort(m.addr, m.ports())
	}
	return m.ports()
}

// portKey is one published port of a project whatever its host port is, the same in every reading of the project.
type portKey struct {
	service string
	target  uint16
	proto   string
	hostIP  netip.Addr
	nth     int // among those that have all of this in common, in the order of the files
}

// portKeysOf are the spots of a project whose host ports are written.
func portKeysOf(p *lint.Project) map[*lint.Binding]portKey {
	spots, count := map[*lint.Binding]portKey{}, map[portKey]int{}
	for _, b := range p.Bindings() {
		if b.First == 0 {
			continue
		}
		alike := portKey{service: b.Service, target: b.Target, proto: b.Proto, hostIP: b.HostIP}
		at := alike
		at.nth = count[alike]
		count[alike]++
		spots[b] = at
	}

	return spots
}

// bindingAt is the port of a project with a key, nil when there is none.
func bindingAt(p *lint.Project, at portKey) *lint.Binding {
	for b, spot := range portKeysOf(p) {
		if spot == at {
			return b
		}
	}
	return nil
}

// portKeysWith are the spots that a variable gives the host ports, in the order of the files.
func portKeysWith(p *lint.Project, name string) []portKey {
	spots := portKeysOf(p)
	var all []portKey
	for _, b := range p.Bindings() {
		if at, ok := spots[b]; ok && b.Var == name {
			all = append(all, at)
		}
	}
	return all
}

// usedInside reports whether a variable gives container ports too: moved, it would change what runs inside.
func usedInside(p *lint.Project, name string) bool {
	return slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool { return b.TargetVar == name })
}
