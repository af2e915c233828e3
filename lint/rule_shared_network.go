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
			Fixes:   p.networkNameFixes(n)}
		if n.External {
			f.Message = fmt.Sprintf("network %q is external; a second checkout joins it too, and %s", n.Key, p.Project.answering(n))
			f.Fixes = []Fix{advise("give the services aliases of their own there, or leave those out that need not be on it")}
		}
		p.Report(f)
	}
}

// networkNameFixes make the name of a network a variable, so that another checkout can have one of its own. Where another project in sight
// means that network by its name, the name can't change alone.
func (p *Pass) networkNameFixes(n *ProjectNetwork) []Fix {
	byHand := advise("leave `name` out, and each project has a network of its own")
	name := p.suggester.networkVariable(p.Project, n.Key)
	if n.External || name == "" {
		return []Fix{byHand}
	}
	for _, other := range p.Projects {
		if joined := other.joins(n.Name); joined != nil {
			byHand.Title = fmt.Sprintf("project %q means this network by its name, too: leave `name` out where each is to have its own, or write %s in both",
				other.Label(), withDefault(name, n.Name.Label()))
			return []Fix{byHand}
		}
	}
	if fix, ok := p.variableFix(n.Name, name, "name of network "+n.Key); ok {
		return []Fix{fix, byHand}
	}
	return []Fix{byHand}
}

// joins is a network that the project means by a name that is written elsewhere, nil where there is none.
func (p *Project) joins(name Value) *ProjectNetwork {
	for i := range p.Networks {
		n := &p.Networks[i]
		if n.Name.Text == name.Text && n.sharedByName() && n.Name.Span != name.Span {
			return n
		}
	}
	return nil
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
