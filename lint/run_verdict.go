package lint

import "slices"

// Verdict answers "will `docker compose up` fail because something that a whole machine shares is taken, now?".
type Verdict string

// The five answers, the values of `verdict` in the JSON format.
const (
	VerdictConflict Verdict = "conflict" // certainly
	VerdictPossible Verdict = "possible" // it depends on order, version or state that the engine hides
	VerdictClear    Verdict = "clear"    // it will not
	VerdictRefused  Verdict = "refused"  // Compose or the engine refuses the project for another reason, which a finding names
	VerdictUnknown  Verdict = "unknown"  // something that decides it could not be looked at
)

// verdicts are all answers, from the best to the worst.
var verdicts = []Verdict{VerdictClear, VerdictPossible, VerdictUnknown, VerdictRefused, VerdictConflict}

// WorstVerdict is the answer about several projects or machines together.
func WorstVerdict(answers ...Verdict) Verdict {
	worst := 0
	for _, a := range answers {
		worst = max(worst, slices.Index(verdicts, a))
	}
	return verdicts[worst]
}

// deciding are the rules whose findings make `up` fail on a port, or on a name, a subnet or an address that somebody has.
var deciding = []string{"duplicate-port", "replicas-share-port", "port-in-use", "reserved-port", "name-in-use", "subnet-in-use", "address-in-use", "network-in-use", "racing-ports", "port-taken-later",
	"single-checkout"}

// refusing are the rules whose certain findings make Compose or the engine refuse the project whatever has its ports.
var refusing = []string{"unloadable-project", "invalid-port", "unusable-ports", "unusable-address", "unusable-links", "paused-container", "missing-external", "duplicate-container-name"}

// alsoBlockingUp are the rules of Obstacles that are not about who has a port.
var alsoBlockingUp = []string{duplicateContainerName.Name, unusablePorts.Name, unusableAddress.Name, unusableLinks.Name, missingExternal.Name, sameProjectName.Name, ignoredPorts.Name}

// Obstacles are the findings about what this `up` of a project would start: certain ones that make it fail after it began,
// or leave a service without its ports, that it would make the containers of another checkout its own, and possible ones. They
// are the same whatever severities and ignore comments the user gives: of the settings, those about severities are not
// asked. Ports that bind nothing because the files say so are not in the way.
func Obstacles(p *Project, settings Settings) []Finding {
	settings.Up.mustBind, settings.Up.keepsOthers = true, true
	settings.Severity = onlyRules(deciding, alsoBlockingUp)
	found := examine([]*Project{p}, settings, newSuggester([]*Project{p}, settings))
	return slices.DeleteFunc(found, func(f Finding) bool {
		return f.Certainty < Possible || f.Rule == ignoredPorts.Name && f.Certainty == Certain || len(f.Profiles) > 0
	})
}

// VerdictOf answers for all projects together, whatever severities the user gives to the rules: a rule that is off does not
// make a conflict go away. With a nil Host it speaks of the files alone. blind is what could not be read beside them.
func VerdictOf(projects []*Project, h *Host, up UpOptions, blind []Blind) Verdict {
	answer := VerdictClear
	if slices.ContainsFunc(blind, Blind.decides) {
		answer = VerdictUnknown
	}
	for _, p := range up.reads(projects) {
		answer = WorstVerdict(answer, verdictOfOne(p, Settings{Host: h, Up: up}))
	}
	return answer
}

// VerdictTwice answers "does each project start, and a second checkout of it beside it?", as VerdictOf does.
func VerdictTwice(projects []*Project, h *Host, up UpOptions, blind []Blind, second map[*Project]*SecondCheckout) Verdict {
	answer := VerdictOf(projects, h, up, blind)
	for _, p := range projects {
		answer = WorstVerdict(answer, verdictOfOne(p, Settings{Host: h, Up: up, Second: second}))
	}
	return answer
}

