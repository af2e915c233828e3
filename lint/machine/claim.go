// Package machine lists the host ports of a machine: who has each of them, and who will take those that nobody has. It is pure.
package machine

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/lint"
)

// Kind is what a claim to a host port rests on, and one of the values of `kind` in the JSON format.
type Kind string

// The kinds of claims, in the order in which they are listed.
const (
	Has      Kind = "has"      // somebody has the port now
	Stopped  Kind = "stopped"  // a container that does not run takes it when it starts
	Assigned Kind = "assigned" // portlint gave it to a checkout
	Wanted   Kind = "wanted"   // the files of a project ask for it
)

// State says how it stands with the port of a claim at this moment, and is one of the values of `now` in the JSON format.
type State string

// The states of a port, as the claim sees it.
const (
	Held       State = "held"        // the claim has it
	Free       State = "free"        // nobody has it
	Taken      State = "taken"       // somebody else has it
	NotChecked State = "not checked" // nobody else is seen to have it, and not everything was looked at
)

// Claim is somebody who has a host port, or will take one.
type Claim struct {
	Kind    Kind
	Now     State
	Context string // of docker, that names the engine; "" for the machine itself, and where one engine was asked
	remote  bool   // the machine is another one than this
	Ports   lint.Ports
	Pool    bool // it takes any one of Ports
	Proto   string
	addrs   []netip.Addr // sorted; none where they are not known
	dual    bool         // one of them is [::], for IPv4 as well
	Reach   Reach
	Owners  []lint.Owner // of Has: one, or several processes that share each of the addresses; of Stopped: the container
	TakenBy []lint.Owner // of Taken, as far as they are known

	Project, Service string // "" where there is none
	Dir              string // where it runs, or where its files are; "" where that is not known
	DirGone          bool
	File             string    // the Compose file of a container that is known by its name alone
	Span             lint.Span // where a Compose file writes the port; zero where that is not known
	Key              string    // of Wanted: the variable that gives it
	Lease            string    // what portlint gave the port to: a variable, or a place in the project; "" where it did not
	Until            time.Time // of Assigned, when that ends; zero where it does not
	group            string    // of Wanted: the same for all checkouts of one project; "" where there is one

	keeper string // what keeps the process alive, in words; "" where that is not known
}

// Want is a port that somebody is going to take: it was assigned, or files ask for it.
type Want struct {
	Project, Service string        // as people are told them: a name may be made of secrets
	Dir              string        // of the checkout
	home             *lint.Project // whose files ask for it, nil for a port that was assigned
	Ports            lint.Ports
	pool             bool // any one of Ports will do
	Proto            string
	Addrs            []netip.Addr
	Span             lint.Span
	Key              string
	Assigned         bool
	Until            time.Time
	Group            string // as in [Claim]
}

// WantsOf are the host ports that an `up` of a project would ask an engine for.
func WantsOf(h *lint.Host, p *lint.Project) []Want {
	var out []Want
	for _, b := range h.Asked(p) {
		if !b.Binding.Known() {
			continue
		}

		w := Want{Project: p.Label(), Service: b.Service.Name, Dir: p.Dir, home: p, Ports: b.Binding.Ports, pool: b.Binding.Pool(), Proto: b.Binding.Proto,
			Span: b.Span(), Key: b.Binding.Var}
		for _, e := range b.Endpoints(b.Binding.First) {
			w.Addrs = append(w.Addrs, e.Addr.Addr())
		}
		if len(w.Addrs) > 0 {
			out = append(out, w)
		}
	}
	return out
}

// Claims lists who has the host ports of a machine, or will take them, by port. It needs the Host's Containers, Swarm and Probes, and a
// probe of each port that is wanted.
func Claims(h *lint.Host, wants []Want) []Claim {
	l := list{host: h, uses: map[key]lint.PortUse{}, keepers: map[int]string{}}
	for _, u := range h.Uses() {
		l.uses[key{u.Port, u.Proto}] = u
		l.has(u)
	}

	l.stopped()
	l.wanted(wants)
	for i := range l.claims {
		c := &l.claims[i]
		c.remote = !h.Engine.Local && len(h.Probes) == 0
		c.Reach = reachOf(c.addrs, h)
	}
	SortClaims(l.claims)
	return l.claims
}

// SortClaims sorts the claims of one or several machines by port.
func SortClaims(claims []Claim) { slices.SortStableFunc(claims, byPort) }

// key is a host port.
type key struct {
	port  uint16
	proto string
}

