package lint

import (
	"bytes"
	"cmp"
	"sort"
	"unicode/utf8"
)

// Span is a half-open range of bytes, [Start, End), of a file. The zero Span means that the place is not known.
// A Span with a File and Start == End == 0 means the file as a whole.
type Span struct {
	File  string // absolute path; "-" is standard input
	Start int    // first byte, from 0
	End   int    // byte after the last
}

// Known reports whether the span names at least a file.
func (s Span) Known() bool { return s.File != "" }

// Contains reports whether o begins inside s, in the same file.
func (s Span) Contains(o Span) bool {
	return s.File == o.File && s.Start <= o.Start && o.Start < s.End
}

// Compare orders spans by file, then by start.
func (s Span) Compare(o Span) int {
	return cmp.Or(cmp.Compare(s.File, o.File), cmp.Compare(s.Start, o.Start))
}

// Before reports whether s comes before o, by file, then by start.
func (s Span) Before(o Span) bool { return s.Compare(o) < 0 }

// Position is a place in a file as people count it.
type Position struct {
	Line   int // from 1
	Column int // in Unicode code points, from 1; a byte order mark does not count
	Offset int // in bytes, from 0
}

// Sources holds the text of every file that was read, by the path that spans use.
type Sources map[string]*Source

// Add keeps the text of a file; an earlier text under the same path stays.
func (s Sources) Add(file string, text []byte) *Source {
	if have, ok := s[file]; ok {
		return have
	}
	src := NewSource(text)
	s[file] = src
	return src
}

// Merge adds all files of o.
func (s Sources) Merge(o Sources) {
	for file, src := range o {
		if _, ok := s[file]; !ok {
			s[file] = src
		}
	}
}

// Position finds line and column of a byte offset; for a file that was not read it says line 1, column 1.
func (s Sources) Position(file string, offset int) Position {
	src, ok := s[file]
	if !ok {
		return Position{Line: 1, Column: 1}
	}
	return src.Position(offset)
}

// Text returns the bytes of a span, "" when the file was not read.
func (s Sources) Text(span Span) string {
	src, ok := s[span.File]
	if !ok {
		return ""
	}
	if inside := span.Start >= 0 && span.Start <= span.End && span.End <= len(src.Text); !inside {
		return ""
	}
	return string(src.Text[span.Start:span.End])
}

// Source is the text of one file with the start of each line.
type Source struct {
	Text    []byte
	Private bool // it lies outside of the repository: its text is not shown
	lines   []int
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// NewSource indexes the lines of a text. A line ends with "\n", "\r\n" or a lone "\r", as editors count.
func NewSource(text []byte) *Source {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		alone := i+1 == len(text) || text[i+1] != '\n' // a carriage return that no line feed follows ends a line too
		if text[i] == '\n' || text[i] == '\r' && alone {
			lines = append(lines, i+1)
		}
	}
	return &Source{Text: text, lines: lines}
}

// Lines is the number of lines; a final line without text counts.
func (s *Source) Lines() int { return len(s.lines) }

// Position finds line and column of a byte offset, which is cut to the length of the text.
func (s *Source) Position(offset int) Position {
	offset = max(0, min(offset, len(s.Text)))
	line := sort.SearchInts(s.lines, offset+1) - 1
	start := s.lines[line]
	if line == 0 && bytes.HasPrefix(s.Text, byteOrderMark) {
		start = min(len(byteOrderMark), offset)
	}
	return Position{Line: line + 1, Column: utf8.RuneCount(s.Text[start:offset]) + 1, Offset: offset}
}

// Line returns the span [start, end) of a line, counted from 1, without its line end and without a byte order mark.
func (s *Source) Line(n int) (start, end int) {
	if n < 1 || n > len(s.lines) {
		return len(s.Text), len(s.Text)
	}

	start, end = s.lines[n-1], len(s.Text)
	if n < len(s.lines) {
		end = s.lines[n]
	}

	for end > start && (s.Text[end-1] == '\n' || s.Text[end-1] == '\r') {
		end--
	}

	if n == 1 && bytes.HasPrefix(s.Text, byteOrderMark) {
		start = min(len(byteOrderMark), end)
	}

	return start, end
}
