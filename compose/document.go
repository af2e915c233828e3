package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v4"
)

// maxFileSize bounds what is read of one file, in bytes. The largest of thousands of real Compose files has 103 kB.
const maxFileSize = 4 << 20

const stdin = "-"

// file is one Compose file: its text and, where it is YAML, its documents.
type file struct {
	path  string // absolute, or "-"
	text  []byte
	docs  []document
	err   error // why the text, or its rest, is not YAML
	lines []int // byte offset of each line, as YAML counts lines
}

// readFile reads a file of bounded size; a directory, a device or a file that is too large is an error.
// Only a file that the user named may be a pipe, as in `-f <(generate)`.
func readFile(path string, in io.Reader, pipe bool) ([]byte, error) {
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
	if !info.Mode().IsRegular() && !pipe {
		return nil, fmt.Errorf("cannot read %q: %w", path, errIrregular)
	}
	if info.Size() > maxFileSize {
		return nil, tooLarge(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	defer f.Close()
	return readAll(path, f)
}

var errIrregular = errors.New("it is a pipe or a device, expected a file")

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
		f.docs = append(f.docs, newDocument(doc.Content[0]))
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
