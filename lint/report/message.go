package report

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// What a finding says where a format has one text for it: the headline, then a line for each thing that stands below it.

// Message is the headline of a finding and the notes below it, each escaped to one line.
func (r Report) Message(f lint.Finding) []string {
	out := []string{Escape(f.Headline())}
	for _, n := range r.notes(f) {
		out = append(out, Escape(n.label+": "+n.text))
	}
	return out
}

// paragraphs are the message, the related places and the first fix.
func (r Report) paragraphs(f lint.Finding) []string {
	out, all := r.Message(f), unnoted(f)
	for _, o := range all[:placesShown(len(all))] {
		line := o.Message
		if o.Span.Known() {
			line = r.place(o.Span).String() + ": " + line
		}
		out = append(out, Escape(line))
	}

	if more := len(all) - placesShown(len(all)); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	if len(f.Fixes) > 0 {
		out = append(out, FixLine(f.Fixes[0]))
	}
	return out
}

// Holder says who has a port: the headline, who it is to the end, and how it gives the port back, each escaped to one line.
func (r Report) Holder(u lint.PortUse, b lint.Owner) []string {
	before := fmt.Sprintf("%d/%s is ", u.Port, u.Proto)
	lines := []string{
		Escape(before + b.Headline(columnsOf(before), r.Asked)),
		Escape("  " + string(lint.NoteHeldBy) + ": " + r.noteText(b.HeldBy())),
	}
	if fix := b.Free(); fix.Title != "" {
		lines = append(lines, "  "+FixLine(fix))
	}
	return lines
}

// FixLine is a fix as one line: what it is, and the command or what is to be done.
func FixLine(f lint.Fix) string {
	text := f.Title
	switch {
	case f.Plain && f.Command != "":
		text = f.Command
	case f.Command != "":
		text += ": " + f.Command
	}
	return Escape(fixLabel(f, true) + ": " + text)
}
