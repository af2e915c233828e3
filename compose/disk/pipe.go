package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/portlint/portlint/lint/safefile"
)

// MaxFile bounds what is read of one file of a project, in bytes. The largest of thousands of real Compose files has 103 kB.
const MaxFile = 4 << 20

// Stdin is the path that stands for standard input.
const Stdin = "-"

// isInherited reports whether a path is a file descriptor of this process, as a shell names the pipe of `<(generate)`.
func isInherited(path string) bool {
	dir := filepath.Dir(path)
	return dir == "/dev/fd" || dir == "/proc/self/fd" || path == "/dev/stdin"
}

func readPipe(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, safefile.WithoutPath(err))
	}
	defer f.Close()

	text, err := readAll(f)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, safefile.WithoutPath(err))
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

// ReadStdin reads what is given in place of a file.
func ReadStdin(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, errors.New("cannot read standard input: there is none")
	}
	text, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot read standard input: %w", safefile.WithoutPath(err))
	}
	return text, nil
}
