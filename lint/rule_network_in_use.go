package lint

import "fmt"

var networkInUse = Rule{
	Name: "network-in-use", Severity: Warning, Certainty: Possible, Live: true,
	Summary: "a network that the project did not make has the name of one of its own, which some versions of Compose refuse",
	Check:   checkNetworkInUse,
}

// checkNetworkInUse finds the networks of the engine that have the name of one that `up` needs and that are not the project's by
// Compose's labels. Compose up to 2.17, and from 5.4 on, uses one as it is, those from 2.20 to 5.2 refuse it where the label with
// its key is not the project's key, and from 2.33 on remove it where it was defined otherwise.
// Source: compose pkg/compose/create.go, resolveOrCreateNetwork of 2.20 to 5.2, discoverUnmanagedNetworks of 5.4 and newer.
func checkNetworkInUse(p *Pass) {
	for _, n := range p.Plan.networks {
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

		f := Finding{Span: p.Project.spanOf(n.ProjectNetwork), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Message: fmt.Sprintf("network %q exists already", n.Key),
			shorter: []string{"this network exists already"}, Notes: []Note{{Label: NoteHeldBy, Text: p.networkSentence(n.found)}, {Label: NotePossible, Text: effect}},
			Owner: &Owner{Kind: OwnerNetwork, Network: n.found, UID: -1}}
		f.Fixes = []Fix{advise("say `external: true` where it is meant, or give the network another name"), p.freeNetwork(n.found)}
		p.Report(f)
	}
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
