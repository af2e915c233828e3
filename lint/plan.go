package lint

import "cmp"

// Plan is what one `docker compose up` stops, keeps and starts, as far as files and engine decide it.
type Plan struct {
	Starts []*Service // services of which containers shall run, by name; their networks are as the engine knows them
	// Freed are running containers that this `up` stops before it starts anything: their host ports are free by then.
	Freed []*Container
	// Kept are the other running containers of the engine, of all projects.
	Kept []*Container

	project string
	stack   string              // the name of the stack, "" of `up`
	home    *Project            // whose name it is; nil where no project is asked about
	fresh   map[*Service]int    // containers that are started with the ports of the files
	wishes  []Bound             // of stopped containers that are started with the ports they were made with
	chosen  map[string]bool     // every service of the project; true for those that `up` looks at
	may     map[*Container]bool // kept, unless `up` recreates them for a reason other than ports
	after   map[string]map[string]bool
}

// NewPlan is the plan of `up` without flags where no engine is known.
func NewPlan(p *Project) Plan { return PlanUp(p, nil, UpOptions{}) }

// order remembers the order that depends_on gives the services.
// Source: compose pkg/compose/dependencies.go.
func (plan *Plan) order(p *Project) {
	plan.after = map[string]map[string]bool{}
	for _, s := range plan.Starts {
		seen := map[string]bool{}
		p.reach(s.Name, seen)
		plan.after[s.Name] = seen
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

// After reports whether service a is started only once service b runs.
func (plan Plan) After(a, b string) bool { return plan.after[a][b] }

// Bound returns the bindings of all services that shall run, as far as the engine really binds them.
func (plan Plan) Bound() []Bound {
	var out []Bound
	for _, s := range plan.Starts {
		out = append(out, s.bound()...)
	}
	return out
}

// Demands returns the bindings of the containers that `up` starts: without those of replicas that run already.
func (plan Plan) Demands() []Bound {
	var out []Bound
	for _, s := range plan.Starts {
		if plan.fresh[s] > 0 {
			out = append(out, s.bound()...)
		}
	}
	return append(out, plan.wishes...)
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
func (b Bound) Endpoints(p uint16) []Endpoint { return b.Binding.Endpoints(b.Service.Network, p) }
