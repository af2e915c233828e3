package lint

import "fmt"

var duplicatePort = Rule{
	Name: "duplicate-port", Severity: Error, Certainty: Certain,
	Summary: "two bindings that one `up` starts need the same host port",
	Check:   checkDuplicatePort,
}

func checkDuplicatePort(p *Pass) {
	bound := p.Plan.Bound()
	for _, g := range collide(bound, p.engine().clashes) {
		p.reportDuplicate(g, g.message(), p.duplicateFix(g))
	}
	for _, g := range crowds(bound, nil) {
		p.reportDuplicate(g, g.crowdMessage(), []Fix{{Title: "give the pools ranges of their own", Safety: Manual}})
	}
	for _, g := range twins(bound) {
		p.reportDuplicate(g, g.twinMessage(), []Fix{{Title: "give each its own variable", Safety: Manual}})
	}
}

// reportDuplicate reports a group at its second binding.
func (p *Pass) reportDuplicate(g group, message string, fixes []Fix) {
	second := g.members[1]
	f := second.Service.Item(second.Binding).finding(message)
	f.Certainty, f.Fixes = g.certainty, fixes
	for i, m := range g.members {
		if i != 1 {
			f.Related = append(f.Related, m.related())
		}
	}
	p.Report(f)
}

// related points at the binding of a group.
func (b Bound) related() Related {
	return b.equal(fmt.Sprintf("%s of %q", b.Service.Item(b.Binding).Want(), b.Service.Name))
}

// equal is a place that is as much at fault as the finding's own: an ignore comment on it counts for all.
func (b Bound) equal(message string) Related {
	return Related{Message: message, Span: b.Span(), Entry: b.Binding.Entry}
}

// duplicateFix deletes what is written twice, or gives every binding but the first another host port.
func (p *Pass) duplicateFix(g group) []Fix {
	var later []Item
	for _, m := range g.members[1:] {
		later = append(later, m.Service.Item(m.Binding))
	}
	if it := later[0]; g.identical() && it.Width() == len(g.ports) {
		if lines := it.Head().Lines; lines.Known() && !p.Project.shared(it) {
			return []Fix{{Title: "delete the second of the two", Safety: Safe, Edits: []Edit{{Span: lines}}}}
		}
		return []Fix{{Title: "delete one of the two", Safety: Manual}}
	}
	first := g.members[0].Service.Item(g.members[0].Binding)
	fixes := p.moveFix(later, first)
	if it := later[0]; len(later) == 1 && first.Service == it.Service && first.Head().Layer.Order < it.Head().Layer.Order && p.replaces(it) {
		fixes = append([]Fix{overrideFix(it)}, fixes...)
	}
	return fixes
}
