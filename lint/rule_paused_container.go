package lint

import (
	"fmt"
	"slices"
)

var pausedContainer = Rule{
	Name: "paused-container", Severity: Error, Certainty: Certain, Live: true,
	Summary: "a paused container of the project, which the engine neither stops nor starts",
	Check:   checkPausedContainers,
}

// checkPausedContainers looks at the project's containers that this `up` stops, or starts where they stay.
func checkPausedContainers(p *Pass) {
	if p.Host.Engine.stopsPaused() || p.up.PodmanCompose {
		return
	}

	starts := func(c *Container) bool {
		return p.Plan.ours(c) && !c.OneOff && slices.ContainsFunc(p.Plan.Starts, func(s *Service) bool { return s.Name == c.Service })
	}
	for _, c := range slices.Concat(p.Plan.freed, p.Plan.staying) {
		freed := slices.Contains(p.Plan.freed, c)
		if c.State != "paused" || !freed && !starts(c) {
			continue
		}

		s := p.Project.Service(c.Service)
		if s == nil && len(p.Plan.Starts) > 0 { // an orphan
			s = p.Plan.Starts[0]
		}
		if s == nil {
			continue
		}

		f := Finding{Service: s.Name, Span: s.Span, Message: fmt.Sprintf("a container of %q is paused", c.Service)}
		f.shorter = []string{"a container is paused"} // its name is in the command
		f.note(NoteWhy, PodmanName+" neither stops nor starts a container that is paused")
		unpause := Stopping{title: "let it go on", Short: "unpause " + c.Name, Command: c.Client.Words("unpause", c.Name), plain: true}
		f.Fixes = []Fix{unpause.fix()}
		p.Report(f)
	}
}
