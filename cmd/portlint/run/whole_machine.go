package run

import (
	"context"
	"errors"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
)

// HostPorts are all host ports of the machines whose engines --context names: of this machine, where its engine is on it, those of all
// its sockets too.
type HostPorts struct {
	Claims []machine.Claim
	Blind  []lint.Blind
}

// AskHostPorts asks all engines, and the sockets of this machine, for all host ports; and the record of assigned ports, and the projects
// that were read, for those that somebody is going to ask for.
func (l *Projects) AskHostPorts(ctx context.Context) HostPorts {
	machines := machinesOf(l.Process, l.Flags, "")
	atOnce(machines, func(m *Machine) {
		host := dockerapi.Look(ctx, m.asked)
		m.Host, m.whole = &host, true
		for i := range host.Containers {
			host.Containers[i].Context = m.Context
		}
	})

	var all HostPorts
	for _, m := range l.onePerMachine(ctx, machines) {
		claims := l.hostPortsOf(ctx, &m)
		if m.Context != "" && !dockerapi.SpeaksHere(m.Host) {
			for i := range claims {
				claims[i].Context = m.Context
			}
		}
		all.Claims = append(all.Claims, claims...)
		all.Blind = append(all.Blind, m.Host.Blind...)
	}
	machine.SortClaims(all.Claims)
	return all
}

// onePerMachine puts the engines of this machine together, whose sockets are the same. Each blind spot names its engine, and each engine
// says for its own containers whether their directories are this machine's.
func (l *Projects) onePerMachine(ctx context.Context, machines []Machine) []Machine {
	for _, m := range machines {
		l.PlaceContainers(ctx, m.Host)
		lookForDirs(ctx, l.Process, m.Host, m.inTheWay)
		m.Host.Blind = BlindOn(m.Context, m.Host)
	}
	var all []Machine
	here := -1
	for _, m := range machines {
		switch {
		case !dockerapi.SpeaksHere(m.Host):
			all = append(all, m)
		case here < 0:
			here, all = len(all), append(all, m)
		default:
			all[here].join(m)
		}
	}
	return all
}

// join adds another engine of the same machine. Not all containers are listed unless both engines did.
func (m *Machine) join(other Machine) {
	silent := func(h *lint.Host) bool { return h.NotListed || h.Engine.Version == "" }
	m.Host.NotListed = silent(m.Host) || silent(other.Host)
	if m.Host.Engine.Version == "" {
		m.Host.Engine, m.asked = other.Host.Engine, other.asked
	}
	m.Host.Containers = append(m.Host.Containers, other.Host.Containers...)
	m.Host.Networks = append(m.Host.Networks, other.Host.Networks...)
	m.Host.Swarm = append(m.Host.Swarm, other.Host.Swarm...)
	m.Host.Blind = append(m.Host.Blind, other.Host.Blind...)
}

// hostPortsOf asks one machine.
func (l *Projects) hostPortsOf(ctx context.Context, m *Machine) []machine.Claim {
	wants := l.wants(m.Host)
	dockerapi.Everyone(ctx, m.Host, portsOf(m.Host, wants))
	placeProcesses(ctx, l.Process, m.Host)
	l.locateOthers(ctx, m)
	return machine.Claims(m.Host, wants)
}

// wants are the ports that somebody is going to ask an engine of this machine for. Those of the record of assigned ports are this
// machine's.
func (l *Projects) wants(host *lint.Host) []machine.Want {
	var wants []machine.Want
	for _, p := range l.Models() {
		for _, w := range machine.WantsOf(host, p) {
			w.Group = l.group[p]
			wants = append(wants, w)
		}
	}
	if !dockerapi.SpeaksHere(host) {
		return wants
	}

	for _, lease := range ReadLeases(l.Process).Leases {
		wants = append(wants, machine.Want{Assigned: true, Project: lease.Project, Dir: lease.Dir, Ports: PortsOfLease(lease), Key: lease.Key,
			Until: lease.Until.Local()})
	}
	return wants
}

// mostTried bounds the ports of one range that are tried: of a wider one no more are looked at.
const mostTried = 1000

// portsOf are the ports that containers, the swarm and wants name.
func portsOf(host *lint.Host, wants []machine.Want) []dockerapi.Port {
	named := map[dockerapi.Port]bool{}
	add := func(ports lint.Ports, protos ...string) {
		if ports.Width() > mostTried {
			return
		}
		for port := range ports.All() {
			for _, proto := range protos {
				if proto == "tcp" || proto == "udp" {
					named[dockerapi.Port{Number: port, Proto: proto}] = true
				}
			}
		}
	}

	for _, c := range host.Containers {
		for _, p := range slices.Concat(c.Bound, c.Wanted) {
			add(p.Ports(), p.Proto)
		}
	}
	for _, p := range host.Swarm {
		add(lint.PortsFrom(p.Port, 1), p.Proto)
	}
	for _, w := range wants {
		if w.Assigned { // it is for all protocols
			add(w.Ports, "tcp", "udp")
		}
		add(w.Ports, w.Proto)
	}

	all := make([]dockerapi.Port, 0, len(named))
	for p := range named {
		all = append(all, p)
	}
	slices.SortFunc(all, dockerapi.ComparePorts)
	return all
}

// AddCheckouts reads the project in the other working trees of its repository too. One that can't be read there is left out: nobody
// asked about it.
func (l *Projects) AddCheckouts(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, l.Process.Within(othersTime))
	defer stop()
	l.group = map[*lint.Project]string{}
	for _, p := range l.Models() {
		here := CheckoutOf(p.Dir)
		for _, tree := range here.Others[:min(len(here.Others), maxTrees)] {
			o, ok := inOtherTree(p, here.Root, tree)
			if !ok {
				continue
			}
			o.Profiles = l.Flags.Profiles
			other, err := LoadInTime(ctx, l.Process, o)
			if err != nil {
				continue
			}
			l.All = append(l.All, other)
			l.group[p], l.group[other.Project] = p.Dir, p.Dir
			l.Sources.Merge(ofOthers(l.Process, other.Sources))
		}
	}
}

// ProjectHere reads the project that Compose would find from here, if there is one.
func ProjectHere(ctx context.Context, w Process, g Flags) (Projects, error) {
	none := NoProjects(w, g)
	base, err := g.Options(w, false)
	if err != nil {
		return none, err
	}
	all, err := Load(ctx, w, g, []compose.Options{base})
	switch {
	case err != nil:
		return none, err
	case len(all.Failed) == 1 && errors.Is(all.Failed[0], compose.ErrNoFile) && len(g.Files) == 0:
		return none, nil
	}
	return all, nil
}
