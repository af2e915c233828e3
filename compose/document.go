package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/lint/safefile"
)

// MaxFile bounds what is read of one file of a project, in bytes. The largest of thousands of real Compose files has 103 kB.
const MaxFile = 4 << 20

const stdin = "-"

// file is one Compose file: its text and, where it is YAML, its documents.
type file struct {
	path    string // absolute, or "-"
	text    []byte
	private bool // it lies outside of the repository: no message repeats it
	docs    []document
	err     error // why the text, or its rest, is not YAML
	lines   []int // byte offset of each line, as YAML counts lines
}

// readStdin reads what is given in place of a file.
func readStdin(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, errors.New("cannot read standard input: there is none")
	}
	text, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", pathless(err))
	}
	return text, nil
}

// isInherited reports whether a path is a file descriptor of this process, as a shell names the pipe of `<(generate)`.
func isInherited(path string) bool {
	dir := filepath.Dir(path)
	return dir == "/dev/fd" || dir == "/proc/self/fd" || path == "/dev/stdin"
}

func readPipe(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	defer f.Close()

	text, err := readAll(f)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, pathless(err))
	}
	return text, nil
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxFile {
		return nil, safefile.TooLargeError{Limit: MaxFile}
	}
	return text, nil
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
		if nested(text) {
			f.err, f.docs = errNested, nil
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