// list collects claims.
type list struct {
	host    *lint.Host
	uses    map[key]lint.PortUse
	claims  []Claim
	keepers map[int]string // by pid: what keeps a process alive
}

// has adds those who have a port, one claim for each that is told apart. Processes of one program are told together at the addresses
// that they share: one that listens at an address of its own is another claim.
func (l *list) has(u lint.PortUse) {
	type server struct {
		who
		pids string // of a process: all that share its address
	}
	shared := processesByAddress(u.Holders)
	claims := map[server]int{}

	for _, o := range u.Holders {
		w := whoIs(o)
		s := server{w, fmt.Sprint(shared[place{w, o.Local.Addr()}])}
		at, known := claims[s]
		if !known {
			at, claims[s] = len(l.claims), len(l.claims)
			l.claims = append(l.claims, newHas(u, o))
			l.claims[at].keeper = l.keeperOf(o)
		}

		c := &l.claims[at]
		c.bind(o)
		if !slices.ContainsFunc(c.Owners, func(known lint.Owner) bool {
			return known.Kind != lint.OwnerProcess || known.Process.PID == o.Process.PID
		}) {
			c.Owners = append(c.Owners, o)
		}
	}
}

// who is what owners that are told as one have in common: a container, or the processes of one program.
type who struct {
	kind                                   lint.OwnerKind
	container, swarm, program, unit, inDir string
	uid                                    int
	state                                  lint.HolderState
}

func whoIs(o lint.Owner) who {
	switch {
	case o.Container != nil:
		return who{kind: o.Kind, container: o.Container.ID}
	case o.Kind == lint.OwnerSwarm:
		return who{kind: o.Kind, swarm: o.Swarm}
	}
	return who{kind: o.Kind, program: o.Process.Name, unit: o.Unit, uid: o.UID, inDir: o.Origin.Dir, state: o.State}
}

// place is where somebody has a port.
type place struct {
	who
	addr netip.Addr
}

// processesByAddress are the ids, sorted, of the processes that share an address of a port: those of a socket that was inherited, or
// of sockets that let others in.
func processesByAddress(holders []lint.Owner) map[place][]int {
	pids := map[place][]int{}
	for _, o := range holders {
		if o.Kind == lint.OwnerProcess {
			p := place{whoIs(o), o.Local.Addr()}
			pids[p] = append(pids[p], o.Process.PID)
		}
	}

	for _, shared := range pids {
		slices.Sort(shared)
	}
	return pids
}

// keeperOf is what keeps the process of an owner alive, found out once for each process.
func (l *list) keeperOf(o lint.Owner) string {
	said, known := l.keepers[o.Process.PID]
	if !known && o.Kind == lint.OwnerProcess {
		said = keeperName(o)
		l.keepers[o.Process.PID] = said
	}
	return said
}

func newHas(u lint.PortUse, o lint.Owner) Claim {
	c := Claim{Kind: Has, Now: Held, Ports: lint.PortsFrom(u.Port, 1), Proto: u.Proto, Owners: []lint.Owner{o}}
	if o.Container != nil {
		c.of(o.Container)
		c.Span = o.Span
	} else if dir := o.Origin.Dir; dir != "/" {
		c.Dir, c.DirGone = dir, o.Origin.DirGone
	}
	return c
}

// of fills in what is known of a container.
func (c *Claim) of(one *lint.Container) {
	c.Context, c.Project, c.Service, c.Dir, c.DirGone = one.Context, one.Project, one.Service, one.WorkingDir, one.DirState == lint.DirGone
	if len(one.ConfigFiles) > 0 && one.ConfigFiles[0] != "-" {
		c.File = one.ConfigFiles[0]
	}
}

// bind adds the address of a socket.
func (c *Claim) bind(o lint.Owner) {
	addr := o.Local.Addr()
	if !addr.IsValid() {
		return
	}

	c.dual = c.dual || addr == netip.IPv6Unspecified() && !o.V6Only
	if at, known := slices.BinarySearchFunc(c.addrs, addr, netip.Addr.Compare); !known {
		c.addrs = slices.Insert(c.addrs, at, addr)
	}
}

