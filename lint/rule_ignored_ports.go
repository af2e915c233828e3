package lint

import "fmt"

var ignoredPorts = Rule{
	Name: "ignored-ports", Severity: Warning, Certainty: Certain,
	Summary: "`ports` that bind nothing",
	Check:   checkIgnoredPorts,
	Stack:   checkIgnoredInStack,
}

func checkIgnoredPorts(p *Pass) {
	for i := range p.Project.Services {
		s := &p.Project.Services[i]
		if s.Network.Publishing == Ignored && !p.engine().Publishes(s.Network) {
			p.reportPortless(s, []string{fmt.Sprintf("the ports of %q bind nothing", s.Name), "these ports bind nothing"}, s.Network.Why)
		}
	}
	for _, s := range p.Plan.Starts {
		if items := s.Items(); s.Network.lost != "" && len(items) > 0 {
			p.reportLost(s, items[0])
		}
	}
}

// reportLost reports a service of which an earlier start left a container without its network: `up` starts it as it is,
// says nothing, and repairs it only the next time. Source: moby issue 51758.
func (p *Pass) reportLost(s *Service, first Item) {
	f := first.finding(fmt.Sprintf("the ports of %q may bind nothing", s.Name), "these ports may bind nothing")
	f.note(NotePossible, fmt.Sprintf("a start that failed has left container %q without its network, and this engine starts it as it is", s.Network.lost))
	f.Certainty = Possible
	f.Fixes = []Fix{advise("remove it, so that `up` makes a new one, or run `up` with --force-recreate")}
	if plainWord(p.Project.Label()) && plainWord(s.Name) {
		f.Fixes[0].Command = ShellLine(p.Host.Engine.Client.Compose(p.Project.Name, "rm", "-f", s.Name))
	}
	p.Report(f)
}

// checkIgnoredInStack finds host addresses, which a swarm ignores: what was for this machine is open to all.
func checkIgnoredInStack(p *Pass) {
	for _, s := range p.Plan.Starts {
		for _, it := range s.Items() {
			if ip := it.Head().ignoredHostIP; ip.IsValid() {
				f := it.finding(fmt.Sprintf("a swarm ignores the address %s", ip), fmt.Sprintf("a swarm ignores %s", ip), "a swarm ignores this address")
				f.note(NoteWhy, fmt.Sprintf("%q publishes %s on all addresses", p.Plan.swarmName(s), it.Want()))
				f.Fixes = []Fix{advise("leave the port out where only services of the stack need it, or shut it in the firewall of every node")}
				p.Report(f)
			}
		}
	}
}
