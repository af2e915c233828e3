package lint

import (
	"net/netip"
	"slices"
	"strings"
)

// A stack is a project under `docker stack deploy`. A swarm takes the ports of a service for all of its tasks: in mode
// ingress on every node, for whatever address is written; in mode host on the nodes that run a task, one task on each.

// reads are the projects as the command that is asked about takes them.
func (o UpOptions) reads(projects []*Project) []*Project {
	if !o.Stack {
		return projects
	}
	out := make([]*Project, len(projects))
	for i, p := range projects {
		out[i] = p.asStack()
	}
	return out
}

// asStack is the project without what `docker stack deploy` ignores: host addresses, network modes and drivers, and
// what a later file says otherwise. Source: docker/cli cli/compose/convert/service.go, convertEndpointSpec;
// cli/compose/loader, "ignoring IP-address".
func (p *Project) asStack() *Project {
	out := *p
	out.Services = slices.Clone(p.Services)
	for i := range out.Services {
		s := &out.Services[i]
		s.Network, s.Bindings = Network{}, slices.DeleteFunc(slices.Clone(s.Bindings), s.replacedInStack)
		for j := range s.Bindings {
			b := &s.Bindings[j]
			b.ignoredHostIP, b.HostIP = b.HostIP, netip.Addr{}
		}
	}

	return &out
}

// replacedInStack reports whether a later file gives the host port of a binding again: whatever its container port, it
// counts. Source: docker/cli cli/compose/loader/merge.go, toServicePortConfigsMap.
func (s *Service) replacedInStack(b Binding) bool {
	return b.Known() && slices.ContainsFunc(s.Bindings, func(o Binding) bool {
		return o.Ports == b.Ports && o.Layer.Order > b.Layer.Order && o.Entry.File != b.Entry.File
	})
}

// planStack is what `docker stack deploy` asks for: all services, whatever runs already. The containers of swarm services
// are the swarm's to move.
func planStack(p *Project, h *Host) Plan {
	plan := Plan{stack: p.Name, home: p, newContainers: map[*Service]int{}, selected: map[string]bool{}, maybeRecreated: map[*Container]bool{}}
	for i := range p.Services {
		if s := &p.Services[i]; s.Active {
			plan.Starts, plan.newContainers[s], plan.selected[s.Name] = append(plan.Starts, s), 1, true
		}
	}
	if h == nil {
		return plan
	}

	for i := range h.Containers {
		switch c := &h.Containers[i]; {
		case !c.Running():
		case c.SwarmService != "":
			plan.freed = append(plan.freed, c)
		default:
			plan.staying = append(plan.staying, c)
		}
	}

	return plan
}

// swarmName is what the swarm calls a service of the stack.
func (plan Plan) swarmName(s *Service) string { return plan.stack + "_" + s.Name }

// nodes is how many nodes of the swarm take tasks, 0 when that is not known.
func (h *Host) nodes() int {
	if h == nil {
		return 0
	}
	return h.Nodes
}

// nodesUsed is how many nodes the tasks of a service take up, of all that there are. A global service with constraints may run
// on none.
func (s *Service) nodesUsed(nodes int) int {
	switch {
	case s.Global && s.Constrained:
		return 0
	case s.Global:
		return max(1, nodes)
	default:
		return s.Replicas
	}
}

// nodesUsed is the same of a port of a service that the swarm has.
func (p SwarmPort) nodesUsed(nodes int) int {
	if p.Global {
		return max(1, nodes)
	}
	return p.Tasks
}

// stackConflicts lists what keeps a service of a stack from host port n.
func (o occupancy) stackConflicts(b Bound, n uint16) []ownerConflict {
	var out []ownerConflict
	known := false
	for i := range o.host.Swarm {
		p := &o.host.Swarm[i]
		if p.Proto != b.Binding.Proto || p.Port != n {
			continue
		}
		known = true
		if c, refused := o.swarmRefuses(b, p); refused {
			out = append(out, ownerConflict{conflict: c, port: n, owner: swarmOwner(*p)})
		}
	}
	if known { // the sockets and containers of the port are that service's
		return out
	}

	for _, h := range o.conflicts(b, n) {
		switch {
		case !b.Binding.HostMode:
			h.conflict = conflict{Possible, "the swarm takes the service all the same, and this node does not serve it"}
		case o.host.Nodes != 1 || b.Service.Constrained:
			h.conflict = conflict{Possible, "the other nodes of the swarm were not looked at"}
		}
		out = append(out, h)
	}

	return out
}

// swarmRefuses reports whether a service that the swarm has keeps a service of the stack from a port. Services of the stack
// are updated in no known order, and those that the files no longer have stay without --prune.
// Source: swarmkit manager/controlapi/service.go, checkPortConflicts; manager/scheduler/filter.go, HostPortFilter.
func (o occupancy) swarmRefuses(b Bound, p *SwarmPort) (conflict, bool) {
	name, ours := strings.CutPrefix(p.Service, o.plan.stack+"_")
	ours = ours && p.Stack == o.plan.stack
	switch {
	case ours && name == b.Service.Name:
		return conflict{}, false
	case !p.Ingress && b.Binding.HostMode:
		return certainUnless(), b.Service.nodesUsed(o.host.Nodes)+p.nodesUsed(o.host.Nodes) > o.host.Nodes && !(ours && o.plan.selected[name])
	case ours && o.fixed[written{name, socketKey{p.Proto, p.Port}}]: // duplicate-port
		return conflict{}, false
	case ours && o.plan.selected[name]:
		return certainUnless("it is free once that service is updated, which may come later"), true
	default:
		return certainUnless(), true
	}
}

// NeedSwarm notes that nothing is known of a swarm where the engine manages none.
func (h *Host) NeedSwarm() {
	if h.Engine.Version != "" && h.Nodes == 0 && !h.blindTo(BlindSwarm) {
		h.Blind = append(h.Blind, Blind{What: BlindSwarm, Why: "this engine is no swarm manager, which `docker stack deploy` needs"})
	}
}

// blindStack reports whether what decides over a stack was not looked at: the swarm, or, for ports in mode host, a node.
func (h *Host) blindStack(plan Plan) bool {
	toBind := plan.toBind()
	if len(toBind) == 0 {
		return false
	}
	s := newOccupancy(plan, h)
	return h.Engine.Version == "" || h.blindTo(BlindEngine) || h.blindTo(BlindSwarm) ||
		slices.ContainsFunc(toBind, func(b Bound) bool { return b.Binding.HostMode && (h.Nodes != 1 || s.unseen(b)) })
}
