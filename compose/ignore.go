package compose

import (
	"bytes"
	"strings"

	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

const ignoreMark = "portlint:ignore"

// ignores finds the `# portlint:ignore RULE[,RULE] reason` comments of a file. One at the end of a line speaks of that
// line, one that stands alone of the next line that is not a comment.
func ignores(f *syntax.File) []lint.Ignore {
	if !bytes.Contains(f.Text, []byte(ignoreMark)) {
		return nil
	}

	var out []lint.Ignore
	src := lint.NewSource(f.Text)
	inside := blockLines(f, src)
	for line := 1; line <= src.Lines(); line++ {
		start, end := src.Line(line)
		text := string(f.Text[start:end])
		at := commentAt(text)
		if at < 0 || inside[line] || !strings.HasPrefix(strings.TrimLeft(text[at:], "# \t"), ignoreMark) {
			continue
		}
		ig := parseIgnore(text[at:])
		ig.Span = lint.Span{File: f.Path, Start: start + at, End: end}
		ig.Covers = lint.Span{File: f.Path, Start: start, End: end}
		if strings.TrimSpace(text[:at]) == "" {
			ig.Covers.Start, ig.Covers.End = nextLine(src, line)
		}
		out = append(out, ig)
	}
	return out
}

// commentAt is where the comment of a line begins: at a "#" behind white space and outside of quotes, -1 without one.
func commentAt(line string) int {
	quote := byte(0)
	for i := range len(line) {
		switch c := line[i]; {
		case quote == '"' && c == '\\':
			line = line[:i] + "  " + line[min(i+2, len(line)):]
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0: // text
		case (c == '"' || c == '\'') && follows(line, i, " \t[{,:-'\""):
			quote = c
		case c == '#' && follows(line, i, " \t"):
			return i
		}
	}
	return -1
}

// follows reports whether a place of a line is its beginning or behind one of some bytes.
func follows(line string, i int, bytes string) bool {
	return i == 0 || strings.IndexByte(bytes, line[i-1]) >= 0
}

// blockLines are the lines inside block scalars, where a "#" is text: those behind a header that are indented deeper.
func blockLines(f *syntax.File, src *lint.Source) map[int]bool {
	inside := map[int]bool{}
	for _, doc := range f.Docs {
		visit(doc.Root, func(n *yaml.Node) {
			if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
				return
			}
			header := src.Position(f.Offset(n.Line, n.Column)).Line
			least := indent(src, header)
			for line := header + 1; line <= src.Lines(); line++ {
				if deep := indent(src, line); deep >= 0 && deep <= least {
					break
				}
				inside[line] = true
			}
		})
	}
	return inside
}

// indent is how many spaces a line begins with, -1 for an empty one.
func indent(src *lint.Source, line int) int {
	start, end := src.Line(line)
	text := src.Text[start:end]
	if len(bytes.TrimSpace(text)) == 0 {
		return -1
	}
	return len(text) - len(bytes.TrimLeft(text, " "))
}

func visit(n *yaml.Node, do func(*yaml.Node)) {
	do(n)
	for _, c := range n.Content {
		visit(c, do)
	}
}

func parseIgnore(comment string) lint.Ignore {
	rest := strings.TrimPrefix(strings.TrimLeft(comment, "# \t"), ignoreMark)
	rules, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	var ig lint.Ignore
	ig.Rules = strings.FieldsFunc(rules, func(r rune) bool { return r == ',' })
	ig.Reason = strings.TrimSpace(reason)
	return ig
}

func nextLine(src *lint.Source, line int) (start, end int) {
	for line++; line <= src.Lines(); line++ {
		start, end = src.Line(line)
		if text := bytes.TrimSpace(src.Text[start:end]); len(text) > 0 && text[0] != '#' {
			return start, end
		}
	}
	return len(src.Text), len(src.Text)
}
