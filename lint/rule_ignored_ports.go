package lint

import "fmt"

var ignoredPorts = Rule{
	Name: "ignored-ports", Severity: Warning, Certainty: Certain,
	Summary: "`ports` that bind nothing",
	Check:   checkIgnoredPorts,
}

func checkIgnoredPorts(p *Pass) {
	for i := range p.Project.Services {
		s := &p.Project.Services[i]
		if s.Network.Publishing == Ignored {
			p.reportPortless(s, fmt.Sprintf("the ports of %q bind nothing: %s", s.Name, s.Network.Why), Safe)
		}
	}
}
