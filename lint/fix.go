package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint/envfile"
)

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
		lastOfItsList := b.Block.Known() && left[b.Block] == 0
		oneOfAnUnknownList := !b.Block.Known() && len(items) > 1
		alone := b.Lines.Known() && !p.shared(it)
		if !alone || lastOfItsList || oneOfAnUnknownList {
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
		overlaps, same := e.Span.Start < before.End, e.Span == before && e.Span.Start < e.Span.End
		if overlaps || same || e == edits[i-1] {
			return false
		}
	}
	return slices.IsSortedFunc(edits, func(a, b Edit) int { return a.Span.Compare(b.Span) })
}

// Apply makes edits of one file in its text; the text itself stays as it is. Edits may come in any order, and identical
// ones count once. What several insert at one offset stands there in the order in which it came, before what replaces
// the bytes that follow. Edits that overlap, reach beyond the text or are of several files are an error.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	var out bytes.Buffer
	at, seen := 0, map[Edit]bool{}
	for _, e := range edits {
		if seen[e] {
			continue
		}

		seen[e] = true
		switch {
		case e.Span.File != edits[0].Span.File:
			return nil, fmt.Errorf("cannot edit %q together with %q", e.Span.File, edits[0].Span.File)
		case e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(text):
			return nil, fmt.Errorf("cannot edit bytes %d to %d of %q, which has %d", e.Span.Start, e.Span.End, e.Span.File, len(text))
		case e.Span.Start < at:
			return nil, fmt.Errorf("cannot edit byte %d of %q twice", e.Span.Start, e.Span.File)
		}

		out.Write(text[at:e.Span.Start])
		out.WriteString(e.New)
		at = e.Span.End
	}

	out.Write(text[at:])
	return out.Bytes(), nil
}

// envEdit is a change of an env file as an edit.
func envEdit(file string, c envfile.Change) Edit {
	return Edit{Span: Span{file, c.Start, c.End}, New: c.New}
}

// ConflictsWith reports whether two different edits can't both be made: they replace a byte in common, or insert one variable of
// an env file at one offset. Others that insert at one offset do not meet, and neither do identical ones.
func (e Edit) ConflictsWith(o Edit) bool {
	if e == o || e.Span.File != o.Span.File {
		return false
	}
	if e.Span == o.Span && e.Span.Start == e.Span.End {
		return envfile.SetOneVariable([]byte(e.New), []byte(o.New))
	}
	return e.Span.Start < o.Span.End && o.Span.Start < e.Span.End ||
		e.Span == o.Span && e.Span.Start < e.Span.End
}
