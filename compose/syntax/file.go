// Package syntax reads the text of one Compose file: its YAML nodes, within bounds, and the bytes of the text that each of them
// stands for. It knows nothing of what the nodes mean, but for the tags of Compose that drop what stood there before.
package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// File is one Compose file: its text and, where it is YAML, its documents.
type File struct {
	Path    string // absolute, or "-"
	Text    []byte
	Private bool // it lies outside of the repository: no message repeats it
	Docs    []Document
	Err     error // why the text, or its rest, is not YAML
	lines   []int // byte offset of each line, as YAML counts lines
	runes   runes
}

// Parse reads all documents of a text; what comes before a syntax error is kept.
func Parse(path string, text []byte) *File {
	f := &File{Path: path, Text: text, lines: yamlLines(text)}
	f.runes = countRunes(text, f.lines)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			f.Err = err
			return f
		}
		if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
			continue
		}
		if expanded(doc.Content[0], map[*yaml.Node]int{}) > maxExpanded {
			f.Err, f.Docs = ErrBomb, nil
			return f
		}
		if Nested(text) {
			f.Err, f.Docs = ErrNested, nil
			return f
		}
		f.Docs = append(f.Docs, newDocument(doc.Content[0]))
	}
}

// maxExpanded bounds the values of a document with every alias written out. Real ones have some thousand.
const maxExpanded = 500_000

// maxNesting bounds the expressions within each other: real ones stand within another one at most twice.
const maxNesting = 100

var (
	// ErrBomb says that aliases make too much of a file.
	ErrBomb = fmt.Errorf("the aliases of this file stand for more than %d values", maxExpanded)
	// ErrNested says that too many expressions stand within each other.
	ErrNested = fmt.Errorf("more than %d expressions stand within each other, as in ${A:-${B:-1}}; use fewer", maxNesting)
)

// expanded counts the values below a node with aliases written out, up to a little above maxExpanded. known are the anchors: what
// has none is come to once.
func expanded(n *yaml.Node, known map[*yaml.Node]int) int {
	if size, ok := known[n]; ok {
		return size
	}

	if n.Anchor != "" {
		known[n] = 1 // of an alias inside its own anchor, which Compose refuses
	}
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
	if n.Anchor != "" {
		known[n] = size
	}
	return size
}

// Keys adds the keys of all mappings of the file to a set, those too that are written twice or reset.
func (f *File) Keys(set map[string]bool) {
	for _, doc := range f.Docs {
		addKeys(doc.Root, set)
	}
}

func addKeys(n *yaml.Node, set map[string]bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			set[c.Value] = true
		}
		addKeys(c, set)
	}
}

// Nested reports whether too many expressions stand within each other.
func Nested(text []byte) bool {
	depth := 0
	for i, b := range text {
		switch {
		case b == '{' && i > 0 && text[i-1] == '$':
			if depth++; depth > maxNesting {
				return true
			}
		case b == '}' && depth > 0:
			depth--
		}
	}
	return false
}
