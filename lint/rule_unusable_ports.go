package lint

import "fmt"

var unusablePorts = Rule{
	Name: "unusable-ports", Severity: Error, Certainty: Certain,
	Summary: "`ports` with which the engine refuses the container", LiveToo: true,
	Check:    checkUnusablePorts,
	Profiles: true,
}

func checkUnusablePorts(p *Pass) {
	for _, s := range p.Plan.Starts {
		if s.Network.Publishing == Refused && p.engine().refusesPortsOnOthersNetwork() {
			p.reportPortless(s, []string{fmt.Sprintf("%q cannot publish ports", s.Name), "these ports cannot be published"},
				fmt.Sprintf("the engine refuses to create a container with ports beside %s", s.Network.Why))
		}
		p.checkBindings(s)
	}
}

// checkBindings finds the ports that the engine takes from nobody.
func (p *Pass) checkBindings(s *Service) {
	if s.Provider {
		return
	}
	done := itemSet{}
	for i := range s.Bindings {
		b := Bound{Service: s, Binding: &s.Bindings[i]}
		why, instead := p.engine().refusesBinding(b.Binding, s.Network)
		if why == "" || !done.add(b) {
			continue
		}
		it := s.Item(b.Binding)
		f := it.finding(fmt.Sprintf("%q cannot publish %s: %s", s.Name, it.Want(), why))
		f.Fixes = []Fix{advise(instead)}
		p.Report(f)
	}
}

// reportPortless reports a service whose ports do nothing good, and offers to delete them.
func (p *Pass) reportPortless(s *Service, headlines []string, why string) {
	items := s.Items()
	if len(items) == 0 {
		return
	}

	f := items[0].finding(headlines...)
	f.note(NoteWhy, why)
	if s.Network.Span.Known() {
		f.Related = append(f.Related, Related{Message: s.Network.Why, Span: s.Network.Span})
	}
	f.Fixes = []Fix{{Title: "delete the ports of this service", Safety: Manual}}
	if edits, ok := p.deletePorts(items); ok {
		f.Fixes[0].Safety, f.Fixes[0].Edits = Unsafe, edits
	}
	p.Report(f)
}

// deletePorts deletes every list that holds one of the items.
func (p *Pass) deletePorts(items []Item) ([]Edit, bool) {
	var edits []Edit
	done := map[Span]bool{}
	for _, it := range items {
		block := it.Head().Block
		if !block.Known() || p.shared(it) {
			return nil, false
		}
		if !done[block] {
			done[block] = true
			edits = append(edits, Edit{Span: block})
		}
	}

	return sortEdits(edits), true
}
