package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// room says how a column of a table gives way where the table is wider than the terminal.
type room struct {
	least int  // columns of the terminal that it keeps when it is shortened, 0 for all that it needs
	tail  bool // the end is what counts, as of a path
	goes  int  // which column is left out first, from 1; 0 for one that stays
}

// fit makes the table as wide as the terminal, or less: no line of it is wrapped. Columns are shortened, the widest first; where that
// is not enough, the first that may go goes, and the others are tried again. Without a width nothing changes.
func (g *grid) fit(width int, rooms map[string]room) {
	if width <= 0 {
		return
	}
	for g.least(rooms) > width && g.leaveOut(rooms) {
		continue
	}
	g.shorten(width, rooms)
}

// least is how wide the table is with all columns shortened as far as they may be.
func (g *grid) least(rooms map[string]room) int {
	sum := 0
	for i := range g.header {
		sum += g.leastOf(i, rooms) + gap
	}
	return sum
}

func (g *grid) leastOf(i int, rooms map[string]room) int {
	wide := g.columns(i)
	if least := rooms[g.header[i]].least; least > 0 {
		return min(wide, max(least, len(g.header[i])))
	}
	return wide
}

// leaveOut drops the column that goes first, and reports whether there was one.
func (g *grid) leaveOut(rooms map[string]room) bool {
	goes := func(head string) int { return rooms[head].goes }
	may := slices.DeleteFunc(slices.Clone(g.header), func(head string) bool { return goes(head) == 0 })
	if len(may) == 0 {
		return false
	}
	first := slices.MinFunc(may, func(a, b string) int { return cmp.Compare(goes(a), goes(b)) })
	g.without(slices.Index(g.header, first))
	return true
}

// shorten takes what is too much from the columns that may be shortened, the widest first. Where all are as short as they may be, it
// takes the rest from them all the same.
func (g *grid) shorten(width int, rooms map[string]room) {
	widths, sum := make([]int, len(g.header)), 0
	for i := range g.header {
		widths[i] = g.columns(i)
		sum += widths[i] + gap
	}

	for _, respect := range []bool{true, false} {
		for sum > width {
			widest := -1
			for i, head := range g.header {
				least := 1
				if respect {
					least = g.leastOf(i, rooms)
				}
				may := rooms[head].least > 0 && widths[i] > least
				if may && (widest < 0 || widths[i] > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
			sum--
		}
	}

	for i, head := range g.header {
		g.header[i] = abbreviate(head, widths[i], false)
		for _, row := range g.rows {
			row[i] = abbreviate(row[i], widths[i], rooms[head].tail)
		}
	}
}

// abbreviate shortens a text to columns of a terminal, with an ellipsis where something is missing: at the end, or at the beginning.
func abbreviate(text string, columns int, tail bool) string {
	var widths runewidth.Condition
	over := columnsOf(text) - columns
	switch {
	case over <= 0:
		return text
	case tail:
		return atSlash(widths.TruncateLeft(text, over+1, "…"))
	}
	return widths.Truncate(text, columns, "…")
}

// atSlash begins a path that was cut off with the name of a directory, where that costs little.
func atSlash(path string) string {
	if i := strings.IndexByte(path, '/'); i > 0 && i <= len("…")+3 {
		return "…" + path[i:]
	}
	return path
}

// markdown writes the table for pages and issues.
func (g *grid) markdown(w io.Writer) error {
	if len(g.rows) == 0 {
		return nil
	}
	var out strings.Builder
	line := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(each(g.header, strings.ToLower))
	line(each(g.header, func(string) string { return "---" }))
	for _, row := range g.rows {
		line(each(row, escapeMarkdown))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// markdownText is text that is not ours as Markdown shows it, whatever it holds.
func markdownText(text string) string { return escapeMarkdown(Escape(text)) }
