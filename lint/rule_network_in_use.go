package lint

import (
	"fmt"
	"math"
	"slices"
)

var networkInUse = Rule{
	Name: "network-in-use", Severity: Error, Certainty: Certain, Live: true,
	Summary: "a network that the project did not make has the name of one of its own, or somebody is on one that `up` makes anew",
	Check:   checkNetworkInUse,
}

// checkNetworkInUse finds the networks of the engine that have the name of one that `up` needs and that are not the project's by
// Compose's labels, as far as its Compose refuses or removes them.
func checkNetworkInUse(p *Pass) {
	for _, n := range p.Plan.networks {
		switch n.fate {
		case networkRenamed:
			p.checkRenamedNetwork(n)
		case networkReplaced:
			p.checkRemovedNetwork(n, fmt.Sprintf("the name or the subnets of %q are others now, so `up` stops the services on it and removes it", n.found.Name))
		case networkReused:
			p.checkReusedNetwork(n)
		}
	}
}

// composeRange are the versions of Compose that do something: those from Maybe to Since and from Until to End may, older and newer ones
// do not.
type composeRange struct {
	Maybe, Since, Until, End [3]int
	named                    string // for people
}

// certainty says how sure it is that a version does it; all may where it is not known.
func (r composeRange) certainty(v [3]int) Certainty {
	before := func(o [3]int) bool { return slices.Compare(v[:], o[:]) < 0 }
	switch {
	case v == [3]int{}:
		return Possible
	case before(r.Maybe) || !before(r.End):
		return Latent
	case before(r.Since) || !before(r.Until):
		return Possible
	}
	return Certain
}

// refusesKeys are the versions that refuse a network of a name where the label with its key is not the project's key, removesOthers those
// that remove one of the same key where it was defined otherwise; all others use it as it is. Tried with 2.39.4, 5.2.0 and 5.5.1.
// Source: compose pkg/compose/create.go, resolveOrCreateNetwork of 2.19.1 to 5.2.0, removeDivergedNetwork of 2.31.0 to 5.2.0, which 2.18.1
// and 2.29.7 do not have; observed_state.go, discoverUnmanagedNetworks of 5.4.0.
func refusesKeys() composeRange {
	return composeRange{[3]int{2, 19}, [3]int{2, 19, 1}, [3]int{5, 3}, [3]int{5, 4}, "2.19 to 5.2"}
}

func removesOthers() composeRange {
	return composeRange{[3]int{2, 30}, [3]int{2, 31}, [3]int{5, 3}, [3]int{5, 4}, "2.31 to 5.2"}
}

// removesRenamed are the versions that know an own network whose name was another one, and remove it; older ones look for the name alone, and
// leave it where it is. Tried with 2.39.4, 5.2.0 and 5.5.1. Source: compose pkg/compose/observed_state.go of 5.4.0.
func removesRenamed() composeRange {
	never := [3]int{math.MaxInt}
	return composeRange{[3]int{5, 3}, [3]int{5, 4}, never, never, "5.4 and newer"}
}

// checkRenamedNetwork looks at a network of the project that has another name in the files than on the engine.
func (p *Pass) checkRenamedNetwork(n neededNetwork) {
	if n.stranger != nil && p.checkStranger(n) {
		return
	}
	removes := removesRenamed().certainty(p.up.Compose)
	if removes < Possible || p.up.PodmanCompose {
		return
	}
	if !p.checkRemovedNetwork(n, fmt.Sprintf("the name or the subnets of %q are others now, so `up` stops the services on it and removes it", n.found.Name)) {
		p.checkNamedMode(n)
	}
}

// checkStranger finds somebody else's network that has the new name of one, and reports whether it did.
func (p *Pass) checkStranger(n neededNetwork) bool {
	reused := n
	reused.fate, reused.found, reused.stranger = networkReused, n.stranger, nil
	removes := removesRenamed().certainty(p.up.Compose)
	second := p.Host.Engine.secondOfName()
	switch {
	case removes < Possible || second == "":
		return p.checkReusedNetwork(reused)
	case p.up.PodmanCompose:
		return false
	}

	f := p.findingOfExisting(reused)
	f.note(NoteWhy, fmt.Sprintf("the project's own one is %q on this engine, so Compose makes another one, and %s", n.found.Name, second))
	if removes < Certain {
		f.Certainty, f.Severity = Possible, Warning
		f.note(NotePossible, "that is so of Compose "+removesRenamed().named)
	}
	p.Report(f)
	return true
}

