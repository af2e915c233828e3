package lint

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// PortUse is what is known of one host port of the machine, on all its addresses.
type PortUse struct {
	Port      uint16
	Proto     string
	Holders   []Owner             // one for each address and owner
	Transient int                 // connections and closing connections that are no holders: a server's own, or in nobody's way
	Closing   int                 // of Transient: those that have no process any more, TIME_WAIT among them
	Waiting   []Owner             // stopped containers that take the port when they start
	Probe     *Probe              // what the sockets of the machine said; nil when they were not asked
	Implied   bool                // nobody named it by itself: it is told when somebody has it
	Within    Ports               // the range that was asked about as a whole, none for a port by itself
	Moves     []Fix               // that give the services of the project here other ports, where somebody else has this one
	places    map[holderPlace]int // where each holder stands in Holders, while they are collected
}

// Untold reports whether there is nothing to tell of a port that was not named by itself: nobody has it, or wants it.
func (u PortUse) Untold() bool {
	free, known := u.Free()
	return u.Implied && (!known || free) && len(u.Holders)+len(u.Waiting) == 0
}

// Free reports whether nobody has the port. That is not known where nobody was seen and not everything was looked at. A
// port that the system keeps for itself is not free.
func (u PortUse) Free() (free, known bool) {
	switch {
	case len(u.Holders) > 0:
		return false, true
	case u.Probe == nil:
		return false, false
	case u.Probe.Result == Free:
		return true, true
	case u.Probe.Result == Excluded:
		return false, true
	default:
		return u.Probe.Listed, u.Probe.Listed
	}
}

// Who says who has a host port, and who will take it. It needs the Host's Containers and Swarm, and a probe of the port
// that lists every socket which has it, on any address.
func (h *Host) Who(port uint16, proto string) PortUse {
	k := socketKey{proto, port}
	var probes []*Probe
	for i := range h.Probes {
		if h.Probes[i].key() == k {
			probes = append(probes, &h.Probes[i])
		}
	}

	u := newOccupancy(h.standing(nil), h).use(k, probes)
	for i := range h.Containers {
		u.waits(&h.Containers[i])
	}
	return u
}

// Uses says who has each host port that was looked at, that a container has, or that the swarm gives away, by number and protocol. Of
// who waits for them it says nothing.
func (h *Host) Uses() []PortUse {
	s := newOccupancy(h.standing(nil), h)
	probes := map[socketKey][]*Probe{}
	for i := range h.Probes {
		k := h.Probes[i].key()
		probes[k] = append(probes[k], &h.Probes[i])
	}

	known := map[socketKey]bool{}
	for k := range probes {
		known[k] = true
	}
	for k := range s.bound {
		known[k] = true
	}
	for _, p := range h.Swarm {
		known[socketKey{p.Proto, p.Port}] = true
	}

	uses := make([]PortUse, 0, len(known))
	for k := range known {
		uses = append(uses, s.use(k, probes[k]))
	}
	slices.SortFunc(uses, func(a, b PortUse) int { return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto)) })
	return uses
}

// use says who has a host port, of which the sockets of the machine said something.
func (o occupancy) use(k socketKey, probes []*Probe) PortUse {
	u := PortUse{Port: k.port, Proto: k.proto}
	for _, t := range o.bound[k] {
		u.put(Owner{Kind: OwnerContainer, Container: t.container, Span: t.port.Span, UID: -1, Local: t.port.plain().Addr, V6Only: true, State: serving(k.proto)})
	}

	unheld := slices.ContainsFunc(probes, func(p *Probe) bool { return p.Result == Free })
	for _, p := range o.host.Swarm {
		published := p.Proto == k.proto && p.Port == k.port
		if published && p.Ingress && !unheld {
			owner := swarmOwner(p)
			owner.State = serving(k.proto)
			u.put(owner)
		}
	}

	swarm := "" // one service of the swarm has a port at most, and stands here before the sockets
	if len(u.Holders) > 0 {
		swarm = u.Holders[len(u.Holders)-1].Swarm
	}
	for _, p := range probes {
		u.ask(o, p, swarm)
	}
	u.places = nil
	return u
}

