package lint

import "fmt"

var networkInUse = Rule{
	Name: "network-in-use", Severity: Error, Certainty: Certain, Live: true,
	Summary: "a network that the project did not make has the name of one of its own, or somebody is on one that `up` makes anew",
	Check:   checkNetworkInUse,
}

// checkNetworkInUse finds the networks of the engine that have the name of one that `up` needs and that are not the project's by
// Compose's labels. Compose up to 2.17, and from 5.4 on, uses one as it is, those from 2.20 to 5.2 refuse it where the label with
// its key is not the project's key, and from 2.33 on remove it where it was defined otherwise.
// Source: compose pkg/compose/create.go, resolveOrCreateNetwork of 2.20 to 5.2, discoverUnmanagedNetworks of 5.4 and newer.
func checkNetworkInUse(p *Pass) {
	for _, n := range p.Plan.networks {
		if n.fate == networkRenamed || n.fate == networkReplaced {
			p.checkRemovedNetwork(n)
		}
		if n.fate != networkReused {
			continue
		}

		effect := ""
		switch {
		case n.found.Key != n.Key:
			effect = "Compose 2.20 to 5.2 refuses it because of its labels"
		case !n.hasSubnetsOf(n.found):
			effect = "Compose 2.33 to 5.2 removes it to make another one"
		default:
			continue
		}

		f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Certainty: Possible, Severity: Warning, Message: fmt.Sprintf("network %q exists already", n.Key),
			shorter: []string{"this network exists already"}, Notes: []Note{{Label: NoteHeldBy, Text: p.networkSentence(n.found)}, {Label: NotePossible, Text: effect}},
			Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
		f.Fixes = []Fix{advise("say `external: true` where it is meant, or give the network another name"), p.freeNetwork(n.found)}
		p.Report(f)
	}
}

// checkRemovedNetwork finds who is on a network that `up` removes because its name or its subnets are others now. Compose stops the
// containers of its services and takes them off it, and nobody else's; the engine refuses to remove one that a running container is on.
// Source: compose pkg/compose/reconcile.go, planRecreateNetworks; executor_ops.go, execRemoveNetwork, which takes that refusal of Podman
// for a reason to leave the network, but not that of Docker.
func (p *Pass) checkRemovedNetwork(n neededNetwork) {
	if p.Host.Engine.Podman() {
		return
	}
	for _, c := range p.Host.attached(n.found) {
		stays := p.Plan.staysOn(n, c)
		if !c.Running() || stays < Possible {
			continue
		}

		f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Certainty: stays,
			Message: fmt.Sprintf("network %q can't be made anew", n.Key), shorter: []string{"this network can't be made anew"},
			Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
		f.note(NoteHeldBy, containerSentence(c, p.Plan)+", which is on it")
		f.note(NoteWhy, fmt.Sprintf("the name or the subnets of %q are others now, so `up` stops the services on it and removes it", n.found.Name))
		if stays < Certain {
			f.Severity = Warning
			f.note(NotePossible, "this `up` stops that container, perhaps too late")
		}
		f.Fixes = []Fix{p.Plan.Stop(c).fix()}
		p.Report(f)
		return
	}
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
