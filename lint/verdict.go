package lint

import "slices"

// Answer answers "will `docker compose up` fail with a port conflict, now?".
type Answer string

// The four answers, the values of `verdict` in the JSON format.
const (
	AnswerConflict Answer = "conflict" // certainly
	AnswerPossible Answer = "possible" // it depends on order, version or state that the engine hides
	AnswerClear    Answer = "clear"    // it will not
	AnswerUnknown  Answer = "unknown"  // something that decides it could not be looked at
)

// deciding are the rules whose findings make `up` fail on a port.
var deciding = []string{"duplicate-port", "replicas-share-port", "port-in-use", "reserved-port", "racing-ports", "port-taken-later"}

// besides are the rules of Obstacles that do not decide over the verdict.
var besides = []string{unusablePorts.Name, sameProjectName.Name, ignoredPorts.Name}

// Obstacles are the findings about what this `up` of a project would start: certain ones that make it fail after it began,
// or leave a service without its ports, and possible ones, to recreate the containers of another checkout among them. They
// are the same whatever severities and ignore comments the user gives: of the settings, those about severities are not
// asked. Ports that bind nothing because the files say so are not in the way.
func Obstacles(p *Project, settings Settings) []Finding {
	settings.Up.MustBind = true
	settings.Severity = map[string]Severity{}
	for _, r := range Rules {
		if !slices.Contains(deciding, r.Name) && !slices.Contains(besides, r.Name) {
			settings.Severity[r.Name] = Off
		}
	}
	found := examine([]*Project{p}, settings, newAdvice([]*Project{p}, settings))
	return slices.DeleteFunc(found, func(f Finding) bool {
		return f.Certainty < Possible || f.Rule == ignoredPorts.Name && f.Certainty == Certain || len(f.Profiles) > 0
	})
}

// Verdict answers for all projects together, whatever severities the user gives to the rules: a rule that is off does not
// make a conflict go away. With a nil Host it speaks of the files alone. blind is what could not be read besides.
func Verdict(projects []*Project, h *Host, up UpOptions, blind []Blind) Answer {
	settings := Settings{Host: h, Up: up, Severity: map[string]Severity{}}
	for _, r := range Rules {
		if !slices.Contains(deciding, r.Name) {
			settings.Severity[r.Name] = Off
		}
	}
	projects = up.reads(projects)
	answer := AnswerClear
	if len(blind) > 0 || slices.ContainsFunc(projects, func(p *Project) bool { return p.unread() || h.unseen(p, up) }) {
		answer = AnswerUnknown
	}
	for _, f := range examine(projects, settings, newAdvice(projects, settings)) {
		switch {
		case len(f.Profiles) > 0: // not with this `up`
		case f.Certainty == Certain:
			return AnswerConflict
		case f.Certainty == Possible && answer == AnswerClear:
			answer = AnswerPossible
		}
	}
	return answer
}

// unread reports whether a port or a whole file of the project could not be read, or Compose or the engine refuses a
// service before any port is bound.
func (p *Project) unread() bool {
	return len(p.Defects) > 0 || len(p.Blind) > 0 ||
		slices.ContainsFunc(p.Invalid, func(i InvalidPort) bool { return i.Active }) ||
		slices.ContainsFunc(p.Services, func(s Service) bool {
			return s.Active && s.Network.Publishing == Refused && len(s.Bindings) > 0
		}) ||
		slices.ContainsFunc(NewPlan(p).Bound(), func(b Bound) bool { return b.Binding.Unknown })
}

// unseen reports whether something on the machine that decides over the project could not be looked at: the engine, or
// one of the ports that `up` would bind.
func (h *Host) unseen(p *Project, up UpOptions) bool {
	if h == nil {
		return false
	}
	plan := PlanUp(p, h, up)
	if up.Stack {
		return h.blindStack(plan)
	}
	demands := plan.Demands()
	if len(demands) == 0 {
		return false
	}
	s := newScene(plan, h)
	return h.Engine.Version == "" || h.blindTo(BlindEngine) || slices.ContainsFunc(demands, s.unseen)
}

func (h *Host) blindTo(what string) bool {
	return slices.ContainsFunc(h.Blind, func(b Blind) bool { return b.What == what })
}

// unseen reports whether a host port that the binding may get was not looked at.
func (s scene) unseen(b Bound) bool {
	if b.Binding.First == 0 {
		return false
	}
	for port := int(b.Binding.First); port <= int(b.Binding.Last); port++ {
		for _, e := range b.Endpoints(uint16(port)) {
			if probe := s.probes[e.plain()]; probe == nil || !probe.decides() {
				return true
			}
		}
	}
	return false
}

// decides reports whether the probe says all there is to say: of what this user may not try, the socket table does.
func (p *Probe) decides() bool {
	switch p.Result {
	case NotTested, NotAllowed:
		return p.Listed
	default:
		return true
	}
}
