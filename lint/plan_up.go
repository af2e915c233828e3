package lint

import "slices"

// UpOptions are the flags of `docker compose up` that decide which containers it stops and starts.
type UpOptions struct {
	Services      []string // the services named; none: all active ones
	NoDeps        bool
	NoRecreate    bool
	ForceRecreate bool
	RenewVolumes  bool // --renew-anon-volumes: recreates as ForceRecreate does
	RecreateDeps  bool // --always-recreate-deps: recreates what the named services depend on
	RemoveOrphans bool
	NoStart       bool // containers are made, and none is started
	// MustBind: a container that would start without its ports is as good as none, so that what has them is in the way for
	// certain.
	MustBind bool
	// KeepsOthers: the containers of another checkout with the project's name are in the way, because this `up` would make
	// them its own. With Replace they shall become its own.
	KeepsOthers, Replace bool
	Scale                map[string]int // --scale, by service
	Stack                bool           // it is `docker stack deploy` that is asked about; no other option says anything then
}

// PlanUp works out what `docker compose up` does with the containers of the engine; h is nil when only files are read.
// Source: compose pkg/compose/reconcile.go, convergence.go and observed_state.go.
func PlanUp(p *Project, h *Host, o UpOptions) Plan {
	if o.Stack {
		return planStack(p, h)
	}
	selected, own := o.selects(p), h.replicas(p.Name)
	plan := Plan{project: p.Name, home: p, fresh: map[*Service]int{}, chosen: selected, may: map[*Container]bool{}}
	services := slices.Clone(p.Services)
	for i := range services {
		s := &services[i]
		if !selected[s.Name] {
			continue
		}
		if n, ok := o.Scale[s.Name]; ok {
			s.Replicas = n
		}
		s.Network = h.network(s.Network)
		plan.reconcile(s, own[s.Name], o)
		if s.Replicas > 0 && !o.NoStart {
			plan.Starts = append(plan.Starts, s)
		}
	}
	plan.keep(h, o)
	plan.order(p)
	return plan
}

// selects are the services that `up` looks at: the named ones with what they depend on, or all active ones. A named
// service turns its own profiles on.
func (o UpOptions) selects(p *Project) map[string]bool {
	wanted, profiles := map[string]bool{}, map[string]bool{}
	for _, name := range o.Services {
		wanted[name] = true
		if s := p.Service(name); s != nil && !s.Active {
			for _, profile := range s.Profiles {
				profiles[profile] = true
			}
		}
		if !o.NoDeps {
			p.reach(name, wanted)
		}
	}
	out := map[string]bool{}
	for _, s := range p.Services {
		on := s.Active || slices.ContainsFunc(s.Profiles, func(name string) bool { return profiles[name] })
		out[s.Name] = on && (len(o.Services) == 0 || wanted[s.Name])
	}
	return out
}

// replicas are the containers of a project that `up` reconciles, by service.
func (h *Host) replicas(project string) map[string][]*Container {
	out := map[string][]*Container{}
	if h == nil {
		return out
	}
	for i := range h.Containers {
		c := &h.Containers[i]
		if c.Project == project && !c.OneOff && !c.Hook {
			out[c.Service] = append(out[c.Service], c)
		}
	}
	return out
}

// keep sorts the running containers that no service of this `up` has decided on: orphans go when the flag says so.
func (plan *Plan) keep(h *Host, o UpOptions) {
	if h == nil {
		return
	}
	for i := range h.Containers {
		c := &h.Containers[i]
		switch {
		case !c.Running() || slices.Contains(plan.Freed, c):
		case o.RemoveOrphans && plan.orphan(c):
			plan.Freed = append(plan.Freed, c)
		default:
			plan.Kept = append(plan.Kept, c)
		}
	}
}

// orphan reports whether a container belongs to a service that the project no longer has. One-offs are left alone.
func (plan Plan) orphan(c *Container) bool {
	_, known := plan.chosen[c.Service]
	return plan.ours(c) && !c.OneOff && !c.Hook && !known
}

// foreign reports whether a container is another checkout's, whatever its project is called.
func (plan Plan) foreign(c *Container) bool { return plan.home != nil && plan.home.foreign(c) }

// own reports whether a container carries the project's name and is no other checkout's.
func (plan Plan) own(c *Container) bool { return plan.ours(c) && !plan.foreign(c) }

// ours reports whether a container carries the project's name, which is all that Compose goes by.
func (plan Plan) ours(c *Container) bool { return c.Project != "" && c.Project == plan.project }
