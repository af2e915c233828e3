package lint

import (
	"maps"
	"slices"

	"github.com/portlint/portlint/lint/pick"
)

// ephemeral is the range from which the machine gives ports to outgoing connections, as far as it was read.
func (h *Host) ephemeral() Ports {
	if h.asked() && h.Ephemeral.Known() {
		return h.Ephemeral
	}
	return pick.LinuxEphemeral
}

// asked reports whether this machine's sockets are those of the engine.
func (h *Host) asked() bool { return h != nil && h.Engine.Local }

// suggester remembers what one Run suggested, so that two suggestions never meet.
type suggester struct {
	excluded  pick.Exclusions   // with every binding in sight, and what was suggested already
	suggested Suggestions       // what was suggested already
	passed    map[uint16]string // what was passed over, and why
	names     map[*Project]map[Span]string
	values    map[*Project]map[string]string // variables for container names, by the name
	subnets   map[*Project]map[string]string // variables for subnets, by the key of the network
	networks  map[*Project]map[string]string // variables for the names of networks, by their keys
	unnamed   []*Project                     // that have no names yet
	naming    *naming
	many      map[*Project]map[Span]bool   // items that several services have
	same      map[*Project]map[Span][]Item // items that must have one text, by the place of each
	shown     map[example]Edit             // new variables in example files
	items     map[*Service][]Item          // of services that were asked about
}

func newSuggester(projects []*Project, settings Settings) *suggester {
	a := &suggester{excluded: ExclusionsOf(settings.Host, func(*Container) bool { return false }), suggested: Suggestions{},
		passed: map[uint16]string{}, names: map[*Project]map[Span]string{}, values: map[*Project]map[string]string{}, subnets: map[*Project]map[string]string{}, networks: map[*Project]map[string]string{}, unnamed: projects, naming: newNaming(projects), many: map[*Project]map[Span]bool{}, same: map[*Project]map[Span][]Item{},
		shown: map[example]Edit{}, items: map[*Service][]Item{}}
	a.excluded.Within = settings.Within
	for p := range settings.Reserved {
		a.excluded.Exclude(PortsFrom(p, 1), "the settings leave it out")
	}

	for p, who := range settings.Taken {
		a.excluded.Exclude(PortsFrom(p, 1), who)
	}
	ExcludePublished(&a.excluded, projects...)
	a.repeat(settings.Suggested)
	return a
}

// Suggestions are the host ports that a Run suggested, by what they are for.
type Suggestions map[slot]suggestion

// slot is what a suggestion is for.
type slot struct {
	place Span // of the old host port
	width int  // host ports in a row
}

// suggestion is a suggested lowest host port, and the ports that are kept for it: those that the place has not yet.
type suggestion struct {
	to    uint16
	first uint16
	width int
}

// repeat suggests the same again, where nothing speaks against it.
func (a *suggester) repeat(before Suggestions) {
	for d, g := range before {
		if _, why := a.excluded.First(PortsFrom(g.first, g.width)); why == "" {
			a.suggested[d] = g
		}
	}
	for _, g := range a.suggested {
		a.take(g)
	}
}

// free finds width ports in a row near old that nothing in sight uses.
func (a *suggester) free(old uint16, width int) (suggestion, bool) {
	nearest := pick.Picker{Exclusions: a.excluded}
	got, ok := nearest.Pick(pick.Request{From: a.excluded.Nearby(old), Width: width}, func(uint16) string { return "" })
	for _, skip := range got.Skips {
		for port := range skip.All() {
			a.passed[port] = skip.Why
		}
	}
	return suggestion{got.First, got.First, width}, ok
}

// open reports whether a suggestion may take width ports from first on.
func (a *suggester) open(first, width int) bool {
	if first+width-1 > 65535 {
		return false
	}
	port, why := a.excluded.First(PortsFrom(uint16(first), width))
	if why != "" {
		a.passed[port] = why
	}
	return why == ""
}

