package lint

import (
	"cmp"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
)

// reconcile decides on the containers that a selected service has already. Whether one is up to date is Compose's secret
// (a hash of the whole service), but its ports tell enough: with other ports than the files ask for it is not, and with the
// same ones it does not matter.
func (plan *Plan) reconcile(s *Service, own []*Container, o UpOptions) {
	forced := o.forces(s.Name)
	current := func(c *Container) bool {
		renamed := c.Named && s.namesContainers() && plan.home.nameOf(s, c.number()) != c.Name
		return o.NoRecreate || !renamed && (!c.Running() || s.runs(c))
	}
	sortReplicas(own, current)
	stay := own[:min(len(own), s.Replicas)]
	plan.name(s, own, len(stay), func(c *Container) outcome {
		switch {
		case o.NoRecreate:
			return leftAlone
		case forced || !current(c):
			return recreated
		}
		return perhapsRecreated
	})
	for i, c := range own {
		outdated := !o.NoRecreate && (forced || !current(c))
		startsAsItIs := o.NoRecreate && !c.Running() && !c.lost()
		switch {
		case i >= len(stay), outdated:
			plan.free(c)
		case c.lost() && !o.NoRecreate && s.asksAs(c):
			s.Network.lost, s.Network.mustBind = c.Name, o.mustBind
		case startsAsItIs && len(c.Wanted) > 0:
			plan.addStoppedRequest(s, c)
		case c.Running() && !o.NoRecreate:
			plan.maybeRecreated[c] = true
		}
	}
	if o.NoRecreate {
		s.Replicas -= len(stay) - unknownRequests(stay)
		plan.newContainers[s] = s.Replicas
		return
	}

	plan.newContainers[s] = s.Replicas - len(slices.DeleteFunc(slices.Clone(stay), func(c *Container) bool { return !plan.maybeRecreated[c] }))
}

// forces reports whether the flags recreate every container of a service.
// Source: compose cmd/compose/create.go, recreateStrategy and dependenciesRecreateStrategy.
func (o UpOptions) forces(service string) bool {
	if len(o.Services) == 0 || slices.Contains(o.Services, service) {
		return o.ForceRecreate || o.RenewVolumes
	}
	return o.RecreateDeps
}

// lost reports whether a start that failed has cost the container its network: engines from 29.1 on then start it without
// one, and publish nothing. Source: moby issue 51758.
func (c *Container) lost() bool {
	return c.State == "created" && len(c.Networks) == 0 && len(c.Wanted) > 0
}

// asksAs reports whether a container asks for the very ports of the service: with others Compose makes it anew.
func (s *Service) asksAs(c *Container) bool {
	type port struct {
		proto  string
		ip     netip.Addr // zero: all addresses
		host   Ports
		target uint16
	}
	add := func(to map[port]bool, proto string, ip netip.Addr, host Ports, target uint16) {
		if ip = ip.Unmap(); ip.IsUnspecified() {
			ip = netip.Addr{}
		}
		to[port{proto, ip, host, target}] = true
	}
	mine, its := map[port]bool{}, map[port]bool{}
	for _, b := range s.Bindings {
		add(mine, b.Proto, b.HostIP, b.Ports, b.Target)
	}

	for _, w := range c.Wanted {
		add(its, w.Proto, w.Addr.Addr(), w.Ports(), w.Target)
	}

	return maps.Equal(mine, its)
}

// unknownRequests counts stopped containers of which it is not known what they ask for: the files must do.
func unknownRequests(own []*Container) int {
	n := 0
	for _, c := range own {
		if !c.Running() && len(c.Wanted) == 0 && !c.lost() {
			n++
		}
	}
	return n
}

// sortReplicas puts the containers that Compose would rather keep first: current ones, then low numbers.
func sortReplicas(own []*Container, current func(*Container) bool) {
	slices.SortStableFunc(own, func(a, b *Container) int {
		if x, y := current(a), current(b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.number(), b.number())
	})
}

// number is which of the containers of its service it is: what Compose's label says, else what stands at the end of its name, 0
// when nothing does.
func (c *Container) number() int {
	if c.Number > 0 {
		return c.Number
	}
	n, _ := strconv.Atoi(c.Name[strings.LastIndexAny(c.Name, "-_")+1:])
	return n
}

