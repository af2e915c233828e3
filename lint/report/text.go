package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// maxRelated is how many related places of a finding are shown; JSON and SARIF have all.
const maxRelated = 5

// Text writes the findings for people: the place and the message, the source line with a caret, the related places, the
// fix as a diff, and a summary at the end.
func Text(w io.Writer, r Report) error {
	t := newTextPrinter(r)
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

func newTextPrinter(r Report) textPrinter {
	return textPrinter{Report: r, printer: printer{color: r.Color, width: r.Width}}
}

func (t *textPrinter) finding(f lint.Finding) {
	tint := severityStyle(f.Severity)
	t.put(bold, placeOrProject(t.Report, f)+":")
	t.put(plain, " ")
	t.put(tint, f.Severity.String()+":")
	t.put(plain, " "+f.Headline())
	rule := "[" + f.Rule + "]"
	age := f.Age(t.Asked)
	if t.width > 0 && columnsIn(t.parts)+columnsOf(age+" "+rule) > t.width {
		age = ""
	}
	t.put(plain, age+" ")
	t.put(faint, rule)
	t.hang = hang
	t.end()
	t.source(f.Span, tint)
	for _, n := range t.notes(f) {
		t.labelled(plain, n.label, n.text)
		t.end()
	}
	t.relatedPlaces(f)
	for i, fix := range f.Fixes {
		t.fix(fix, i == 0, f.Span)
	}
}

// noteLine is a text below a headline, with what it tells.
type noteLine struct{ label, text string }

// notes are the lines below the headline of a finding.
func (r Report) notes(f lint.Finding) []noteLine {
	var out []noteLine
	if len(f.Contexts) > 0 {
		out = append(out, noteLine{"on", lint.AndList(f.Contexts)})
	}
	for _, n := range f.Notes {
		out = append(out, noteLine{string(n.Label), r.noteText(n)})
	}
	return out
}

// noteText is what a note tells, with the place where that is written.
func (r Report) noteText(n lint.Note) string {
	text := n.Text
	if n.Span.Known() {
		at := r.place(n.Span)
		text += ", " + at.file
		if at.exact {
			text += fmt.Sprintf(":%d", at.start.Line)
		}
	}
	return text
}

const (
	hang       = 4 // columns before the rest of a line that is too long
	labelWidth = 8 // columns of the labels below a headline, with the colon
)

// labelled begins a line below a headline. What does not fit into it goes on below its text.
func (t *textPrinter) labelled(s style, label, text string) {
	label += ":"
	t.put(plain, "  ")
	t.put(s, label)
	t.put(plain, strings.Repeat(" ", max(labelWidth-len(label), 0)+1))
	t.hang = columnsIn(t.parts)
	t.put(plain, text)
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

// source shows the first line of a span with a caret below; nothing when the line is not known or no text.
func (t *textPrinter) source(s lint.Span, tint style) {
	at := t.place(s)
	if !at.exact {
		return
	}

	src := t.Sources[s.File]
	if src.Private || bytes.IndexByte(src.Text, 0) >= 0 {
		return // it is not ours to show, or UTF-16 or no text at all
	}
	start, end := src.Line(at.start.Line)
	line := string(src.Text[start:end])
	shown := newSnippet(line, s.Start-start, s.End-start, t.window())
	t.gutter(fmt.Sprint(at.start.Line), faint)
	t.put(plain, shown.text)
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

// window is how many columns of a source line are shown.
func (t *textPrinter) window() int {
	const beside = 10 // the gutter, and the mark of what is cut off
	if t.width == 0 {
		return snippetWidth
	}
	return min(snippetWidth, max(t.width, 40)-beside)
}

// relatedPlaces shows the first of them.
func (t *textPrinter) relatedPlaces(f lint.Finding) {
	all := unnoted(f)
	for _, related := range all[:placesShown(len(all))] {
		t.related(related, f.Span)
	}
	if more := len(all) - placesShown(len(all)); more > 0 {
		t.put(plain, fmt.Sprintf("  and %d more", more))
		t.end()
	}
}

// unnoted are the related places of a finding that none of its notes names.
func unnoted(f lint.Finding) []lint.Related {
	return slices.DeleteFunc(slices.Clone(f.Related), func(r lint.Related) bool {
		return r.Span.Known() && slices.ContainsFunc(f.Notes, func(n lint.Note) bool { return n.Span == r.Span })
	})
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
	t.hang = hang
	t.end()
	if r.Quiet {
		return
	}
	if r.Span.File != shown.File || at.start.Line != t.place(shown).start.Line {
		t.source(r.Span, cyan)
	}
}

// fix shows what to do: the command, or the title, and of the first one the lines before and after.
func (t *textPrinter) fix(f lint.Fix, first bool, shown lint.Span) {
	switch label := fixLabel(f, first); {
	case f.Command == "":
		t.labelled(cyan, label, f.Title)
	case f.Plain:
		t.labelled(cyan, label, "")
		t.command(f.Command)
	default:
		t.labelled(cyan, label, f.Title+":")
		indent := t.hang
		t.end()
		t.put(plain, strings.Repeat(" ", indent))
		t.hang = indent
		t.command(f.Command)
	}
	t.end()
	if first {
		t.hunks(f.Edits, shown)
	}
}

// command adds a command line, in pieces that a shell takes for one line where it is longer than the terminal is wide. A word that is
// longer stays whole.
func (t *textPrinter) command(text string) {
	const more = ` \`
	indent, begun := t.hang, false
	t.typed = true
	for _, word := range shellWords(text) {
		switch {
		case begun && t.width > 0 && columnsIn(t.parts)+columnsOf(Escape(word))+len(" "+more) > t.width:
			t.put(plain, more)
			t.end()
			t.typed = true
			t.put(plain, strings.Repeat(" ", indent+2))
		case begun:
			t.put(plain, " ")
		}
		t.put(plain, word)
		begun = true
	}
}

// shellWords are the words of a command line as they are written, quoted as lint.ShellQuote does where they are.
func shellWords(text string) []string {
	var words []string
	inQuotes, escaped, from := false, false, 0
	for i, r := range text {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && !inQuotes:
			escaped = true
		case r == '\'':
			inQuotes = !inQuotes
		case r == ' ' && !inQuotes:
			words, from = append(words, text[from:i]), i+1
		}
	}
	return append(words, text[from:])
}

// fixLabel says what a fix is, and of one that is not the first that it is another way. What is shown is not proved yet.
func fixLabel(f lint.Fix, first bool) string {
	switch {
	case f.Kind == lint.FixFrees:
		return "free it"
	case f.Kind == lint.FixMoves && first:
		return "move it"
	case f.Kind == lint.FixMoves:
		return "or move"
	case !first:
		return "or"
	case len(f.Edits) > 0 && f.Safety == lint.Safe:
		return "fix"
	case len(f.Edits) > 0:
		return "unsafe"
	default:
		return "help"
	}
}

// hunks shows changed lines in the form of their source, first those that the reader just saw, then the others with
// their place.
func (t *textPrinter) hunks(edits []lint.Edit, shown lint.Span) {
	line := t.place(shown).start.Line
	var others []hunk
	for _, h := range hunks(t.Sources, edits) {
		if h.file == shown.File && h.line == line {
			t.hunk(h)
		} else {
			others = append(others, h)
		}
	}

	for _, h := range others {
		t.put(faint, fmt.Sprintf("  %s:%d", t.Path(h.file), h.line))
		t.end()
		t.hunk(h)
	}
}

func (t *textPrinter) hunk(h hunk) {
	t.changed(h.old, h.new, "-", darkRed)
	t.changed(h.new, h.old, "+", green)
}

func (t *textPrinter) changed(lines, others []string, mark string, s style) {
	for i, line := range lines {
		other := ""
		if i < len(others) {
			other = others[i]
		}
		from, to := focus(line, other)
		t.gutter(mark, s)
		t.put(s, newSnippet(line, from, to, t.window()).text)
		t.end()
	}
}
