package report

import (
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/portlint/portlint/lint"
)

const (
	gap          = 2  // columns between two columns of a table
	messageWidth = 30 // columns that a message keeps, however narrow the terminal is
)

// writeTable writes one row per finding, to be looked at by people, and the summary of Text.
func writeTable(w io.Writer, r Report) error {
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

	var out strings.Builder
	t := tablewriter.NewTable(&out,
		tablewriter.WithEastAsian(tw.Off), // not what the locale says
		tablewriter.WithRenderer(renderer.NewBlueprint(rendition())),
		tablewriter.WithHeaderConfig(leftAligned()),
		tablewriter.WithHeaderAutoFormat(tw.Off), // which the line before sets, too
		tablewriter.WithRowConfig(g.wrapping(width)),
	)
	t.Header(g.header)
	for _, row := range g.rows {
		if err := t.Append(g.paintedRow(row)); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}

	_, err := io.WriteString(w, trimLines(out.String()))
	return err
}

// paintedRow is a row with its cells in their colors.
func (g *grid) paintedRow(row []string) []string {
	painted := make([]string, len(row))
	for i, cell := range row {
		painted[i] = g.painted(i, cell)
	}
	return painted
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

// wrapping wraps messages only: a path in two parts can't be copied.
func (g *grid) wrapping(width int) tw.CellConfig {
	c := leftAligned()
	c.Formatting.AutoWrap = tw.WrapNone
	message := slices.Index(g.header, "MESSAGE")
	if message < 0 || width == 0 {
		return c
	}

	left := width
	for i := range g.header {
		if i != message {
			left -= g.columns(i) + gap
		}
	}

	c.Formatting.AutoWrap = tw.WrapNormal
	// The library counts the padding as part of a column.
	c.ColMaxWidths.PerColumn = tw.Mapper[int, int]{message: max(left, messageWidth)}
	return c
}

// columns is the width of the widest cell of a column.
func (g *grid) columns(i int) int {
	most := columnsOf(g.header[i])
	for _, row := range g.rows {
		most = max(most, columnsOf(row[i]))
	}
	return most
}

func leftAligned() tw.CellConfig {
	return tw.CellConfig{
		Alignment: tw.CellAlignment{Global: tw.AlignLeft},
		Padding:   tw.CellPadding{Global: tw.Padding{Right: strings.Repeat(" ", gap), Overwrite: true}},
	}
}

// rendition draws a line below the header and nothing else.
func rendition() tw.Rendition {
	return tw.Rendition{
		Borders: tw.Border{Left: tw.Off, Right: tw.Off, Top: tw.Off, Bottom: tw.Off},
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
			Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off},
		},
	}
}

// trimLines removes the spaces at the ends of lines, and the second end of a color, which the library puts behind the padding of a
// painted cell.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	return strings.Join(each(lines, func(l string) string { return strings.TrimRight(endOnce(l), " ") }), "\n")
}

func endOnce(line string) string {
	parts := strings.Split(line, colorEnd)
	once := parts[0]
	for i, part := range parts[1:] {
		isSecond := i > 0 && strings.Trim(parts[i], " ") == ""
		if !isSecond {
			once += colorEnd
		}
		once += part
	}
	return once
}

// columnsOf is how wide a text is on a terminal, whatever the locale says.
func columnsOf(text string) int {
	var widths runewidth.Condition
	return widths.StringWidth(text)
}
