package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

// maxRelated is how many related places of a finding are shown; JSON and SARIF have all.
const maxRelated = 5

// Text writes the findings for people: the place and the message, the source line with a caret, the related places, the
// fix as a diff, and a summary at the end.
func Text(w io.Writer, r Report) error {
	t := textPrinter{Report: r}
	t.color = r.Color
	for i, f := range r.Findings {
		if i > 0 {
			t.end()
		}
		t.finding(f)
	}

	t.ending()
	return t.flush(w)
}

type textPrinter struct {
	printer
	Report
}

func (t *textPrinter) finding(f lint.Finding) {
	tint := severityStyle(f.Severity)
	t.put(bold, placeOrProject(t.Report, f)+":")
	t.put(plain, " ")
	t.put(tint, f.Severity.String()+":")
	t.put(plain, " "+said(f)+" ")
	t.put(faint, "["+f.Rule+"]")
	t.end()
	t.source(f.Span, tint)
	t.relatedPlaces(f)
	for i, fix := range f.Fixes {
		if i == 0 {
			t.fix(fix, f.Span)
		} else {
			t.otherFix(fix)
		}
	}
}

// placeOrProject is where a finding is; one without a place names its project.
func placeOrProject(r Report, f lint.Finding) string {
	switch {
	case f.Span.Known():
		return r.place(f.Span).String()
	case f.Project != "":
		return f.Project
	default:
		return toolName
	}
}

// said is the message of a finding, for which of several engines it holds, and how sure it is, when it is not certain.
func said(f lint.Finding) string {
	text := f.Message
	if len(f.Contexts) > 0 {
		text = "on " + lint.AndList(f.Contexts) + ": " + text
	}
	if f.Certainty == lint.Certain || len(f.Profiles) > 0 { // the profile is the condition, and is named
		return text
	}
	return text + " (" + f.Certainty.String() + ")"
}

// source shows the first line of a span with a caret below; nothing when the line is not known or no text.
func (t *textPrinter) source(s lint.Span, tint style) {
	at := t.place(s)
	if !at.Exact {
		return
	}

	src := t.Sources[s.File]
	if src.Private || bytes.IndexByte(src.Text, 0) >= 0 {
		return // it is not ours to show, or UTF-16 or no text at all
	}
	start, end := src.Line(at.Start.Line)
	line := string(src.Text[start:end])
	shown := newSnippet(line, s.Start-start, s.End-start)
	t.gutter(fmt.Sprint(at.Start.Line), faint)
	t.put(plain, shown.Text)
	t.end()
	t.gutter("", faint)
	t.put(tint, shown.caret())
	t.end()
}

func (t *textPrinter) gutter(mark string, s style) {
	t.put(s, fmt.Sprintf("%5s ", mark))
	t.put(faint, "|")
	t.put(plain, " ")
}

// relatedPlaces shows the first of them.
func (t *textPrinter) relatedPlaces(f lint.Finding) {
	for _, related := range f.Related[:placesShown(len(f.Related))] {
		t.related(related, f.Span)
	}
	if more := len(f.Related) - placesShown(len(f.Related)); more > 0 {
		t.put(plain, fmt.Sprintf("  and %d more", more))
		t.end()
	}
}

// placesShown is how many of n related places people get to see. It saves no line to leave out a single one.
func placesShown(n int) int {
	if n <= maxRelated+1 {
		return n
	}
	return maxRelated
}

// related shows another place, and its source line when it is not the one that was just shown.
func (t *textPrinter) related(r lint.Related, shown lint.Span) {
	t.put(plain, "  ")
	at := t.place(r.Span)
	if r.Span.Known() {
		t.put(bold, at.String()+":")
		t.put(plain, " ")
	}

	t.put(plain, r.Message)
	t.end()
	if r.Quiet {
		return
	}
	if r.Span.File != shown.File || at.Start.Line != t.place(shown).Start.Line {
		t.source(r.Span, cyan)
	}
}

// fix shows the best fix: its title, and the lines before and after or the command.
func (t *textPrinter) fix(f lint.Fix, shown lint.Span) {
	t.put(plain, "  ")
	t.put(cyan, label(f.Safety)+":")
	t.put(plain, " "+f.Title)
	t.end()
	t.hunks(f.Edits, shown)
	if f.Command != "" {
		t.gutter("$", faint)
		t.put(plain, f.Command)
		t.end()
	}
}

// label says what a fix is. What is shown is not proved yet.
func label(s lint.Safety) string {
	switch s {
	case lint.Safe:
		return "fix to try"
	case lint.Unsafe:
		return "unsafe fix to try"
	default:
		return "help"
	}
}

// hunks shows changed lines in the form of their source, first those that the reader just saw, then the others with
// their place.
func (t *textPrinter) hunks(edits []lint.Edit, shown lint.Span) {
	line := t.place(shown).Start.Line
	var others []hunk
	for _, h := range hunks(t.Sources, edits) {
		if h.File == shown.File && h.Line == line {
			t.hunk(h)
		} else {
			others = append(others, h)
		}
	}

	for _, h := range others {
		t.put(faint, fmt.Sprintf("  %s:%d", t.Path(h.File), h.Line))
		t.end()
		t.hunk(h)
	}
}

func (t *textPrinter) hunk(h hunk) {
	t.changed(h.Old, h.New, "-", darkRed)
	t.changed(h.New, h.Old, "+", green)
}

func (t *textPrinter) changed(lines, others []string, mark string, s style) {
	for i, line := range lines {
		other := ""
		if i < len(others) {
			other = others[i]
		}
		from, to := focus(line, other)
		t.gutter(mark, s)
		t.put(s, newSnippet(line, from, to).Text)
		t.end()
	}
}

func (t *textPrinter) otherFix(f lint.Fix) {
	t.put(plain, "  ")
	t.put(cyan, "or:")
	t.put(plain, " "+strings.Join(notEmpty(f.Title, f.Command), ": "))
	t.end()
}

func notEmpty(texts ...string) []string {
	var out []string
	for _, s := range texts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