// stopped adds the containers that take ports when they start.
func (l *list) stopped() {
	for i := range l.host.Containers {
		one := &l.host.Containers[i]
		if one.Running() {
			continue
		}

		first := len(l.claims)
		for _, w := range one.Wanted {
			if !w.Ports().Known() {
				continue
			}
			at := slices.IndexFunc(l.claims[first:], func(c Claim) bool { return c.Ports == w.Ports() && c.Proto == w.Proto && c.Span == w.Span })
			if at < 0 {
				at = len(l.claims) - first
				c := Claim{Kind: Stopped, Ports: w.Ports(), Pool: w.Ports().Width() > 1, Proto: w.Proto, Span: w.Span,
					Owners: []lint.Owner{{Kind: lint.OwnerContainer, Container: one, UID: -1}}}
				c.of(one)
				l.claims = append(l.claims, c)
			}
			l.claims[first+at].bind(lint.Owner{Local: w.Addr, V6Only: true})
		}

		for i := range l.claims[first:] {
			l.now(&l.claims[first+i])
		}
	}
}

// wanted adds what was assigned, and what files ask for, unless it is told already: its own containers have the port, or take it.
func (l *list) wanted(wants []Want) {
	for _, w := range wants {
		lease := slices.IndexFunc(wants, func(o Want) bool { return o.leases(w) })
		switch {
		case w.Assigned && !l.lease(w) && !slices.ContainsFunc(wants, w.leases):
			l.add(w, Assigned, w.Key)
		case w.Assigned || l.knows(w):
		case lease >= 0:
			l.add(w, Assigned, wants[lease].Key)
		default:
			l.add(w, Wanted, "")
		}
	}
}

// knows reports whether a container of the checkout is told that has, or takes, a port which its files ask for.
func (l *list) knows(w Want) bool {
	return slices.ContainsFunc(l.claims, func(c Claim) bool {
		return w.runs(c) && c.Service == w.Service && c.Proto == w.Proto && w.Ports.Covers(c.Ports)
	})
}

// lease notes what a port was assigned to, where a container of the checkout is told that has or takes it, and reports whether one is.
func (l *list) lease(w Want) bool {
	stated := false
	for i := range l.claims {
		if c := &l.claims[i]; w.runs(*c) && w.Ports.Covers(c.Ports) {
			c.Lease, stated = w.Key, true
		}
	}
	return stated
}

// leases reports whether a port was assigned to the checkout whose files ask for another one.
func (w Want) leases(asked Want) bool {
	here := asked.Dir == w.Dir || asked.home != nil && asked.home.RealDir == w.Dir

	name := asked.Project
	if asked.home != nil {
		name = asked.home.Name
	}
	isLease := w.Assigned && !asked.Assigned
	same := here && name == w.Project
	return isLease && same && w.Ports.Covers(asked.Ports)
}

// runs reports whether a claim is that of a container of the checkout which wants the port.
func (w Want) runs(c Claim) bool {
	if len(c.Owners) == 0 || c.Owners[0].Container == nil {
		return false
	}

	one := c.Owners[0].Container
	if w.home != nil {
		return w.home.Runs(one)
	}
	return one.Project == w.Project && (one.WorkingDir == w.Dir || one.RealDir == w.Dir)
}

// add adds a port that was assigned to something, or that files ask for.
func (l *list) add(w Want, kind Kind, lease string) {
	c := Claim{Kind: kind, Ports: w.Ports, Pool: w.pool, Proto: w.Proto, Project: w.Project, Service: w.Service, Dir: w.Dir, Span: w.Span,
		Lease: lease, Until: w.Until, group: w.Group}

	if !w.Assigned {
		c.Key = w.Key
	}

	for _, addr := range w.Addrs {
		c.bind(lint.Owner{Local: netip.AddrPortFrom(addr, 0), V6Only: true})
	}
	l.now(&c)
	l.claims = append(l.claims, c)
}

// now says how it stands with the ports of a claim. A pool is free as long as one of them is.
func (l *list) now(c *Claim) {
	free, unknown := 0, 0
	for port := range c.Ports.All() {
		by, state := l.stateOf(c, port)
		switch c.TakenBy = append(c.TakenBy, by...); state {
		case Free:
			free++
		case NotChecked:
			unknown++
		}
	}

	switch taken := c.Ports.Width() - free - unknown; {
	case c.Pool && free > 0, free == c.Ports.Width():
		c.Now, c.TakenBy = Free, nil
	case taken > 0 && (!c.Pool || unknown == 0):
		c.Now = Taken
	default:
		c.Now, c.TakenBy = NotChecked, nil
	}
}

