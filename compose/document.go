package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// maxFileSize bounds what is read of one file, in bytes. The largest of thousands of real Compose files has 103 kB.
const maxFileSize = 4 << 20

const stdin = "-"

// file is one Compose file: its text and, where it is YAML, the root node of each document.
type file struct {
	path  string // absolute, or "-"
	text  []byte
	docs  []*yaml.Node
	err   error // why the text, or its rest, is not YAML
	lines []int // byte offset of each line, as YAML counts lines
}

// readFile reads a file of bounded size; a directory, a device or a file that is too large is an error.
func readFile(path string, in io.Reader) ([]byte, error) {
	if path == stdin {
		return readAll("standard input", in)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("cannot read %q: it is a directory, expected a Compose file", path)
	}
	if info.Mode().IsRegular() && info.Size() > maxFileSize {
		return nil, tooLarge(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	defer f.Close()
	return readAll(path, f)
}

func readAll(name string, r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, fmt.Errorf("cannot read %s: there is none", name)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", name, pathless(err))
	}
	if len(text) > maxFileSize {
		return nil, tooLarge(name)
	}
	return text, nil
}

func tooLarge(name string) error {
	return fmt.Errorf("cannot read %q: larger than %d MiB, which no Compose file is", name, maxFileSize>>20)
}

// pathless takes the path out of an *fs.PathError, where the message names it already.
func pathless(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// parse reads all documents of a text; what comes before a syntax error is kept.
func parse(path string, text []byte) *file {
	f := &file{path: path, text: text, lines: yamlLines(text)}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			f.err = err
			return f
		}
		if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
			continue
		}
		if expanded(doc.Content[0], map[*yaml.Node]int{}) > maxExpanded {
			f.err, f.docs = errBomb, nil
			return f
		}
		f.docs = append(f.docs, doc.Content[0])
	}
}

// maxExpanded bounds the values of a document with every alias written out. Real ones have some thousand.
const maxExpanded = 500_000

var errBomb = fmt.Errorf("the aliases of this file stand for more than %d values", maxExpanded)

// expanded counts the values below a node with aliases written out, up to a little above maxExpanded.
func expanded(n *yaml.Node, known map[*yaml.Node]int) int {
	if size, ok := known[n]; ok {
		return size
	}
	known[n] = 1 // of an alias inside its own anchor, which Compose refuses
	size := 1
	if n.Alias != nil {
		size += expanded(n.Alias, known)
	}
	for _, c := range n.Content {
		if size += expanded(c, known); size > maxExpanded {
			size = maxExpanded + 1
			break
		}
	}
	known[n] = size
	return size
}

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
	case b[0] == 0xe2 && len(b) > 2 && b[1] == 0x80 && (b[2] == 0xa8 || b[2] == 0xa9):
		return 3
	}
	return 0
}

// offset turns the line and column of a node, which count runes from 1, into a byte offset; -1 when there is no such
// place, as in a file that is not UTF-8.
func (f *file) offset(line, column int) int {
	if line < 1 || line > len(f.lines) {
		return -1
	}
	at := f.lines[line-1]
	if line == 1 && bytes.HasPrefix(f.text, []byte("\xef\xbb\xbf")) {
		at += 3
	}
	for range column - 1 {
		if at >= len(f.text) {
			return -1
		}
		_, size := utf8.DecodeRune(f.text[at:])
		at += size
	}
	return at
}

// start is the byte offset of a node behind its anchor and tag, -1 when unknown.
func (f *file) start(n *yaml.Node) int {
	at := f.offset(n.Line, n.Column)
	for at >= 0 && at < len(f.text) && (f.text[at] == '&' || f.text[at] == '!') {
		end := bytes.IndexAny(f.text[at:], " \t\r\n")
		if end < 0 {
			return -1
		}
		at += end
		at += len(f.text[at:]) - len(bytes.TrimLeft(f.text[at:], " \t\r\n"))
	}
	return at
}

// span is the place of a node: the exact bytes of a scalar with its quotes, from the first to the last byte of a
// mapping or sequence. A node whose bytes can't be found gets the whole file.
func (f *file) span(n *yaml.Node) lint.Span {
	whole := lint.Span{File: f.path}
	start := f.start(n)
	if start < 0 || start > len(f.text) {
		return whole
	}
	end := f.end(n, start)
	if end < start {
		return whole
	}
	return lint.Span{File: f.path, Start: start, End: end}
}

func (f *file) end(n *yaml.Node, start int) int {
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
		if n.Style&yaml.FlowStyle != 0 {
			if i := bytes.IndexAny(f.text[end:], "]}"); i >= 0 {
				end += i + 1
			}
		}
		return end
	}
	return -1
}

func (f *file) scalarEnd(n *yaml.Node, start int) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := start + 1; i < len(f.text); i++ {
			switch f.text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := start + 1; i < len(f.text); i++ {
			if f.text[i] != '\'' {
				continue
			}
			if i+1 == len(f.text) || f.text[i+1] != '\'' {
				return i + 1
			}
			i++
		}
	case strings.HasPrefix(string(f.text[start:min(len(f.text), start+len(n.Value))]), n.Value):
		return start + len(n.Value)
	default: // a block scalar, or a plain one over several lines: to the end of its first line
		for i := start; i < len(f.text); i++ {
			if lineBreak(f.text[i:]) > 0 {
				return i
			}
		}
		return len(f.text)
	}
	return -1
}

// content is the place of a scalar's value without quotes; ok is false when its bytes are not the value itself, as
// with escapes or folded lines.
func (f *file) content(n *yaml.Node) (lint.Span, bool) {
	s := f.span(n)
	if s.End == 0 {
		return s, false
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		s.Start, s.End = s.Start+1, s.End-1
	} else if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return f.blockContent(n, s)
	}
	return s, s.End >= s.Start && string(f.text[s.Start:s.End]) == n.Value
}

// blockContent finds the one line of a block scalar such as "- >-\n  8080:80".
func (f *file) blockContent(n *yaml.Node, header lint.Span) (lint.Span, bool) {
	value := strings.TrimSpace(n.Value)
	i := bytes.Index(f.text[header.End:], []byte(value))
	if i < 0 || value == "" || strings.ContainsAny(value, "\r\n") {
		return header, false
	}
	at := header.End + i
	if strings.TrimSpace(string(f.text[header.End:at])) != "" {
		return header, false
	}
	return lint.Span{File: f.path, Start: at, End: at + len(value)}, true
}