// standing is the plan of an `up` of a project that changes nothing.
func (h *Host) standing(p *Project) Plan {
	plan := Plan{home: p}
	if p != nil {
		plan.project = p.Name
	}

	for i := range h.Containers {
		if h.Containers[i].Running() {
			plan.staying = append(plan.staying, &h.Containers[i])
		}
	}

	return plan
}

// serving is the state of a socket that an engine opens for a container.
func serving(proto string) HolderState {
	if proto == "tcp" {
		return Listening
	}
	return Datagram
}

// ask adds what the sockets of the machine tell, of a port that a service of the swarm may have.
func (u *PortUse) ask(s occupancy, p *Probe, swarm string) {
	u.Probe = p
	holders := withoutOwnConnections(p.Holders, p.Result == Free)
	u.Transient += len(p.Holders) - len(holders)
	if len(holders) < len(p.Holders) {
		u.Closing += closing(p.Holders)
	}
	for _, h := range holders {
		if !u.put(u.behind(s, h, swarm)) && isTransient(h) {
			u.Transient++
		}
	}

	if p.Result == InUse && len(u.Holders) == 0 {
		u.put(Owner{Kind: OwnerUnknown, UID: -1})
	}
}

// closing counts the sockets that have no process any more.
func closing(holders []Holder) int {
	n := 0
	for _, h := range holders {
		if h.State == Closing {
			n++
		}
	}
	return n
}

// behind finds who a socket belongs to: a forwarder's to the container or the swarm service that it forwards for.
func (u *PortUse) behind(s occupancy, h Holder, swarm string) Owner {
	b := newOwner(h, s.host)
	if t, found := s.containerBehind(u.Proto, h); found {
		b.Kind, b.Container, b.Span = OwnerContainer, t.container, t.port.Span
		return b
	}

	if swarm != "" && b.Process.forwarder() != nil {
		b.Kind, b.Swarm = OwnerSwarm, swarm
	}

	return b
}

// holderPlace is where an owner has a port: at an address, at none that is known, or, of connections, anywhere.
type holderPlace struct {
	owner ownerKey
	addr  netip.Addr
}

// put adds a holder and reports whether it is a new one. Of one that is known it keeps what the socket tells as well.
func (u *PortUse) put(b Owner) bool {
	at := holderPlace{b.key(), b.Local.Addr().Unmap()}
	if b.Kind == OwnerConnection || b.Kind == OwnerClosing { // they come and go
		at.addr = netip.Addr{}
	}
	if u.places == nil {
		u.places = map[holderPlace]int{}
	}

	i, known := u.places[at]
	if !known {
		unplaced := holderPlace{owner: at.owner}
		if i, known = u.places[unplaced]; known {
			u.Holders[i].Local = b.Local
			delete(u.places, unplaced)
			u.places[at] = i
		}
	}
	if known {
		u.Holders[i].learn(b)
		return false
	}

	u.places[at] = len(u.Holders)
	u.Holders = append(u.Holders, b)
	return true
}

// learn takes over the process of a socket that belongs to the owner.
func (o *Owner) learn(of Owner) {
	if o.Process == (Process{}) && o.Unit == "" {
		o.Process, o.Origin, o.Unit, o.Seen, o.UID, o.User, o.State = of.Process, of.Origin, of.Unit, of.Seen, of.UID, of.User, of.State
	}
}

// waits adds a stopped container that asks for the port.
func (u *PortUse) waits(c *Container) {
	if c.Running() {
		return
	}
	for i := range c.Wanted {
		w := &c.Wanted[i]
		if w.Proto == u.Proto && w.Ports().Contains(u.Port) {
			b := Owner{Kind: OwnerContainer, Container: c, Span: w.Span, UID: -1}
			if w.Ports().Width() > 1 {
				b.pool = w.Ports().String()
			}
			u.Waiting = append(u.Waiting, b)
			return
		}
	}
}

