package report

import (
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

// style is the parameter of an ANSI "select graphic rendition" sequence; "" changes nothing.
type style string

const (
	plain   style = ""
	bold    style = "1"
	faint   style = "2"
	darkRed style = "31"
	green   style = "32"
	red     style = "1;31"
	yellow  style = "1;33"
	cyan    style = "1;36"
)

// paint gives text its style.
func (s style) paint(text string) string { return "\x1b[" + string(s) + "m" + text + colorEnd }

const colorEnd = "\x1b[0m"

func severityStyle(s lint.Severity) style {
	switch s {
	case lint.Error:
		return red
	case lint.Warning:
		return yellow
	default:
		return cyan
	}
}

// printer collects lines for a terminal. put is the only way in, and it escapes.
type printer struct {
	text  strings.Builder
	color bool
	width int    // of the terminal, in columns; 0: lines are as long as they come
	parts []part // of the line that is being written
	hang  int    // columns before what does not fit into this line
	typed bool   // this line is somebody's to type, and is not broken
}

// part is a text of one style within a line, escaped.
type part struct {
	style style
	text  string
}

// put adds text to the line.
func (p *printer) put(s style, text string) {
	if text = Escape(text); text != "" {
		p.parts = append(p.parts, part{s, text})
	}
}

// end ends the line. What does not fit into the terminal goes on below, indented, and no word is broken. A line to type stays whole.
func (p *printer) end() {
	parts := p.parts
	if !p.typed && p.width > 0 && columnsIn(p.parts) > p.width {
		parts = folded(p.parts, p.width, p.hang)
	}
	for _, one := range parts {
		p.write(one)
	}
	p.text.WriteByte('\n')
	p.parts, p.hang, p.typed = nil, 0, false
}

func (p *printer) write(one part) {
	text := one.text
	if p.color && one.style != plain {
		text = one.style.paint(text)
	}
	p.text.WriteString(text)
}

func (p *printer) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.text.String())
	return err
}

// folded breaks a line between words, so that each piece fits into a width: the second and later ones behind an indent.
func folded(line []part, width, indent int) []part {
	var out, gap []part // gap: the spaces since the last word
	column := 0
	for _, word := range wordsOf(line) {
		if word[0].blank() {
			gap = word
			continue
		}

		before, columns := columnsIn(gap), columnsIn(word)
		if len(out) > 0 && column+before+columns > width {
			gap, before, column = []part{{plain, "\n" + strings.Repeat(" ", indent)}}, indent, 0
		}
		out = append(append(out, gap...), word...)
		column, gap = column+before+columns, nil
	}
	return out
}

// Fold breaks a line, escaped already, between words, so that each piece fits into width columns, 0 for a line as long as it comes.
// The second and later ones stand behind indent columns. What stands in backquotes, a command to type, stays whole.
func Fold(line string, width, indent int) string {
	if width <= 0 || columnsOf(line) <= width {
		return line
	}

	inside := false
	joined := strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			inside = !inside
		case r == ' ' && inside:
			return unbroken
		}
		return r
	}, line)

	var out strings.Builder
	for _, one := range folded([]part{{plain, joined}}, width, indent) {
		out.WriteString(one.text)
	}
	return strings.ReplaceAll(out.String(), string(unbroken), " ")
}

// unbroken stands for a space at which a line is not broken. Escaped text does not have it.
const unbroken = '\x00'

// wordsOf are the words of a line, which may be of several styles, and the spaces between them.
func wordsOf(line []part) [][]part {
	var words [][]part
	for _, one := range line {
		for rest := one.text; rest != ""; {
			n := strings.IndexByte(rest, ' ')
			if n == 0 {
				n = len(rest) - len(strings.TrimLeft(rest, " "))
			} else if n < 0 {
				n = len(rest)
			}
			piece := part{one.style, rest[:n]}
			rest = rest[n:]

			last := len(words) - 1
			if last >= 0 && words[last][0].blank() == piece.blank() {
				words[last] = append(words[last], piece)
			} else {
				words = append(words, []part{piece})
			}
		}
	}
	return words
}

// blank reports whether the part is nothing but spaces.
func (p part) blank() bool { return p.text[0] == ' ' }

// columnsIn is how wide a line is.
func columnsIn(line []part) int {
	n := 0
	for _, one := range line {
		n += columnsOf(one.text)
	}
	return n
}
