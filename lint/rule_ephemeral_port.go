package lint

import "fmt"

var ephemeralPort = Rule{
	Name: "ephemeral-port", Severity: Warning, Certainty: Latent,
	Summary: "a fixed host port in the range that the system gives to outgoing connections",
	Check:   checkEphemeralPort,
}

func checkEphemeralPort(p *Pass) {
	span, whose := p.Host.ephemeral(), "Linux"
	if p.Host.asked() && p.Host.Ephemeral[1] != 0 {
		whose = "this machine"
	}
	for _, it := range p.Project.Items() {
		if !it.Publishes() || !it.Overlaps(span[0], span[1]) {
			continue
		}
		f := it.finding(fmt.Sprintf("%s of %q lies among the ports that %s gives to outgoing connections, %d-%d; any of them can take it first",
			it.Want(), it.Service.Name, whose, span[0], span[1]))
		f.Fixes = p.moveFix([]Item{it})
		p.Report(f)
	}
}
