package syntax

// Where a node of a YAML file stands, as bytes: go-yaml counts lines and runes, and edits, carets and editors need offsets. [File.Span] is
// the place of a node, [File.Content] what is inside its quotes, and the rest is what both need.

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// yamlLines finds the line starts as go-yaml counts them: "\r\n", "\r", "\n", NEL, LS and PS end a line.
func yamlLines(text []byte) []int {
	lines := []int{0}
	for i := 0; i < len(text); {
		switch n := lineBreak(text[i:]); n {
		case 0:
			i++
		default:
			i += n
			lines = append(lines, i)
		}
	}
	return lines
}

func lineBreak(b []byte) int {
	switch {
	case b[0] == '\n':
		return 1
	case b[0] == '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case b[0] == 0xc2 && len(b) > 1 && b[1] == 0x85:
		return 2
	case b[0] == 0xe2 && isSeparator(b):
		return 3
	}
	return 0
}

// isSeparator reports whether a text begins with the separator of lines or paragraphs of Unicode.
func isSeparator(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\u2028")) || bytes.HasPrefix(b, []byte("\u2029"))
}

// Offset turns the line and column of a node, which count runes from 1, into a byte offset; -1 when there is no such
// place, as in a file that is not UTF-8.
func (f *File) Offset(line, column int) int {
	if line < 1 || line > len(f.lines) {
		return -1
	}

	number := f.runes.before[line-1] + max(column-1, 0)
	if line == 1 && bytes.HasPrefix(f.Text, []byte("\xef\xbb\xbf")) {
		number++
	}
	return f.runes.offset(f.Text, number)
}

// runes finds runes of a text by their number, without counting from its beginning or that of a long line.
type runes struct {
	marks  []int // byte offset of each rune whose number is a multiple of runesApart
	before []int // how many runes stand before each line
}

const runesApart = 64

