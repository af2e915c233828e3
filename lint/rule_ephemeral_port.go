package lint

import "fmt"

var ephemeralPort = Rule{
	Name: "ephemeral-port", Severity: Warning, Certainty: Latent,
	Summary: "a fixed host port, or a whole pool, in the range that the system gives to outgoing connections",
	Check:   checkEphemeralPort,
}

func checkEphemeralPort(p *Pass) {
	span, whose := p.Host.ephemeral(), "Linux"
	if p.Host.asked() && p.Host.Ephemeral.Known() {
		whose = "this machine"
	}

	for _, it := range p.Project.Items() {
		inside := it.inside(span)
		if !it.Publishes() || len(inside.Bindings) == 0 {
			continue
		}
		f := it.finding(fmt.Sprintf("%s of %q may be taken", inside.Want(), it.Service.Name), inside.Want()+" may be taken")
		f.note(NoteLatent, fmt.Sprintf("%s gives %d-%d to outgoing connections; any of them can take it first", whose, span.First, span.Last))
		f.wants, f.common = inside.Want(), "may be taken"
		f.Fixes = p.moveFix([]Item{it})
		p.Report(f)
	}
}

// inside is the part of an item that the range takes in: its fixed ports there, and a pool only as a whole, as of
// another one some ports are always left.
func (i Item) inside(span Ports) Item {
	part := Item{Service: i.Service}
	for _, b := range i.Bindings {
		if span.Covers(b.Ports) {
			part.Bindings = append(part.Bindings, b)
		}
	}
	return part
}
