package report

import (
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/portlint/portlint/lint"
)

const (
	gap          = 2  // columns between two columns of a table
	messageWidth = 30 // columns that a message keeps, with its gap, however narrow the terminal is
)

// Table writes one row per finding, to be looked at by people, and the summary of Text.
func Table(w io.Writer, r Report) error {
	g := grid{header: heads("place", "severity", "rule", "port", "service", "message")}
	for _, f := range r.Findings {
		g.add(placeOrProject(r, f), f.Severity.String(), f.Rule, want(f.Binding), f.Service, said(f))
	}
	if err := g.write(w, r.Width); err != nil {
		return err
	}
	t := newTextPrinter(r)
	t.ending()
	return t.flush(w)
}

// said is the headline of a finding where nothing stands below it: with the engines for which it holds, of several, and how sure it is,
// when it is not certain.
func said(f lint.Finding) string {
	text := f.Message
	if len(f.Contexts) > 0 {
		text = "on " + lint.AndList(f.Contexts) + ": " + text
	}
	if f.Certainty == lint.Certain || len(f.Profiles) > 0 {
		return text
	}
	return text + " (" + f.Certainty.String() + ")"
}

func want(b *lint.Binding) string {
	if b == nil {
		return ""
	}
	return b.Want()
}

// grid is a table of text. add is the only way in, and it escapes.
type grid struct {
	header []string
	rows   [][]string
	tint   func(head, cell string) style // nil for a table without colors
}

// heads are the names of columns as tables show them.
func heads(names ...string) []string { return each(names, strings.ToUpper) }

func (g *grid) add(cells ...string) {
	g.rows = append(g.rows, each(cells, func(cell string) string { return strings.TrimSpace(Escape(cell)) }))
}

// drop leaves out a column in which every row says the same as dull.
func (g *grid) drop(name, dull string) {
	column := slices.Index(g.header, strings.ToUpper(name))
	for _, row := range g.rows {
		if row[column] != dull {
			return
		}
	}
	g.without(column)
}

// without leaves out a column.
func (g *grid) without(column int) {
	g.header = without(g.header, column)
	g.rows = each(g.rows, func(row []string) []string { return without(row, column) })
}

func without(cells []string, i int) []string {
	return slices.Delete(slices.Clone(cells), i, i+1)
}

// write draws the table as wide as its texts or, if width is not 0, wraps messages to fit; nothing when it has no rows.
func (g *grid) write(w io.Writer, width int) error {
	if len(g.rows) == 0 {
		return nil
	}

	widths := make([]int, len(g.header))
	for i := range g.header {
		widths[i] = g.columns(i)
	}
	message := slices.Index(g.header, "MESSAGE")
	if message >= 0 && width > 0 {
		widths[message] = g.room(widths, message, width)
	}

	var out strings.Builder
	line := func(cells []string) {
		var text strings.Builder
		for i, cell := range cells {
			text.WriteString(g.painted(i, cell) + strings.Repeat(" ", widths[i]-columnsOf(cell)+gap))
		}
		out.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}

	line(g.header)
	for _, w := range widths {
		out.WriteString(strings.Repeat("─", w+gap))
	}
	out.WriteByte('\n')
	for _, row := range g.rows {
		if message < 0 || width == 0 {
			line(row)
			continue
		}
		for i, part := range wrap(row[message], widths[message]) {
			cells := make([]string, len(row))
			if i == 0 {
				copy(cells, row)
			}
			cells[message] = part
			line(cells)
		}
	}

	_, err := io.WriteString(w, out.String())
	return err
}

// painted is a cell in its color.
func (g *grid) painted(column int, cell string) string {
	head := g.header[column]
	if g.tint == nil || cell == "" || cell == head {
		return cell
	}
	if s := g.tint(head, cell); s != plain {
		return s.paint(cell)
	}
	return cell
}

// room is how wide the column of messages is, so that the table fits: a path in two parts can't be copied, and so messages alone
// are wrapped, but no word of theirs.
func (g *grid) room(widths []int, message, width int) int {
	for i, w := range widths {
		if i != message {
			width -= w + gap
		}
	}

	longest := columnsOf(g.header[message])
	limit, most := max(width, messageWidth)-gap, longest
	for _, row := range g.rows {
		for _, word := range strings.Fields(row[message]) {
			longest = max(longest, columnsOf(word))
		}
		most = max(most, columnsOf(row[message]))
	}
	return min(max(limit, longest), most)
}

// wrap breaks a text between words into lines of at most so many columns. Even an empty text is a line.
func wrap(text string, width int) []string {
	if columnsOf(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && columnsOf(line)+1+columnsOf(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// columns is the width of the widest cell of a column.
func (g *grid) columns(i int) int {
	most := columnsOf(g.header[i])
	for _, row := range g.rows {
		most = max(most, columnsOf(row[i]))
	}
	return most
}

// columnsOf is how wide a text is on a terminal, whatever the locale says.
func columnsOf(text string) int {
	var widths runewidth.Condition
	return widths.StringWidth(text)
}
