package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

var singleCheckout = Rule{
	Name: "single-checkout", Severity: Error, Certainty: Certain, Twice: true,
	Summary: "what keeps a second checkout from running beside this one",
	Check:   checkSingleCheckout,
}

// checkSingleCheckout compares the project with a second checkout of it: what both need and only one can have.
func checkSingleCheckout(p *Pass) {
	switch {
	case p.beside == nil:
		return
	case p.beside.Project == nil:
		p.Report(p.aboutProject("a second checkout can't be read: " + p.beside.Refused))
		return
	case p.beside.Project.Name == p.Project.Name:
		f := p.aboutProject(fmt.Sprintf("every checkout is project %q; `up` in a second one takes over the containers of this one", p.Project.Label()))
		f.Fixes = []Fix{advise("unset COMPOSE_PROJECT_NAME in the environment; `portlint assign --write` gives each checkout one in its .env")}
		p.Report(f)
		return
	}

	t := twice{Pass: p, plan: PlanUp(p.beside.Project, p.Host, p.up), reported: map[Span]bool{}}
	t.ports()
	t.containerNames()
	t.subnets()
	t.addresses()
	t.hostNetworks()
	t.externals()
	t.machine()
}

// aboutProject starts a finding about the project as a whole.
func (p *Pass) aboutProject(message string) Finding {
	f := Finding{Message: message}
	if len(p.Project.Files) > 0 {
		f.Span = Span{File: p.Project.Files[0]}
	}
	return f
}

// twice compares a project with its second checkout.
type twice struct {
	*Pass
	plan     Plan          // of the second checkout
	reported map[Span]bool // the places of what was found
}

// tell reports what keeps the second checkout from running.
func (t *twice) tell(f Finding) {
	t.reported[f.Span] = true
	t.Report(f)
}

// ports finds the host ports that both checkouts need. The second one starts while the first runs.
func (t *twice) ports() {
	first, second := t.Plan.Bound(), t.plan.Bound()
	for _, b := range second {
		for _, o := range first {
			if c, meet := t.engine().neverBoth(o, b); meet {
				t.tellPort(b, c)
				break
			}
		}
	}

	for _, g := range t.engine().overfullPools(slices.Concat(first, second), nil) {
		for _, m := range g.members {
			if slices.ContainsFunc(second, func(b Bound) bool { return b.Binding == m.Binding }) {
				t.tellPort(m, g.conflict)
			}
		}
	}
}

// neverBoth reports whether two bindings ask for one host port whatever the engine chooses: both are fixed, or rest on the same
// unknown value.
func (e Engine) neverBoth(first, second Bound) (conflict, bool) {
	a, b := first.Binding, second.Binding
	sameText := a.Proto == b.Proto && a.Text == b.Text
	switch {
	case a.Fixed() && b.Fixed() && a.First == b.First:
		return e.conflicts(first, second, a.First)
	case a.Unknown && b.Unknown && sameText:
		return conflict{certainty: Possible, why: "nothing gives it a value"}, true
	}
	return conflict{}, false
}

func (t *twice) tellPort(b Bound, c conflict) {
	it, known := t.itemOf(b)
	if !known {
		it = b.Service.Item(b.Binding)
	}

	variable, what := it.Head().Var, fmt.Sprintf("%s of %q", it.Want(), it.Service.Name)
	f := it.finding(what+" is fixed; "+aloneHere, it.Want()+" is fixed")
	switch {
	case variable == "":
		f.Fixes = t.freePortFixes(it)
	case variable == it.Head().TargetVar:
		f = t.sameIn(f, what, variable)
		f.Fixes = t.splitFix(it)
	default:
		f = t.sameIn(f, what, variable)
	}
	if len(f.Fixes) == 0 {
		f.Fixes = []Fix{advise("give the host port a variable of its own, and nothing else in it, such as " + withDefault(t.suggester.name(t.Project, it), cmp.Or(it.PortText(), "8080")))}
	}

	if c.certainty < Certain {
		f.Certainty, f.Severity = Possible, Warning
		f.note(NotePossible, c.why)
	}
	t.tell(f)
}

// itemOf is the item as the first checkout has it: both read the same files.
func (t *twice) itemOf(b Bound) (Item, bool) {
	items := t.Project.Items()
	i := slices.IndexFunc(items, func(it Item) bool { return it.Head().Entry.Known() && it.Head().Entry == b.Binding.Entry })
	if i < 0 {
		return Item{}, false
	}
	return items[i], true
}

