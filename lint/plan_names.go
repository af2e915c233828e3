package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// outcome is what `up` does with a container of a service that it looks at.
type outcome int

const (
	leftAlone        outcome = iota
	perhapsRecreated         // if Compose finds that something of the service has changed, which only its own hash tells
	recreated
	removed // the service has too many
)

// nameClaim is the name of a container that `up` makes. A container that takes the place of an old one is made under another
// name and gets its own once the old one is gone.
// Source: compose pkg/compose/reconcile.go, reconcileService and planRecreateContainer; service_containers.go, getContainerName.
type nameClaim struct {
	service   *Service
	name      string
	replaced  *Container // whose place the container takes; nil for one more
	certainty Certainty  // Possible: it is made only if Compose finds that something has changed
}

// leaving is what becomes of the name of a container that is the project's own.
type leaving struct {
	outcome outcome
	name    string // that its successor gets; "" for none
}

// containerNameOf is the name that Compose gives a container of a service that names none.
func (p *Project) containerNameOf(service string, number int) string {
	separator := "-"
	if p.Compatibility {
		separator = "_"
	}
	return strings.Join([]string{p.Name, service, strconv.Itoa(number)}, separator)
}

// nameOf is the name of one of the containers of a service.
func (p *Project) nameOf(s *Service, number int) string {
	return cmp.Or(s.ContainerName.Text, p.containerNameOf(s.Name, number))
}

// namesContainers reports whether it is known how the containers of a service are called: not where a variable that nothing
// gives a value names them, and not where Compose makes none.
func (s *Service) namesContainers() bool {
	return !s.Provider && (s.ContainerName.Text != "" || !s.ContainerName.Span.Known() || s.ContainerName.From.Kind == Literal)
}

// name adds the names that the containers of a service need: of own, in Compose's order, the first kept ones are left.
func (plan *Plan) name(s *Service, own []*Container, staying int, fate func(*Container) outcome) {
	if !s.namesContainers() {
		return
	}

	highest := 0
	for i, c := range own {
		highest = max(highest, c.number())
		if i >= staying {
			plan.leaving[c] = leaving{outcome: removed}
			continue
		}

		l := leaving{fate(c), plan.home.nameOf(s, c.number())}
		plan.leaving[c] = l
		switch l.outcome {
		case recreated:
			plan.names = append(plan.names, nameClaim{s, l.name, c, Certain})
		case perhapsRecreated:
			plan.names = append(plan.names, nameClaim{s, l.name, c, Possible})
		}
	}

	for i := range s.Replicas - staying {
		plan.names = append(plan.names, nameClaim{s, plan.home.nameOf(s, highest+1+i), nil, Certain})
	}
}

// Named is how many containers a service should have, 0 where none of them needs a name in this `up`.
func (plan Plan) Named(service string) int {
	for _, claim := range plan.names {
		if claim.service.Name == service {
			return claim.service.Replicas
		}
	}
	return 0
}

// nameConflict is a name that another container has when it is needed.
type nameConflict struct {
	nameClaim
	holder *Container
	race   bool // the holder gives the name up in this `up`, in time or too late
}

// nameConflicts are the names that `up` needs and that containers have which it does not replace in time, each once.
func (plan Plan) nameConflicts(h *Host) []nameConflict {
	holders := map[string]*Container{}
	for i := range h.Containers {
		holders[h.Containers[i].Name] = &h.Containers[i]
	}

	var out []nameConflict
	for _, claim := range plan.names {
		holder := holders[claim.name]
		if holder == nil || holder == claim.replaced {
			continue
		}

		keeps, race := plan.keepsName(holder, claim.service)
		if keeps < Possible {
			continue
		}
		claim.certainty = min(claim.certainty, keeps)
		out = append(out, nameConflict{claim, holder, race})
	}
	return out
}

// keepsName says how sure it is that a container still has its name when a container of a service needs it: Latent where it
// has given it up before. race: it loses the name in this `up`.
func (plan Plan) keepsName(c *Container, needs *Service) (keeps Certainty, race bool) {
	l, own := plan.leaving[c]
	losesName := own && l.name != c.Name && l.outcome != leftAlone
	switch {
	case plan.removeOrphans && plan.swept(c): // Compose up to 5.1 removes orphans before it makes anything, later ones at the same time
		return Possible, true
	case !losesName:
		return Certain, false
	case l.outcome != perhapsRecreated && c.Service != needs.Name && plan.startsAfter(needs.Name, c.Service):
		return Latent, true
	}
	return Possible, true
}

// swept reports whether --remove-orphans removes a container: an orphan, or what a one-off has left.
// Source: compose pkg/compose/containers.go, isOrphaned.
func (plan Plan) swept(c *Container) bool {
	ended := c.State == "exited" || c.State == "dead"
	return plan.orphan(c) || plan.ours(c) && c.OneOff && ended
}

// NamesNeeded are the container names that `up` needs for the projects: whoever has one may be in the way.
func (h *Host) NamesNeeded(projects []*Project, up UpOptions) map[string]bool {
	out := map[string]bool{}
	for _, p := range up.reads(projects) {
		for _, claim := range PlanUp(p, h, up).names {
			out[claim.name] = true
		}
	}
	return out
}

// ordinaryNames are the claims of services that leave the name to Compose.
func (plan Plan) ordinaryNames() map[string]*Service {
	out := map[string]*Service{}
	for _, claim := range plan.names {
		if claim.service.ContainerName.Text == "" {
			out[claim.name] = claim.service
		}
	}
	return out
}

// makesContainers reports whether `up` makes containers whose names are known before.
func (plan Plan) makesContainers() bool {
	return slices.ContainsFunc(plan.names, func(c nameClaim) bool { return c.certainty == Certain })
}