func (plan *Plan) free(c *Container) {
	if c.Running() {
		plan.freed = append(plan.freed, c)
	}
}

// addStoppedRequest adds what a stopped container asked for when it was made: it is one replica, whatever the others ask for.
func (plan *Plan) addStoppedRequest(s *Service, c *Container) {
	one := *s
	one.Replicas = 1
	one.Network.binder = dockerBinds // its addresses are those that are bound
	for _, w := range c.Wanted {
		if !s.Network.binder.binds(w.Proto) {
			continue
		}
		b := &Binding{Service: s.Name, Proto: w.Proto, HostIP: w.Addr.Addr(), Ports: w.Ports(), Target: w.Target}
		plan.stoppedRequests = append(plan.stoppedRequests, Bound{Service: &one, Binding: b})
	}
}

// runs reports whether a running container publishes what the service asks for, no more and no less.
func (s *Service) runs(c *Container) bool {
	left := slices.Clone(c.Bound)
	bound := s.bound()
	slices.SortStableFunc(bound, func(a, b Bound) int { return cmp.Compare(a.looseness(), b.looseness()) })
	for _, b := range bound {
		for _, e := range b.Endpoints(0) {
			at := slices.IndexFunc(left, func(p PublishedPort) bool { return b.Binding.gives(p, e.Addr.Addr()) })
			switch {
			case at >= 0:
				left = slices.Delete(left, at, at+1)
			case s.Network.Varies == "":
				return false
			}
		}
	}

	return len(left) == 0
}

// looseness puts what can be only one port first.
func (b Bound) looseness() int {
	if w := b.Binding.Width(); w > 0 {
		return w
	}
	return 1 << 16
}

// gives reports whether a port that a container holds on an address may come from the binding.
func (b *Binding) gives(p PublishedPort, addr netip.Addr) bool {
	return p.Addr.Addr().Unmap() == addr && b.names(p)
}

// names reports whether a port that a container holds may come from the binding, on whatever address.
func (b *Binding) names(p PublishedPort) bool {
	sameTarget := b.Target == 0 || p.Target == 0 || p.Target == b.Target
	samePort := !b.Known() || b.Contains(p.Addr.Port())
	return p.Proto == b.Proto && sameTarget && samePort
}

// A checkout is a project directory. Compose tells projects apart by their names alone, so that two checkouts with one
// name are one project to it.

// Made reports whether a container was made in the project's own directory, or from its very files in another one. A
// container that does not tell its directory may be anybody's, and counts as made here.
func (p *Project) Made(c *Container) bool {
	switch {
	case c.WorkingDir == "" || p.Dir == "" || cleanDir(c.WorkingDir) == cleanDir(p.Dir):
		return true
	case c.RealDir != "" && p.RealDir != "" && cleanDir(c.RealDir) == cleanDir(p.RealDir):
		return true
	}
	return p.sameFiles(c)
}

// sameFiles reports whether a container was made from the very files of the project, with another project directory.
// Standard input is another text each time.
func (p *Project) sameFiles(c *Container) bool {
	return len(c.ConfigFiles) > 0 && !slices.ContainsFunc(c.ConfigFiles, func(f string) bool {
		return f == "-" || !slices.ContainsFunc(p.Files, func(o string) bool { return cleanDir(o) == cleanDir(f) })
	})
}

// Runs reports whether a container is the project's own: made here, or in a directory that is gone, and with its name or
// that which an earlier run gave it.
func (p *Project) Runs(c *Container) bool {
	switch {
	case c.Project == "":
		return false
	case c.Project == p.Name:
		return !p.foreign(c)
	}
	return c.Project == p.RunsAs && p.Made(c)
}

// foreign reports whether a container is another checkout's. Who left a directory behind that is gone has moved it, or
// needs its containers no more.
func (p *Project) foreign(c *Container) bool { return !p.Made(c) && c.DirState != DirGone }

// cleanDir writes a directory one way only: on Windows case and slashes say nothing.
func cleanDir(dir string) string {
	if len(dir) > 1 && dir[1] == ':' {
		dir = strings.ToLower(strings.ReplaceAll(dir, `\`, "/"))
	}
	return path.Clean(dir)
}
