package report

import (
	"strings"

	"github.com/portlint/portlint/lint"
)

// hunk is one run of lines that a fix changes.
type hunk struct {
	file string // as in the span
	line int    // the first old line, or the line before which new ones come, from 1
	old  []string
	new  []string
}

// hunks applies edits, sorted and without overlap, and returns the lines that change. Edits of files that were not read
// or are not ours to show are left out, but for those that create one.
func hunks(sources lint.Sources, edits []lint.Edit) []hunk {
	var out []hunk
	for len(edits) > 0 {
		src := sources[edits[0].Span.File]
		if src == nil && edits[0].Span.End == 0 {
			src = lint.NewSource(nil)
		}
		n := 1
		if src != nil {
			n = together(src, edits)
		}

		if src != nil && !src.Private {
			out = append(out, newHunk(src, edits[:n]))
		}
		edits = edits[n:]
	}
	return out
}

// together counts the first edits that touch the same lines.
func together(src *lint.Source, edits []lint.Edit) int {
	n := 1
	for n < len(edits) && edits[n].Span.File == edits[0].Span.File &&
		src.Position(edits[n].Span.Start).Line <= src.Position(edits[n-1].Span.End).Line {
		n++
	}
	return n
}

func newHunk(src *lint.Source, edits []lint.Edit) hunk {
	first, last := edits[0].Span, edits[len(edits)-1].Span
	line := src.Position(first.Start).Line
	start, _ := src.Line(line)
	_, end := src.Line(src.Position(last.End).Line)
	start, end = min(start, first.Start), max(end, last.End)

	changed := replace(src.Text, lint.Span{Start: start, End: end}, edits)
	h := hunk{file: first.File, line: line, old: splitLines(string(src.Text[start:end])), new: splitLines(changed)}
	return h.trim()
}

// replace returns the text of a span with the edits made, all of which lie within it.
func replace(text []byte, within lint.Span, edits []lint.Edit) string {
	var b strings.Builder
	at := within.Start
	for _, e := range edits {
		b.Write(text[at:e.Span.Start])
		b.WriteString(e.New)
		at = e.Span.End
	}

	b.Write(text[at:within.End])
	return b.String()
}

func splitLines(s string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
}

// trim drops the lines at both ends that stay the same.
func (h hunk) trim() hunk {
	for len(h.old) > 0 && len(h.new) > 0 && h.old[0] == h.new[0] {
		h.old, h.new, h.line = h.old[1:], h.new[1:], h.line+1
	}
	for len(h.old) > 0 && len(h.new) > 0 && h.old[len(h.old)-1] == h.new[len(h.new)-1] {
		h.old, h.new = h.old[:len(h.old)-1], h.new[:len(h.new)-1]
	}
	return h
}

// focus is the part of a line that differs from the other one, [from, to) in bytes.
func focus(line, other string) (from, to int) {
	for from < len(line) && from < len(other) && line[from] == other[from] {
		from++
	}
	to = len(line)
	for to > from && len(other)-(len(line)-to) > from && line[to-1] == other[len(other)-(len(line)-to)-1] {
		to--
	}
	return from, to
}
