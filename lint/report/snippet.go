package report

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

const (
	snippetWidth = 110 // columns of a source line before it is cut, at most
	tabWidth     = 4   // tabs are printed as spaces, so that the caret below is right on every terminal
)

// cell is one character of a source line as the terminal shows it.
type cell struct {
	text   string
	offset int // in bytes from the start of the line
	width  int // in columns
}

// snippet is what is shown of a source line, with the columns of the part that is meant.
type snippet struct {
	text   string
	indent int // columns before the part
	width  int // columns of the part, at least 1
}

// caret marks the part, on the line below.
func (s snippet) caret() string {
	return strings.Repeat(" ", s.indent) + "^" + strings.Repeat("~", s.width-1)
}

// newSnippet shows a line of which the bytes [from, to) are meant, as far as they lie in the line. One that is longer than window
// columns is cut around that part.
func newSnippet(line string, from, to, window int) snippet {
	cells := layOut(line)
	left, right, total := columns(cells, from), columns(cells, to), columns(cells, len(line))
	right = max(right, left+1)
	if total <= window {
		return snippet{text: join(cells), indent: left, width: right - left}
	}

	start := 0
	if right > window-10 {
		start = max(0, left-window/3)
		start -= start % 20 // so that the lines of a diff are cut at the same place
	}

	return cut(cells, left, right, start, start+window)
}

// layOut turns a line into cells: escaped, tabs widened.
func layOut(line string) []cell {
	var widths runewidth.Condition // not the package's default, which depends on the locale
	var cells []cell
	column := 0
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		c := cell{text: escapeRune(r, line[i:i+size]), offset: i}
		if r == '\t' {
			c.text = strings.Repeat(" ", tabWidth-column%tabWidth)
		}

		for _, shown := range c.text {
			c.width += widths.RuneWidth(shown)
		}
		cells = append(cells, c)
		column += c.width
		i += size
	}

	return cells
}

// columns is how many columns the cells before a byte offset take.
func columns(cells []cell, offset int) int {
	n := 0
	for _, c := range cells {
		if c.offset < offset {
			n += c.width
		}
	}
	return n
}

func join(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.text)
	}
	return b.String()
}

// cut keeps the cells within the columns [start, end) and marks what is missing with "…". The columns [left, right) are
// meant, and left lies within.
func cut(cells []cell, left, right, start, end int) snippet {
	var visible []cell
	column, first, last := 0, -1, 0
	for _, c := range cells {
		if column >= start && column+c.width <= end {
			if first < 0 {
				first = column
			}
			visible = append(visible, c)
			last = column + c.width
		}
		column += c.width
	}

	s := snippet{text: join(visible), indent: left - first, width: max(1, min(right, last)-left)}
	if first > 0 {
		s.text, s.indent = "…"+s.text, s.indent+1
	}

	if last < column {
		s.text += "…"
	}

	return s
}
