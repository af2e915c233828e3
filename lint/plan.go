package lint

import (
	"cmp"
	"slices"
)

// Plan is what one `docker compose up` stops, keeps and starts, as far as files and engine decide it.
type Plan struct {
	Starts []*Service // services of which containers should run, by name; their networks are as the engine knows them
	// freed are running containers that this `up` stops before it starts anything: their host ports are free by then.
	freed []*Container
	// staying are the other running containers of the engine, of all projects.
	staying []*Container

	project         string
	stack           string              // the name of the stack, "" of `up`
	home            *Project            // whose name it is; nil where no project is asked about
	newContainers   map[*Service]int    // containers that are started with the ports of the files
	stoppedRequests []Bound             // of stopped containers that are started with the ports they were made with
	selected        map[string]bool     // every service of the project; true for those that `up` looks at
	maybeRecreated  map[*Container]bool // they stay, unless `up` recreates them for a reason other than ports
	after           map[string]map[string]bool
	ended           map[[2]string]bool     // the first has ended for good before the second starts
	passing         map[string]bool        // one that starts waits until they have ended
	names           []nameClaim            // container names that are needed, in the order of the services
	leaving         map[*Container]leaving // own containers, with what becomes of their names
	removeOrphans   bool
	anyFamily       bool            // the engine takes an address of one family in the place of the other's
	networks        []neededNetwork // by key
}

// order remembers the order that depends_on gives the services.
// Source: compose pkg/compose/dependencies.go.
func (plan *Plan) order(p *Project) {
	plan.after, plan.ended, plan.passing = map[string]map[string]bool{}, map[[2]string]bool{}, map[string]bool{}
	for _, s := range plan.Starts {
		seen := map[string]bool{}
		p.reach(s.Name, seen)
		plan.after[s.Name] = seen
	}

	for _, waits := range plan.Starts {
		for _, s := range plan.Starts {
			if len(waits.Awaits) == 0 || s != waits && !plan.startsAfter(s.Name, waits.Name) {
				continue
			}
			for _, name := range waits.Awaits {
				plan.passing[name] = true
				plan.ended[[2]string{name, s.Name}] = true
			}
		}
	}
}

// reach collects the services that a service depends on, through others too.
func (p *Project) reach(name string, seen map[string]bool) {
	s := p.Service(name)
	if s == nil {
		return
	}
	for _, d := range s.DependsOn {
		if !seen[d] {
			seen[d] = true
			p.reach(d, seen)
		}
	}
}

// startsAfter reports whether service a is started only once service b runs.
func (plan Plan) startsAfter(a, b string) bool { return plan.after[a][b] }

// endsBefore reports whether service a has ended for good before service b is started.
func (plan Plan) endsBefore(a, b string) bool { return plan.ended[[2]string{a, b}] }

// apart reports whether one of two services has ended before the other one starts: what both need, each has in its time.
func (plan Plan) apart(a, b string) bool { return plan.endsBefore(a, b) || plan.endsBefore(b, a) }

// together parts bindings into sets that are bound at the same time: those of all services that nobody waits for to end, and with
// each of the others those that it meets.
func (plan Plan) together(bound []Bound) [][]Bound {
	if len(plan.passing) == 0 {
		return [][]Bound{bound}
	}
	lasting := slices.DeleteFunc(slices.Clone(bound), func(b Bound) bool { return plan.passing[b.Service.Name] })
	sets := [][]Bound{lasting}
	for _, s := range plan.Starts {
		if plan.passing[s.Name] {
			sets = append(sets, slices.DeleteFunc(slices.Clone(bound), func(b Bound) bool {
				return b.Service != s && (plan.passing[b.Service.Name] || plan.apart(b.Service.Name, s.Name))
			}))
		}
	}
	return sets
}

// Bound returns the bindings of all services that should run, as far as the engine really binds them.
func (plan Plan) Bound() []Bound {
	var out []Bound
	for _, s := range plan.Starts {
		out = append(out, s.bound()...)
	}
	return out
}