// LostStack are the containers of a Compose project whose directory is gone: nobody who works there is left to stop them.
type LostStack struct {
	Project, Dir string
	Containers   []*Container
}

// LostStacks are the stacks of an engine whose directories are gone, by project and directory. It needs the DirState of the
// containers.
func (h *Host) LostStacks() []LostStack {
	var all []LostStack
	for i := range h.Containers {
		c := &h.Containers[i]
		if c.Project == "" || c.DirState != DirGone {
			continue
		}
		at := slices.IndexFunc(all, func(s LostStack) bool { return s.Project == c.Project && s.Dir == c.WorkingDir })
		if at < 0 {
			at, all = len(all), append(all, LostStack{Project: c.Project, Dir: c.WorkingDir})
		}
		all[at].Containers = append(all[at].Containers, c)
	}

	slices.SortFunc(all, func(a, b LostStack) int { return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Dir, b.Dir)) })
	return all
}

// Running counts the containers that hold their ports.
func (s LostStack) Running() int {
	n := 0
	for _, c := range s.Containers {
		if c.Running() {
			n++
		}
	}
	return n
}

// Ports are the host ports that the stack has, or takes when it is started, each once.
func (s LostStack) Ports() []string {
	var all []PublishedPort
	for _, c := range s.Containers {
		all = append(all, c.Bound...)
		all = append(all, c.Wanted...)
	}
	slices.SortFunc(all, func(a, b PublishedPort) int {
		return cmp.Or(cmp.Compare(a.Ports().First, b.Ports().First), cmp.Compare(a.Proto, b.Proto))
	})

	var texts []string
	for _, p := range all {
		if p.Ports().Known() {
			texts = append(texts, p.Ports().String()+"/"+p.Proto)
		}
	}
	return slices.Compact(texts)
}

// Volumes are the volumes that the stack uses, by name.
func (s LostStack) Volumes() []string {
	var all []string
	for _, c := range s.Containers {
		all = append(all, c.Volumes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// CreatedAt is when the oldest container was made, the zero time where the engine does not tell.
func (s LostStack) CreatedAt() time.Time {
	var oldest time.Time
	for _, c := range s.Containers {
		if oldest.IsZero() || !c.CreatedAt.IsZero() && c.CreatedAt.Before(oldest) {
			oldest = c.CreatedAt
		}
	}
	return oldest
}

// Sentence says which stack it is, and how much of it is left.
func (s LostStack) Sentence() string {
	return fmt.Sprintf("project %q in %s, which is gone: %s%s", s.Project, s.Dir, s.left(), since(", since ", s.CreatedAt()))
}

// Headlines say the same in a few words, the most telling first.
func (s LostStack) Headlines() []string {
	return []string{fmt.Sprintf("project %q has lost its directory: %s", s.Project, s.left()), "a project has lost its directory: " + s.left()}
}

// Gone is the directory that was the stack's, and since when the stack is there.
func (s LostStack) Gone() string { return s.Dir + since(", the stack is of ", s.CreatedAt()) }

// left counts what is left of the stack.
func (s LostStack) left() string {
	many := "1 container"
	if n := len(s.Containers); n > 1 {
		many = fmt.Sprintf("%d containers", n)
	}
	return fmt.Sprintf("%s, %d running", many, s.Running())
}

// Free is how the stack goes, with which no other directory's containers go. Its volumes stay.
func (s LostStack) Free() Fix {
	first := s.Containers[0]
	if first.ProjectGone {
		return takeDown(s.Project, s.Containers).fix()
	}

	title := fmt.Sprintf("remove these containers alone, as project %q may be in use in another directory; volumes stay", s.Project)
	return giveBack(title, ShellLine(removing(first.Client, s.Containers)), false)
}