// verdictOfOne is the answer for one project. What refuses a project does so before any port is bound.
func verdictOfOne(p *Project, settings Settings) Verdict {
	h, up := settings.Host, settings.Up
	settings.Severity = onlyRules(deciding, refusing)

	answer := VerdictClear
	if p.unread(h, up) || h.unseen(p, up) {
		answer = VerdictUnknown
	}

	for _, f := range examine([]*Project{p}, settings, newSuggester([]*Project{p}, settings)) {
		switch {
		case len(f.Profiles) > 0: // not with this `up`
		case f.Rule == unloadableProject.Name && f.Severity == Info: // nothing starts, and nobody asked for more
		case f.Certainty == Certain && slices.Contains(refusing, f.Rule):
			return VerdictRefused
		case f.Certainty == Certain:
			answer = VerdictConflict
		case f.Certainty == Possible && answer == VerdictClear:
			answer = VerdictPossible
		}
	}

	return answer
}

// blocked is what the rules that decide find of the second checkout on the machine, and not of the first. Fixes that change files of the
// second one, or stop the first, are left out.
func (s *SecondCheckout) blocked(first *Project, settings Settings) []Finding {
	of := func(p *Project, h *Host) []Finding {
		only := Settings{Host: h, Up: settings.Up, Severity: onlyRules(deciding)}
		return examine([]*Project{p}, only, newSuggester([]*Project{p}, only))
	}

	known := of(first, settings.Host)
	var out []Finding
	for _, f := range of(s.Project, s.Host) {
		same := func(o Finding) bool { return o.Rule == f.Rule && o.Span == f.Span }
		if f.Certainty < Possible || len(f.Profiles) > 0 || slices.ContainsFunc(known, same) {
			continue
		}
		f.common = ""
		ours := f.Owner != nil && f.Owner.Container != nil && first.Runs(f.Owner.Container)
		f.Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(fix Fix) bool { return ours || len(fix.Edits) > 0 })
		out = append(out, f)
	}
	return out
}

// InConflict reports whether a finding is about something that `up` will not get, or may not, or that a second checkout will not
// where somebody asks about one.
func (f Finding) InConflict() bool {
	return f.Certainty >= Possible && slices.Contains(deciding, f.Rule)
}

// onlyRules turns all rules off but those of some names.
func onlyRules(names ...[]string) map[string]Severity {
	all := slices.Concat(names...)
	off := map[string]Severity{}
	for _, r := range Rules {
		if !slices.Contains(all, r.Name) {
			off[r.Name] = Off
		}
	}
	return off
}

// unread reports whether a port that decides, or a whole file of the project, could not be read.
func (p *Project) unread(h *Host, up UpOptions) bool {
	return slices.ContainsFunc(p.Blind, Blind.decides) ||
		slices.ContainsFunc(PlanUp(p, h, up).Bound(), func(b Bound) bool { return b.Binding.Unknown })
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
	if plan.makesContainers() && (h.Engine.Version == "" || h.NotListed) {
		return true
	}
	if h.NetworksNotListed && slices.ContainsFunc(plan.networks, func(n neededNetwork) bool { return n.needsList() != "" }) {
		return true
	}
	if slices.ContainsFunc(plan.externalVolumes(p), func(v ProjectVolume) bool { return h.UnseenVolumes[v.Name.Text] }) {
		return true
	}
	toBind := plan.toBind()
	if len(toBind) == 0 {
		return false
	}
	s := newOccupancy(plan, h)
	return h.Engine.Version == "" || h.blindTo(BlindEngine) || slices.ContainsFunc(toBind, s.unseen)
}

func (h *Host) blindTo(what string) bool {
	return slices.ContainsFunc(h.Blind, func(b Blind) bool { return b.What == what })
}

// unseen reports whether a host port that the binding may get was not looked at.
func (o occupancy) unseen(b Bound) bool {
	f, local := o.host.Engine.Forwarder, o.host.Engine.Local
	here, beyond := local || f == nil, f != nil && (!local || f.Early) // whose refusal is one of the engine
	for port := range b.Binding.All() {
		for _, e := range b.Endpoints(port) {
			if beyond && o.notForwarded(e) {
				return true
			}
			if probe := o.probes[e.plain()]; here && (probe == nil || !probe.decides()) {
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
