package lint

import "slices"

// deleteFix deletes items that say what another one says: by edits where each stands on lines of its own and leaves
// something in its list.
func (p *Pass) deleteFix(items []Item) Fix {
	fix := Fix{Title: "delete the second of the two", Safety: Unsafe}
	byHand := Fix{Title: "delete one of the two", Safety: Manual}
	if len(items) > 1 {
		fix.Title, byHand.Title = "delete all but the first", "delete all but one of them"
	}
	left := map[Span]int{} // items by list
	for _, it := range p.items(items[0].Service) {
		left[it.Head().Block]++
	}
	for _, it := range items {
		b := it.Head()
		left[b.Block]--
		if !b.Lines.Known() || p.shared(it) || left[b.Block] == 0 && b.Block.Known() || len(items) > 1 && !b.Block.Known() {
			return byHand
		}
		fix.Edits = append(fix.Edits, Edit{Span: b.Lines})
	}
	sortEdits(fix.Edits)
	return fix
}

// doable leaves fixes without edits where these could not be made: out of order, in no known place, or in one another's.
func doable(fixes []Fix) []Fix {
	for i, fix := range fixes {
		if !apply(fix.Edits) {
			fixes = slices.Clone(fixes)
			fixes[i].Edits, fixes[i].Safety = nil, Manual
		}
	}
	return fixes
}

// apply reports whether the edits can be made one after the other, as Fix.Edits promises.
func apply(edits []Edit) bool {
	for i, e := range edits {
		if !e.Span.Known() || e.Span.Start < 0 || e.Span.End < e.Span.Start {
			return false
		}
		if i == 0 || edits[i-1].Span.File != e.Span.File {
			continue
		}
		before := edits[i-1].Span
		if e.Span.Start < before.End || e == edits[i-1] || e.Span == before && e.Span.Start < e.Span.End {
			return false
		}
	}
	return slices.IsSortedFunc(edits, func(a, b Edit) int { return a.Span.Compare(b.Span) })
}