// stateOf says how it stands with one port of a claim, and who keeps the claim from it. What was assigned is for both protocols.
func (l *list) stateOf(c *Claim, port uint16) (by []lint.Owner, state State) {
	protos := []string{c.Proto}
	if c.Proto == "" {
		protos = []string{"tcp", "udp"}
	}

	state = Free
	for _, proto := range protos {
		use, looked := l.uses[key{port, proto}]
		maybeOwn := false
		for _, o := range use.Holders {
			switch {
			case !c.overlaps(o):
			case o.ForUnknownContainer():
				maybeOwn = true
			default:
				by = append(by, o)
			}
		}

		free, known := use.Free()
		reserved := known && !free && len(use.Holders) == 0
		if len(use.Holders) > 0 { // which says nothing of other addresses
			known = !maybeOwn && use.Probe != nil && (use.Probe.Listed || use.Probe.Result == lint.Free)
		}
		switch {
		case len(by) > 0 || reserved:
			state = Taken
		case (!looked || !known) && state == Free:
			state = NotChecked
		}
	}
	return by, state
}

// overlaps reports whether a claim can't have its addresses beside a holder of the port.
func (c *Claim) overlaps(o lint.Owner) bool {
	has := o.Local.Addr().Unmap().WithZone("")
	if !has.IsValid() || len(c.addrs) == 0 {
		return true
	}
	return slices.ContainsFunc(c.addrs, func(wants netip.Addr) bool {
		if wants.Is4() != has.Is4() {
			return wants.Is4() && has.IsUnspecified() && !o.V6Only
		}
		return wants == has || wants.IsUnspecified() || has.IsUnspecified()
	})
}

// sortName is the name by which a claim is sorted, the same for all checkouts of a project.
func (c Claim) sortName() string {
	if c.group != "" {
		return c.group + "/" + c.Service
	}
	return c.Who()
}

// byPort orders claims for a reader. Those of several checkouts stay in the order in which they were read.
func byPort(a, b Claim) int {
	order := []Kind{Has, Stopped, Assigned, Wanted}
	return cmp.Or(cmp.Compare(a.Ports.First, b.Ports.First), cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Context, b.Context),
		cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.sortName(), b.sortName()))
}

// Reach is from where a port is reached by its addresses, whatever a firewall says; it is one of the values of `reach` in the JSON
// format, and "" where the addresses are not known.
type Reach string

// The reaches of a port.
const (
	ThisMachine Reach = "this machine" // loopback addresses alone, of the machine that is asked about
	Containers  Reach = "containers"   // addresses in the engine's own networks alone
	Network     Reach = "network"
)

func reachOf(addrs []netip.Addr, h *lint.Host) Reach {
	loopback, inside := 0, 0
	for _, addr := range addrs {
		switch addr = addr.Unmap().WithZone(""); {
		case addr.IsLoopback():
			loopback++
		case ofEngine(addr, h):
			inside++
		}
	}

	switch {
	case len(addrs) == 0:
		return ""
	case loopback == len(addrs):
		return ThisMachine
	case loopback+inside == len(addrs):
		return Containers
	}
	return Network
}

// ofEngine reports whether an address lies in a network of the engine.
func ofEngine(addr netip.Addr, h *lint.Host) bool {
	return slices.ContainsFunc(h.Networks, func(n lint.EngineNetwork) bool {
		return slices.ContainsFunc(n.Subnets, func(s lint.ExistingSubnet) bool { return s.Driver == "bridge" && s.Prefix.Contains(addr) })
	})
}

// Address writes where a claim binds its ports: "*" stands for all addresses of both families.
func (c Claim) Address() string {
	v4, v6 := slices.Contains(c.addrs, netip.IPv4Unspecified()), slices.Contains(c.addrs, netip.IPv6Unspecified())
	var parts []string
	both := v6 && (v4 || c.dual)
	if both {
		parts = append(parts, "*")
	}
	for _, addr := range c.addrs {
		switch {
		case both && addr.IsUnspecified():
		case addr.Is6():
			parts = append(parts, "["+addr.String()+"]")
		default:
			parts = append(parts, addr.String())
		}
	}
	return strings.Join(parts, ", ")
}

// Sockets are the addresses of a claim, as sockets have them.
func (c Claim) Sockets() []string {
	out := make([]string, len(c.addrs))
	for i, addr := range c.addrs {
		out[i] = addr.String()
	}
	return out
}

// ReachText is the reach in words. The loopback of another machine is not this one's.
func (c Claim) ReachText() string {
	if c.Reach == ThisMachine && c.remote {
		return "that machine"
	}
	return string(c.Reach)
}

// PortText writes the ports with their protocol, such as 8000-8004/tcp.
func (c Claim) PortText() string {
	if c.Proto == "" {
		return c.Ports.String()
	}
	return c.Ports.String() + "/" + c.Proto
}
