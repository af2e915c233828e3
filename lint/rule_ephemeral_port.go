package lint

import "fmt"

var ephemeralPort = Rule{
	Name: "ephemeral-port", Severity: Warning, Certainty: Latent,
	Summary: "a fixed host port in the range that the system gives to outgoing connections",
	Check:   checkEphemeralPort,
}

func checkEphemeralPort(p *Pass) {
	for _, it := range p.Project.Items() {
		if !it.Publishes() || !it.Overlaps(ephemeralFirst, ephemeralLast) {
			continue
		}
		f := it.finding(fmt.Sprintf("%s of %q lies among the ports that Linux gives to outgoing connections, %d-%d; any of them can take it first",
			it.Want(), it.Service.Name, ephemeralFirst, ephemeralLast))
		f.Fixes = p.moveFix([]Item{it})
		p.Report(f)
	}
}