// sameIn makes a finding say that a variable gives both checkouts the same, with why where that is known.
func (t *twice) sameIn(f Finding, what, variable string) Finding {
	f.Message = what + " is the same in a second checkout"
	thing, _, _ := strings.Cut(what, " of ")
	f.shorter = []string{fmt.Sprintf("a second checkout has %s too", thing), "a second checkout has this too"}
	if why := t.beside.Stays[variable]; why != "" {
		f.Related = []Related{{Message: fmt.Sprintf("%s stays as it is: %s", variable, why)}}
	}
	return f
}

// containerNames finds the names that containers of both checkouts need. What the engine has of either now is no matter: each makes
// its containers at some time.
func (t *twice) containerNames() {
	for _, s := range t.plan.Starts {
		first := t.Project.Service(s.Name)
		unknown := first != nil && !s.namesContainers() && !first.namesContainers()
		if unknown && !s.Provider {
			t.tellUnknownName(first)
		}
	}

	first := PlanUp(t.Project, nil, t.up).names
	for _, claim := range PlanUp(t.beside.Project, nil, t.up).names {
		i := slices.IndexFunc(first, func(o nameClaim) bool { return o.name == claim.name })
		s := t.Project.Service(claim.service.Name)
		if i < 0 || s == nil {
			continue
		}

		v := s.ContainerName
		f := Finding{Service: s.Name, Span: s.nameSpan(), Name: &Name{Kind: NameOfContainer, Value: v},
			Message: fmt.Sprintf("the container name %q of %q is fixed; "+aloneHere, v.Label(), s.Name),
			shorter: []string{fmt.Sprintf("name %q is fixed", v.Label()), "this container name is fixed"},
			Fixes:   []Fix{t.otherName(nameConflict{nameClaim: nameClaim{service: s}})}}
		switch {
		case v.Literal():
			f.Fixes = t.freeNameFixes(s)
		case v.Text == "":
			f.Name.Text = claim.name
			f.Message = fmt.Sprintf("%q is the name of a container of %q, and in a second checkout of %q", claim.name, first[i].service.Name, s.Name)
			f.shorter = []string{fmt.Sprintf("two checkouts have a container %q", claim.name), "two checkouts have one container name"}
		case v.Var != "":
			f = t.sameIn(f, fmt.Sprintf("the container name %q of %q", v.Label(), s.Name), v.Var)
		}
		t.tell(f)
	}
}

// tellUnknownName reports a container name of which the files tell no value: where nothing else does, all checkouts have the same.
func (t *twice) tellUnknownName(s *Service) {
	v := s.ContainerName
	f := Finding{Service: s.Name, Span: s.nameSpan(), Certainty: Possible, Severity: Warning,
		Message: fmt.Sprintf("the container name of %q rests on %s, which has no value; a second checkout may have the same", s.Name, v.Var),
		shorter: []string{fmt.Sprintf("${%s} has no value", v.Var), "this name has no value"},
		Fixes:   []Fix{advise(fmt.Sprintf("set %s to another value in each checkout", v.Var))}}
	if v.Span.Known() {
		f.Span = v.Span
	}
	t.tell(f)
}

// subnets finds the subnets that both checkouts ask for. A network that both mean is made once.
func (t *twice) subnets() {
	if t.Host != nil && !t.Host.Engine.comparesSubnets() {
		return
	}
	first, second := PlanUp(t.Project, nil, t.up).networks, PlanUp(t.beside.Project, nil, t.up).networks
	for _, n := range second {
		if t.beside.hasNetwork(t.Project.Network(n.Key)) {
			continue
		}
		for _, r := range n.toMake() {
			for _, o := range first {
				t.compareSubnets(o, r)
			}
		}
	}
}

// compareSubnets reports a subnet of the first checkout that keeps the second one from having its own.
func (t *twice) compareSubnets(n neededNetwork, second subnetRequest) {
	for _, r := range n.inForce() {
		if !t.engine().refusesSubnet(second.Request, r.asExisting()) {
			continue
		}
		f := r.finding(fmt.Sprintf("%s is fixed; "+aloneHere, r.title()))
		f.shorter = []string{fmt.Sprintf("subnet %s is fixed", r.value.Label())}
		if r.value.Var == "" {
			f.Related = t.staleAddresses(r)
			f.Fixes = []Fix{t.subnetFix(r)}
		} else {
			f = t.sameIn(f, r.title(), r.value.Var)
			f.Fixes = []Fix{advise(fmt.Sprintf("set %s to another value in each checkout, or leave `ipam` and the addresses in it out, and let the engine choose", r.value.Var))}
		}
		t.tell(f)
	}
}