// toBind returns the bindings of the containers that `up` starts: without those of replicas that run already.
func (plan Plan) toBind() []Bound {
	var out []Bound
	for _, s := range plan.Starts {
		if plan.newContainers[s] > 0 {
			out = append(out, s.bound()...)
		}
	}
	return append(out, plan.stoppedRequests...)
}

// bound are the bindings of a service, none when the engine ignores or refuses them.
func (s *Service) bound() []Bound {
	if s.Network.Publishing != Published {
		return nil
	}
	out := make([]Bound, len(s.Bindings))
	for i := range s.Bindings {
		out[i] = Bound{Service: s, Binding: &s.Bindings[i]}
	}
	return out
}

// Bound is one binding of a service that `up` starts.
type Bound struct {
	Service *Service
	Binding *Binding
}

// Span is the most exact place that is known: the host port, the item, or the service.
func (b Bound) Span() Span {
	if span := b.Binding.Span(); span.Known() {
		return span
	}
	return b.Service.Span
}

// compareBound orders bindings by layer, then by place: what stands later is what came second.
func compareBound(a, b Bound) int {
	return cmp.Or(cmp.Compare(a.Binding.Layer.Order, b.Binding.Layer.Order), a.Span().Compare(b.Span()),
		cmp.Compare(a.Service.Name, b.Service.Name))
}

// Endpoints are the sockets that the engine would bind for host port p.
func (b Bound) Endpoints(p uint16) []Endpoint { return b.Binding.endpoints(b.Service.Network, p) }

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
	// mustBind: a container that would start without its ports is as good as none, so that what has them is in the way for
	// certain.
	mustBind bool
	// keepsOthers: the containers of another checkout with the project's name are in the way, because this `up` would make
	// them its own. With Replace they should become its own.
	keepsOthers, Replace bool
	// Compose is the version of the Compose that runs `up`: major, minor and patch. Zero where it is not known.
	Compose [3]int
	// PodmanCompose: it is podman-compose that runs, which takes links, and a network of the right name as it is.
	PodmanCompose bool
	Scale         map[string]int // --scale, by service
	Stack         bool           // it is `docker stack deploy` that is asked about; no other option says anything then
}

// PlanUp works out what `docker compose up` does with the containers of the engine; h is nil when only files are read.
// Source: compose pkg/compose/reconcile.go, convergence.go and observed_state.go.
func PlanUp(p *Project, h *Host, o UpOptions) Plan {
	if o.Stack {
		return planStack(p, h)
	}

	selected, own := o.selects(p), h.replicas(p.Name)
	plan := Plan{project: p.Name, home: p, newContainers: map[*Service]int{}, selected: selected, maybeRecreated: map[*Container]bool{},
		leaving: map[*Container]leaving{}, removeOrphans: o.RemoveOrphans, anyFamily: h != nil && h.Engine.readsAnyFamily()}
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
	plan.addNetworks(p, h)
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
		case !c.Running() || slices.Contains(plan.freed, c):
		case o.RemoveOrphans && plan.orphan(c):
			plan.freed = append(plan.freed, c)
		default:
			plan.staying = append(plan.staying, c)
		}
	}
}

// orphan reports whether a container belongs to a service that the project no longer has. One-offs are left alone.
func (plan Plan) orphan(c *Container) bool {
	_, known := plan.selected[c.Service]
	return plan.ours(c) && !c.OneOff && !c.Hook && !known
}

// foreign reports whether a container is another checkout's, whatever its project is called.
func (plan Plan) foreign(c *Container) bool { return plan.home != nil && plan.home.foreign(c) }

// own reports whether a container carries the project's name and is no other checkout's.
func (plan Plan) own(c *Container) bool { return plan.ours(c) && !plan.foreign(c) }

// ours reports whether a container carries the project's name, which is all that Compose goes by.
func (plan Plan) ours(c *Container) bool { return c.Project != "" && c.Project == plan.project }
