package lint

import (
	"fmt"
	"slices"
)

var stalePortReference = Rule{
	Name: "stale-port-reference", Severity: Info, Certainty: Possible,
	Summary: "other places name the same host port and would stay behind when it moves",
	Check:   checkStalePortReference,
	Stack:   checkStalePortReference,
}

func checkStalePortReference(p *Pass) {
	for _, it := range p.Project.Items() {
		kind := it.Head().From.Kind
		if kind != Literal && kind != FromDefault || !it.Publishes() {
			continue
		}

		found := it.mentions(p.Project)
		if len(found) == 0 {
			continue
		}
		places := "1 other place names it and stays"
		if len(found) > 1 {
			places = fmt.Sprintf("%d other places name it and stay", len(found))
		}
		f := it.finding(fmt.Sprintf("%s of %q cannot move alone", it.Want(), it.Service.Name), it.Want()+" cannot move alone")
		f.note(NotePossible, places+" behind")
		for _, m := range found {
			f.Related = append(f.Related, Related{Message: fmt.Sprintf("%s names %d", m.Kind, m.Port), Span: m.Span, Quiet: m.Quiet})
		}
		p.Report(f)
	}
}

// mentions are the places outside `ports` that name one of the item's fixed host ports, in order. What follows the
// variable of the item moves with it.
func (i Item) mentions(p *Project) []Mention {
	var found []Mention
	for _, m := range p.Mentions {
		if slices.ContainsFunc(i.Bindings, func(b *Binding) bool { return b.Fixed() && b.First == m.Port && (m.Var == "" || m.Var != b.Var) }) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b Mention) int { return a.Span.Compare(b.Span) })
	return found
}