func (a *suggester) take(g suggestion) {
	a.excluded.Exclude(PortsFrom(g.first, g.width), "it is suggested for another port already")
}

// skips are the ports that were passed over, in their order.
func (a *suggester) skips() []pick.Skip {
	var all pick.Result
	for _, port := range slices.Sorted(maps.Keys(a.passed)) {
		all.Skip(port, a.passed[port])
	}
	return all.Skips
}

// widen makes room for width ports in a row at the place of a binding: from its own on, else nearby.
func (a *suggester) widen(b *Binding, width int) (uint16, bool) {
	return a.remember(slot{b.Port, width}, func() (suggestion, bool) {
		next, more := int(b.First)+b.Width(), width-b.Width()
		if a.open(next, more) {
			return suggestion{b.First, uint16(next), more}, true
		}
		return a.free(b.First, width)
	})
}

// move suggests another lowest host port for an item.
func (a *suggester) move(it Item) (uint16, bool) {
	old := it.Ports()
	return a.remember(slot{it.Head().Port, old.Width()}, func() (suggestion, bool) { return a.free(old.First, old.Width()) })
}

// suggestSame suggests port itself for a new binding, or ports near it where those are not free.
func (a *suggester) suggestSame(place Span, port uint16, width int) (uint16, bool) {
	return a.remember(slot{place, width}, func() (suggestion, bool) {
		if a.open(int(port), width) {
			return suggestion{port, port, width}, true
		}
		return a.free(port, width)
	})
}

// remember keeps what is suggested, and gives one slot the same answer within a Run.
func (a *suggester) remember(d slot, suggest func() (suggestion, bool)) (uint16, bool) {
	if g, ok := a.suggested[d]; ok {
		return g.to, true
	}

	g, ok := suggest()
	if !ok {
		return 0, false
	}
	a.take(g)
	if d.place.Known() {
		a.suggested[d] = g
	}

	return g.to, true
}

// name suggests the variable that may hold the host port of an item. Projects get their names in their order, whichever of
// them a rule asks about first.
func (a *suggester) name(p *Project, it Item) string {
	a.nameAll()
	return a.names[p][it.Head().Entry]
}

// variableOf suggests the variable that may hold a fixed container name of a project.
func (a *suggester) variableOf(p *Project, name string) string {
	a.nameAll()
	return a.values[p][name]
}

// subnetVariable suggests the variable that may hold the beginning of the fixed subnet of a network.
func (a *suggester) subnetVariable(p *Project, network string) string {
	a.nameAll()
	return a.subnets[p][network]
}

// networkVariable suggests the variable that may hold the fixed name of a network.
func (a *suggester) networkVariable(p *Project, network string) string {
	a.nameAll()
	return a.networks[p][network]
}

func (a *suggester) nameAll() {
	for _, p := range a.unnamed {
		a.names[p], a.values[p] = a.naming.items(p), a.naming.containers(p)
		a.networks[p], a.subnets[p] = a.naming.networks(p), a.naming.subnets(p)
	}
	a.unnamed = nil
}

// shared reports whether another service has the same written item, through `extends` or an alias: an edit of it would
// change both.
func (p *Pass) shared(it Item) bool {
	many := p.suggester.many
	if many[p.Project] == nil {
		many[p.Project] = p.Project.sharedItems()
	}
	return many[p.Project][it.Head().Entry]
}

func (p *Project) sharedItems() map[Span]bool {
	var items []Item
	for i := range p.Services {
		items = append(items, p.Services[i].Items()...)
	}

	owner, many := map[Span]string{}, map[Span]bool{}
	for _, it := range items {
		for _, entry := range it.entries() {
			if first, seen := owner[entry]; seen && first != it.Service.Name {
				many[entry] = true
			} else {
				owner[entry] = it.Service.Name
			}
		}
	}

	for _, it := range items {
		if slices.ContainsFunc(it.entries(), func(entry Span) bool { return many[entry] }) { // it repeats one of them
			many[it.Head().Entry] = true
		}
	}
	return many
}
