package lint

import (
	"fmt"
	"slices"
)

var sharedNetwork = Rule{
	Name: "shared-network", Severity: Info, Certainty: Certain,
	Summary: "a network that all checkouts have in common, on which their services answer to the same names",
	Check:   checkSharedNetwork,
}

// engineNetworks are those that every engine has, and that no project makes.
var engineNetworks = []string{"bridge", "host", "none"}

func checkSharedNetwork(p *Pass) {
	for i := range p.Project.Networks {
		n := &p.Project.Networks[i]
		fixed := n.Name.Literal() || n.External && !n.Name.Span.Known()
		shared := fixed && n.sharedByName() || p.beside.hasNetwork(n)
		if !shared || !p.Project.uses(n) || slices.Contains(engineNetworks, n.Name.Text) {
			continue
		}

		f := Finding{Span: p.Project.spanOf(n), Name: &Name{Kind: NameOfNetwork, Value: n.Name}, Message: fmt.Sprintf("network %q is shared; it is %q in every checkout, a second one joins it, and %s", n.Key, n.Name.Label(), p.Project.answering(n)),
			shorter: []string{"this network is shared"},
			Fixes:   []Fix{advise("leave `name` out, and each project has a network of its own")}}
		if n.External {
			f.Message = fmt.Sprintf("network %q is external; a second checkout joins it too, and %s", n.Key, p.Project.answering(n))
			f.Fixes = []Fix{advise("give the services aliases of their own there, or leave those out that need not be on it")}
		}
		p.Report(f)
	}
}

// answering says which services have their names twice on a network that two checkouts are on.
func (p *Project) answering(n *ProjectNetwork) string {
	var names []string
	for i := range p.Services {
		if p.Services[i].attachment(n.Key) != nil {
			names = append(names, p.Services[i].Name)
		}
	}
	if len(names) == 1 {
		return fmt.Sprintf("%s then means either service", quoted(names))
	}
	return fmt.Sprintf("%s then mean the services of either", quoted(names))
}