// checkNamedMode finds the containers that stay as they are when their network gets another name, as Compose tells nobody to make them anew:
// engines from 25 on do not start one without the network that it was made with. Tried on 20.10, 24 to 29, Podman 4.3.1 and 5.4.2.
// Source: moby daemon/container_operations.go, updateNetworkConfig and allocateNetwork of 25.
func (p *Pass) checkNamedMode(n neededNetwork) {
	if !p.Host.Engine.needsNetworkMode() {
		return
	}
	for _, c := range p.Host.attached(n.found) {
		member := p.Plan.ours(c) && !c.OneOff && p.Plan.selected[c.Service]
		madeAnew := slices.Contains(p.Plan.freed, c) || p.up.forces(c.Service)
		if !member || madeAnew || c.NetworkMode != n.found.Name {
			continue
		}

		f := Finding{Service: c.Service, Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Certainty: Certain,
			Message: fmt.Sprintf("network %q has another name now", n.Key), shorter: []string{"this network has another name now"},
			Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
		f.note(NoteWhy, fmt.Sprintf("container %q of %q was made on %q, which `up` removes, and can't start without it", c.Name, c.Service, n.found.Name))
		if !p.up.NoRecreate {
			f.Certainty, f.Severity = Possible, Warning
			f.note(NotePossible, "unless `up` makes that container anew for another reason")
		}
		f.Fixes = []Fix{advise("give `up` the flag --force-recreate, or take the project down first")}
		p.Report(f)
		return
	}
}

// findingOfExisting starts a finding about a network of the engine that has the name of one of the project's.
func (p *Pass) findingOfExisting(n neededNetwork) Finding {
	f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Certainty: Certain, Message: fmt.Sprintf("network %q exists already", n.Key),
		shorter: []string{"this network exists already"}, Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
	f.note(NoteHeldBy, p.networkSentence(n.found))
	f.Fixes = []Fix{advise("say `external: true` where it is meant, or give the network another name"), p.freeNetwork(n.found)}
	return f
}

// checkReusedNetwork finds a network that is not the project's and has the name of one, and reports whether some Compose minds.
func (p *Pass) checkReusedNetwork(n neededNetwork) bool {
	by, effect := refusesKeys(), "refuses it because of its labels"
	if n.found.Key == n.Key {
		if by, effect = removesOthers(), "removes it to make another one"; n.hasSubnetsOf(n.found) || !n.found.Compared {
			return false
		}
	}
	certainty := by.certainty(p.up.Compose)
	if certainty < Possible || p.up.PodmanCompose {
		return false
	}
	if certainty == Certain && n.found.Key == n.Key && p.checkRemovedNetwork(n, fmt.Sprintf("the subnets of %q are others there, so this Compose removes it", n.found.Name)) {
		return true
	}

	f := p.findingOfExisting(n)
	switch {
	case certainty == Certain && n.found.Key != n.Key:
		f.note(NoteWhy, fmt.Sprintf("this Compose %s; 5.4 and newer use it as it is", effect))
	default:
		f.Certainty, f.Severity = Possible, Warning
		f.note(NotePossible, fmt.Sprintf("Compose %s %s", by.named, effect))
	}
	p.Report(f)
	return true
}

// checkRemovedNetwork finds who is on a network that `up` removes, for a reason, and reports whether somebody is. Compose stops the
// containers of its services and takes them off it, and nobody else's; the engine refuses to remove one that a running container is on.
// Source: compose pkg/compose/reconcile.go, planRecreateNetworks; executor_ops.go, execRemoveNetwork, which would leave a network whose
// name is another one now for an answer that neither Docker nor Podman gives. Tried on 20.10, 29, Podman 4.3.1 and 5.8.6.
func (p *Pass) checkRemovedNetwork(n neededNetwork, why string) bool {
	for _, c := range p.Host.attached(n.found) {
		stays := p.Plan.staysOn(n, c)
		inTheWay := c.Running() || p.Host.Engine.keepsNetworkOfStopped()
		if !inTheWay || stays < Possible {
			continue
		}

		f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Certainty: stays,
			Message: fmt.Sprintf("network %q can't be made anew", n.Key), shorter: []string{"this network can't be made anew"},
			Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
		f.note(NoteHeldBy, containerSentence(c, p.Plan)+", which is on it")
		f.note(NoteWhy, why)
		if stays < Certain {
			f.Severity = Warning
			f.note(NotePossible, "this `up` stops that container, perhaps too late")
		}
		f.Fixes = []Fix{p.Plan.Stop(c).fix()}
		p.Report(f)
		return true
	}
	return false
}

// staysOn says how sure it is that a container is still on a network of the project when `up` removes it.
func (plan Plan) staysOn(n neededNetwork, c *Container) Certainty {
	service := plan.home.Service(c.Service)
	member := plan.ours(c) && !c.OneOff && plan.selected[c.Service] && service != nil
	switch {
	case member && service.attachment(n.Key) != nil:
		return Latent
	case member || plan.removeOrphans && plan.swept(c): // stopped, or removed, at the same time
		return Possible
	}
	return Certain
}

// spanOf is where the name of a network is written, else its key, else the first service that is on it.
func (p *Project) spanOf(n *ProjectNetwork) Span {
	switch {
	case n.Name.Span.Known():
		return n.Name.Span
	case n.Span.Known():
		return n.Span
	}
	for i := range p.Services {
		if p.Services[i].attachment(n.Key) != nil {
			return p.Services[i].Span
		}
	}
	return Span{}
}
