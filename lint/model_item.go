package lint

import (
	"cmp"
	"net/netip"
	"slices"
)

// Item is one `ports` item of a service. A range of equal length on both sides is several bindings, everything else one.
type Item struct {
	Service  *Service
	Bindings []*Binding // at least one, by host port
}

// itemKey is what the bindings of one item have in common.
type itemKey struct {
	entry  Span
	text   string
	proto  string
	hostIP netip.Addr
	shift  int    // host port minus container port, where the host port is known
	first  uint16 // where the entry is not known, so that such bindings stay apart
}

func (b *Binding) itemKey() itemKey {
	k := itemKey{entry: b.Entry, text: b.Text, proto: b.Proto, hostIP: b.HostIP}
	if b.First != 0 {
		k.shift = int(b.First) - int(b.Target)
	}
	if !b.Entry.Known() {
		k.first = b.First
	}
	return k
}

// Items returns the items of the service in the order of its bindings.
func (s *Service) Items() []Item {
	var items []Item
	at := map[itemKey]int{}
	for i := range s.Bindings {
		b := &s.Bindings[i]
		k := b.itemKey()
		if j, ok := at[k]; ok {
			items[j].Bindings = append(items[j].Bindings, b)
			continue
		}
		at[k] = len(items)
		items = append(items, Item{Service: s, Bindings: []*Binding{b}})
	}

	for _, it := range items {
		slices.SortFunc(it.Bindings, func(a, b *Binding) int { return cmp.Compare(a.First, b.First) })
	}

	return items
}

// Item returns the item that a binding of the service belongs to.
func (s *Service) Item(b *Binding) Item {
	it := Item{Service: s}
	key, own := b.itemKey(), false
	for i := range s.Bindings {
		o := &s.Bindings[i]
		if o.Entry.Start == b.Entry.Start && o.itemKey() == key {
			it.Bindings, own = append(it.Bindings, o), own || o == b
		}
	}
	if !own {
		return Item{Service: s, Bindings: []*Binding{b}}
	}
	slices.SortFunc(it.Bindings, func(a, b *Binding) int { return cmp.Compare(a.First, b.First) })
	return it
}

// Items returns every written item once: one that several services share through `extends` or an alias counts for the
// service under whose key it stands.
func (p *Project) Items() []Item {
	var items []Item
	at := map[Span]int{}
	for i := range p.Services {
		for _, it := range p.Services[i].Items() {
			j, seen := at[it.Head().Entry]
			switch {
			case !seen || !it.Head().Entry.Known():
				at[it.Head().Entry] = len(items)
				items = append(items, it)
			case items[j].Service != it.Service && it.nearer(items[j]):
				items[j] = it
			}
		}
	}

	return items
}

// nearer reports whether the key of the item's service stands closer above the item than that of o.
func (i Item) nearer(o Item) bool {
	above := func(s *Service) int {
		if s.Span.File != i.Head().Entry.File || s.Span.Start > i.Head().Entry.Start {
			return -1
		}
		return s.Span.Start
	}
	return above(i.Service) > above(o.Service)
}

// itemOf is an item of a service as a map's key.
type itemOf struct {
	service *Service
	key     itemKey
}

func (b Bound) itemOf() itemOf { return itemOf{b.Service, b.Binding.itemKey()} }

// itemSet remembers items of services.
type itemSet map[itemOf]bool

// add puts the item of a binding into the set, and reports whether it was not there.
func (set itemSet) add(b Bound) bool {
	k := b.itemOf()
	if set[k] {
		return false
	}
	set[k] = true
	return true
}

// Head is the binding with the lowest host port.
func (i Item) Head() *Binding { return i.Bindings[0] }

// Ports are the host ports of all its bindings; none when they are not known or picked by the engine.
func (i Item) Ports() Ports {
	return Ports{First: i.Head().First, Last: i.Bindings[len(i.Bindings)-1].Last}
}

// Width is how many host ports the item names.
func (i Item) Width() int { return i.Ports().Width() }

// Want names the host side of the whole item as [Binding.Want] does.
func (i Item) Want() string {
	whole := *i.Head()
	whole.Ports = i.Ports()
	return whole.Want()
}

// PortText is the host port or range of the item as [Binding.PortText] writes it.
func (i Item) PortText() string {
	whole := *i.Head()
	whole.Ports = i.Ports()
	return whole.PortText()
}

// Written reports whether the item names its host ports in this project: neither unknown nor picked by the engine.
func (i Item) Written() bool { return i.Head().Known() }

// definedIn is the service under whose key the item is written: another one than its own where `extends` brings it.
func (i Item) definedIn() string {
	if name := i.Head().Layer.Service; name != "" {
		return name
	}
	return i.Service.Name
}

// Repeated are the items before this one that publish the same ports in the same service, or some of them; see [Binding.Repeated].
func (i Item) Repeated() []Item {
	var repeated []Binding
	for _, b := range i.Bindings {
		for _, o := range b.Repeated {
			repeated = append(repeated, *o)
		}
	}
	if len(repeated) == 0 { // as nearly everywhere
		return nil
	}

	all := Service{Name: i.Service.Name, Bindings: repeated}
	return all.Items()
}

// entries are the places of the item and of those that it repeats.
func (i Item) entries() []Span {
	all := []Span{i.Head().Entry}
	for _, o := range i.Repeated() {
		all = append(all, o.Head().Entry)
	}
	return all
}

// Publishes reports whether the engine binds the item's ports when its service runs.
func (i Item) Publishes() bool { return i.Service.Network.Publishing == Published }

// OnePort are the items of the service that are one port with the item, itself among them, in their order: the same
// numbers written the same way, over several protocols or at several addresses, where a client expects one number. Those
// that the engine can't bind beside each other are apart.
func (i Item) OnePort() []Item {
	var groups [][]Item
	for _, o := range i.Service.Items() {
		a, b := i.Head(), o.Head()
		alike := a.Var == b.Var && isLiteral(a.Text) == isLiteral(b.Text)
		if !alike || !o.Written() || i.portPair() != o.portPair() {
			continue
		}
		at := slices.IndexFunc(groups, func(g []Item) bool { return !slices.ContainsFunc(g, o.overlaps) })
		if at < 0 {
			at, groups = len(groups), append(groups, nil)
		}
		groups[at] = append(groups[at], o)
	}

	for _, g := range groups {
		if slices.ContainsFunc(g, func(o Item) bool { return o.Head() == i.Head() }) {
			return g
		}
	}

	return []Item{i}
}

// span is the most exact place that is known: the host port, the item, or the service.
func (i Item) span() Span { return Bound{i.Service, i.Head()}.Span() }

// finding starts a finding about the item, with its headline and shorter ones for where that is too long.
func (i Item) finding(headlines ...string) Finding {
	return Finding{Service: i.Service.Name, Span: i.span(), Message: headlines[0], Binding: i.Head(), shorter: headlines[1:]}
}
