package relocate

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// Place is a port of a project, the same in every reading of it, whatever its host port is and wherever it is written.
type Place struct {
	Service string
	Nth     int // among the bindings of the service
}

// PlacesOf are the places of the bindings of an item, in their order.
func PlacesOf(it lint.Item) []Place {
	var all []Place
	for _, b := range it.Bindings {
		for nth := range it.Service.Bindings {
			if &it.Service.Bindings[nth] == b {
				all = append(all, Place{it.Service.Name, nth})
			}
		}
	}
	return all
}

// Binding is what a project has at a place, nil where it has nothing.
func (at Place) Binding(p *lint.Project) *lint.Binding {
	if s := p.Service(at.Service); s != nil && at.Nth < len(s.Bindings) {
		return &s.Bindings[at.Nth]
	}
	return nil
}

// Ports is the slot of host ports that move together: all that one variable gives, or those of items that are one port.
type Ports struct {
	variable string
	places   []Place // where no variable gives them
	request  pick.Request
	first    uint16     // the lowest one today
	address  netip.Addr // where the ports are published first, zero for all addresses
	// addressed: the variable holds the address too, as in HP=127.0.0.1:8080
	addressed bool
	inherits  string // the key of the item, whose record the variable takes over
}

// PortsOfVariable is the slot of a variable, for at least width ports in a row.
func PortsOfVariable(v freeport.PortVar, width int) Ports {
	s := Ports{variable: v.Name, request: v.Request(), first: v.First, address: v.Bindings[0].HostIP, addressed: v.Address.IsValid()}
	s.request.Width = max(s.request.Width, width)
	return s
}

// Inheriting is the slot of a variable that has come to stand where an item had its ports.
func (s Ports) Inheriting(it lint.Item) Ports {
	s.inherits = freeport.KeyOf(it)
	return s
}

// PortsOfItems is the slot of items of one service that are one port, whatever variables they have.
func PortsOfItems(items []lint.Item, width int) Ports {
	head := items[0].Head()
	s := Ports{first: items[0].Ports().First, request: pick.Request{Key: freeport.KeyOf(items[0]), Width: width, HostIP: head.HostIP}}
	for _, it := range items {
		s.places = append(s.places, PlacesOf(it)...)
		if proto := it.Head().Proto; !slices.Contains(s.request.Protos, proto) {
			s.request.Protos = append(s.request.Protos, proto)
		}
		if it.Head().HostIP != head.HostIP {
			s.request.HostIP = netip.Addr{} // the number must be free at all addresses
		}
	}

	return s
}

// Key is the variable, else the first place.
func (s Ports) Key() string {
	if s.variable != "" {
		return s.variable
	}
	return fmt.Sprintf("%q %d", s.places[0].Service, s.places[0].Nth)
}

// Choose picks ports near those of today.
func (s Ports) Choose(ctx context.Context, p *freeport.Picker) (Move, error) {
	if s.inherits != "" {
		if err := p.Inherit(ctx, s.variable, s.inherits); err != nil {
			return nil, err
		}
	}

	request := s.request
	request.From = p.Exclusions.Nearby(s.first)
	got, err := p.Pick(ctx, request)
	if err != nil {
		return nil, err
	}
	return s.At(got.First), nil
}

// At is the slot with the ports from first on.
func (s Ports) At(first uint16) PortMove {
	return PortMove{Ports: s, To: lint.PortsFrom(first, s.request.Ports())}
}

// PortMove is a slot of host ports with other ones.
type PortMove struct {
	Ports
	To lint.Ports
}

// Address stands before the ports in the value, zero for none.
func (m PortMove) Address() netip.Addr {
	if m.addressed {
		return m.address
	}
	return netip.Addr{}
}

// Variable gives the ports.
func (m PortMove) Variable() string { return m.variable }

// Value is the ports, after the address where the variable holds one.
func (m PortMove) Value() string {
	if m.addressed {
		return lint.HostPort(m.address, m.To.String())
	}
	return m.To.String()
}

// Expect gives the slot the new ports. A name with the port in it follows.
func (m PortMove) Expect(s compose.Shape) compose.Shape {
	s = s.Publish(m.gives, m.To)
	if m.variable != "" {
		s = s.Give(m.variable, m.Value())
	}
	return s
}

// Part is the ports of the slot, and the names that follow.
func (m PortMove) Part(s compose.Shape) compose.Shape { return s.Selected(m.gives, m.variable) }

func (m PortMove) gives(service string, nth int, variable string) bool {
	if m.variable != "" {
		return variable == m.variable
	}
	return slices.Contains(m.places, Place{service, nth})
}

// Respelled holds an address too, where the ports have one.
func (m PortMove) Respelled() (Move, bool) {
	if m.addressed || !m.address.IsValid() {
		return m, false
	}
	m.addressed = true
	return m, true
}