// addresses finds fixed addresses on a network that both checkouts are on. The engine gives an address to one running container.
func (t *twice) addresses() {
	for i := range t.beside.Project.Services {
		s := &t.beside.Project.Services[i]
		first := t.Project.Service(s.Name)
		if first == nil || !t.plan.selected[s.Name] {
			continue
		}
		for _, on := range s.Networks {
			at := first.attachment(on.Network)
			if at == nil || !t.beside.hasNetwork(t.Project.Network(on.Network)) {
				continue
			}
			t.compareAddress(first, on, at.IPv4, on.IPv4)
			t.compareAddress(first, on, at.IPv6, on.IPv6)
		}
	}
}

func (t *twice) compareAddress(s *Service, on Attachment, first, second Value) {
	if first.Text == "" || first.Text != second.Text {
		return
	}
	f := Finding{Service: s.Name, Span: first.Span, Name: &Name{Kind: NameOfAddress, Value: first},
		Message: fmt.Sprintf("%q has the address %s on network %q, which a second checkout is on too; only one container can have it", s.Name, first.Label(), on.Network),
		shorter: []string{fmt.Sprintf("a second checkout has %s too", first.Label()), fmt.Sprintf("address %s is fixed", first.Label()), "a second checkout has this too"},
		Fixes:   []Fix{advise("leave the address out; services reach each other by name")}}
	if n := t.Project.Network(on.Network); !n.External && n.Name.Literal() {
		f.Fixes = append([]Fix{advise(fmt.Sprintf("leave `name` of network %q out, and each project has a network of its own", n.Key))}, f.Fixes...)
	}
	if !f.Span.Known() {
		f.Span = s.Span
	}
	t.tell(f)
}

// hostNetworks finds the services that open ports of the machine by themselves, which no file tells.
func (t *twice) hostNetworks() {
	for _, s := range t.Plan.Starts {
		if !s.Network.Host {
			continue
		}
		f := Finding{Service: s.Name, Span: s.Network.Span, Certainty: Possible, Severity: Warning,
			Message: fmt.Sprintf("%q is in the network of the host; the ports that it opens there, a second checkout wants too", s.Name),
			shorter: []string{"this is in the network of the host"},
			Fixes:   []Fix{advise("publish its ports in place of the host network, or let a variable tell it which ports to open")}}
		if !f.Span.Known() {
			f.Span = s.Span
		}
		t.tell(f)
	}
}

// externals finds what has to be there before a second checkout starts, and has a name of that checkout's own. Of networks the machine
// tells whether they are.
func (t *twice) externals() {
	tell := func(what, key string, span Span, first, second Value) {
		if first.Text == "" || second.Text == "" || first.Text == second.Text {
			return
		}
		t.tell(Finding{Span: span, Certainty: Possible, Severity: Warning,
			Message: fmt.Sprintf("external %s %q has another name in a second checkout; somebody has to make it there first", what, key),
			Fixes:   []Fix{advise(fmt.Sprintf("leave `external` out, and each project has a %s of its own", what))}})
	}

	for _, n := range t.plan.networks {
		if first := t.Project.Network(n.Key); n.External && first != nil && t.Host == nil {
			tell("network", n.Key, t.Project.spanOf(first), first.Name, n.Name)
		}
	}
	for _, v := range t.plan.externalVolumes(t.beside.Project) {
		for _, first := range t.Project.Volumes {
			if first.Key == v.Key {
				tell("volume", v.Key, cmp.Or(first.Name.Span, first.Span), first.Name, v.Name)
			}
		}
	}
}

// machine tells what is in the way of the second checkout where nothing else was found.
func (t *twice) machine() {
	for _, f := range t.besideBlocked {
		if !t.reported[f.Span] {
			f.Notes = append([]Note{{Label: NoteWhen, Text: "there is a second checkout"}}, f.Notes...)
			t.Report(f)
		}
	}
}

// hasNetwork reports whether the second checkout means the same network of the engine by one of the project's.
func (s *SecondCheckout) hasNetwork(n *ProjectNetwork) bool {
	if s == nil || s.Project == nil {
		return false
	}
	if n == nil || n.Name.Text == "" {
		return false
	}
	own := s.Project.Network(n.Key)
	return own != nil && own.Name.Text == n.Name.Text
}

// hasVolume reports whether the second checkout means the same volume of the engine by one of the project's.
func (s *SecondCheckout) hasVolume(v *ProjectVolume) bool {
	return s != nil && s.Project != nil && v.Name.Text != "" && slices.ContainsFunc(s.Project.Volumes, func(own ProjectVolume) bool {
		return own.Key == v.Key && own.Name.Text == v.Name.Text
	})
}