// countRunes counts the runes of a text of which lines are the byte offsets of its lines.
func countRunes(text []byte, lines []int) runes {
	var r runes
	count, at := 0, 0
	for {
		for len(r.before) < len(lines) && lines[len(r.before)] <= at {
			r.before = append(r.before, count)
		}
		if count%runesApart == 0 {
			r.marks = append(r.marks, at)
		}
		if at >= len(text) {
			return r
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
		count++
	}
}

// offset is the byte offset of a rune, that of the end behind the last one, -1 behind that.
func (r runes) offset(text []byte, number int) int {
	mark := number / runesApart
	if mark >= len(r.marks) {
		return -1
	}
	at := r.marks[mark]
	for range number % runesApart {
		if at >= len(text) {
			return -1
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

// start is the byte offset of a node behind its anchor and tag, -1 when unknown.
func (f *File) start(n *yaml.Node) int {
	at := f.Offset(n.Line, n.Column)
	isProperty := func() bool { return f.Text[at] == '&' || f.Text[at] == '!' }
	for at >= 0 && at < len(f.Text) && isProperty() {
		end := bytes.IndexAny(f.Text[at:], " \t\r\n")
		if end < 0 {
			return -1
		}
		at += end
		at += len(f.Text[at:]) - len(bytes.TrimLeft(f.Text[at:], " \t\r\n"))
	}
	return at
}

// Span is the place of a node: the exact bytes of a scalar with its quotes, from the first to the last byte of a
// mapping or sequence. A node whose bytes can't be found gets the whole file.
func (f *File) Span(n *yaml.Node) lint.Span {
	whole := lint.Span{File: f.Path}
	start := f.start(n)
	if start < 0 || start > len(f.Text) {
		return whole
	}
	end := f.end(n, start)
	if end < start {
		return whole
	}
	return lint.Span{File: f.Path, Start: start, End: end}
}

func (f *File) end(n *yaml.Node, start int) int {
	switch n.Kind {
	case yaml.ScalarNode:
		return f.scalarEnd(n, start)
	case yaml.AliasNode:
		return start + 1 + len(n.Value)
	case yaml.MappingNode, yaml.SequenceNode:
		end := start
		for _, c := range n.Content {
			if s := f.start(c); s >= 0 {
				end = max(end, f.end(c, s))
			}
		}

		flow := start < len(f.Text) && (f.Text[start] == '[' || f.Text[start] == '{')
		if flow { // the pair of [a: b] has no bracket of its own, and that of [&a:b] may start at the end of the text
			if i := bytes.IndexAny(f.Text[end:], "]}"); i >= 0 {
				end += i + 1
			}
		}
		return end
	}
	return -1
}

func (f *File) scalarEnd(n *yaml.Node, start int) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := start + 1; i < len(f.Text); i++ {
			switch f.Text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}

	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := start + 1; i < len(f.Text); i++ {
			if f.Text[i] != '\'' {
				continue
			}
			if i+1 == len(f.Text) || f.Text[i+1] != '\'' {
				return i + 1
			}
			i++
		}

	case strings.HasPrefix(string(f.Text[start:min(len(f.Text), start+len(n.Value))]), n.Value):
		return start + len(n.Value)
	default: // a block scalar, or a plain one over several lines: to the end of its first line
		for i := start; i < len(f.Text); i++ {
			if lineBreak(f.Text[i:]) > 0 {
				return i
			}
		}
		return len(f.Text)
	}
	return -1
}

// Content is the place of a scalar's value without quotes; ok is false when its bytes are not the value itself, as
// with escapes or folded lines.
func (f *File) Content(n *yaml.Node) (lint.Span, bool) {
	s := f.Span(n)
	if s.End == 0 {
		return s, false
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		s.Start, s.End = s.Start+1, s.End-1
	} else if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return f.blockContent(n, s)
	}
	return s, s.End >= s.Start && string(f.Text[s.Start:s.End]) == n.Value
}

// blockContent finds the one line of a block scalar such as "- >-\n  8080:80".
func (f *File) blockContent(n *yaml.Node, header lint.Span) (lint.Span, bool) {
	value := strings.TrimSpace(n.Value)
	i := bytes.Index(f.Text[header.End:], []byte(value))
	if i < 0 || value == "" || strings.ContainsAny(value, "\r\n") {
		return header, false
	}
	at := header.End + i
	if strings.TrimSpace(string(f.Text[header.End:at])) != "" {
		return header, false
	}
	return lint.Span{File: f.Path, Start: at, End: at + len(value)}, value == n.Value
}

// WholeLines widens a span to whole lines, line end included; zero when anything but white space and lead stands
// before it, or anything but white space and a comment behind it.
func (f *File) WholeLines(s lint.Span, lead string) lint.Span {
	if s.End == 0 {
		return lint.Span{}
	}

	start := bytes.LastIndexAny(f.Text[:s.Start], "\r\n") + 1
	before := bytes.TrimPrefix(f.Text[start:s.Start], []byte("\xef\xbb\xbf"))
	if string(bytes.TrimSpace(before)) != lead {
		return lint.Span{}
	}

	end := s.End
	for end < len(f.Text) && f.Text[end] != '\n' && f.Text[end] != '\r' {
		end++
	}

	behind := bytes.TrimLeft(f.Text[s.End:end], " \t")
	if len(behind) > 0 && (behind[0] != '#' || len(behind) == end-s.End) {
		return lint.Span{}
	}
	if end < len(f.Text) {
		end += lineBreak(f.Text[end:])
	}
	return lint.Span{File: f.Path, Start: start, End: end}
}

// MarkSpan is what follows a place that go-yaml names, to the end of the line; a tab alone.
func (f *File) MarkSpan(line, column int) lint.Span {
	span := f.LineSpan(line)
	at := f.Offset(line, column)
	switch {
	case at < 0 || at >= len(f.Text):
	case f.Text[at] == '\t':
		return lint.Span{File: f.Path, Start: at, End: at + 1}
	case at >= span.Start && at < span.End:
		span.Start = at
	}
	return span
}

// LineSpan is a line as YAML counts it, without the white space around it.
func (f *File) LineSpan(line int) lint.Span {
	if line < 1 || line > len(f.lines) {
		return lint.Span{File: f.Path}
	}

	start, end := f.lines[line-1], len(f.Text)
	if line < len(f.lines) {
		end = f.lines[line]
	}

	text := string(f.Text[start:end])
	trimmed := strings.TrimSpace(text)
	start += strings.Index(text, trimmed)
	return lint.Span{File: f.Path, Start: start, End: start + len(trimmed)}
}
