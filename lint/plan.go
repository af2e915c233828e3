package lint

import "cmp"

// Plan is what `docker compose up` without service names starts, as far as the files decide it.
type Plan struct {
	Starts []*Service // active services with at least one container, by name
	after  map[string]map[string]bool
}

// NewPlan selects the services that `up` starts and the order that depends_on gives them.
// Source: compose-go types/project.go WithProfiles, compose pkg/compose/dependencies.go.
func NewPlan(p *Project) Plan {
	plan := Plan{after: map[string]map[string]bool{}}
	for i := range p.Services {
		s := &p.Services[i]
		if s.Active && s.Replicas > 0 {
			plan.Starts = append(plan.Starts, s)
		}
	}
	for _, s := range plan.Starts {
		seen := map[string]bool{}
		plan.reach(p, s.Name, seen)
		plan.after[s.Name] = seen
	}
	return plan
}

func (plan Plan) reach(p *Project, name string, seen map[string]bool) {
	s := p.Service(name)
	if s == nil {
		return
	}
	for _, d := range s.DependsOn {
		if !seen[d] {
			seen[d] = true
			plan.reach(p, d, seen)
		}
	}
}

// After reports whether service a is started only once service b runs.
func (plan Plan) After(a, b string) bool { return plan.after[a][b] }

// Bound returns the bindings that the engine would really bind, with their services.
func (plan Plan) Bound() []Bound {
	var out []Bound
	for _, s := range plan.Starts {
		if s.Network.Publishing != Published {
			continue
		}
		for i := range s.Bindings {
			out = append(out, Bound{Service: s, Binding: &s.Bindings[i]})
		}
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
