package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/safefile"
)

// Files are written by package safefile: as a whole or not at all, never through a link, never into a pipe or a device. What
// differs is where a report may go, and docker's config.json, which people keep as a link to a file of theirs.

// newMode is that of a new file, less the umask.
const newMode fs.FileMode = 0o666

// openDescriptor is the name of an output that this process was started with, as in `--format sarif=>(upload)` of a shell. Nobody else
// can put anything in its place.
var openDescriptor = regexp.MustCompile(`^/(dev|proc/self)/fd/\d+$`)

// writeReport writes a report where --format NAME=FILE says. An error does not name the file: who asked knows it.
func writeReport(w world, file string, text []byte) error {
	switch {
	case file == os.DevNull:
		return nil
	case file == "/dev/stderr":
		_, err := w.stderr.Write(text)
		return err
	case openDescriptor.MatchString(file):
		return pathless(writeDescriptor(file, text))
	}
	if err := staysInside(w.dir, file); err != nil {
		return err
	}
	return pathless(safefile.Replace(below(w.dir, file), text, newMode))
}

func writeDescriptor(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// staysInside refuses a file, given as seen from dir, whose directory leads out of the repository, or of dir where there is none,
// by a link: such a link came with the checkout as likely as not. An absolute path says what is meant.
func staysInside(dir, file string) error {
	root := compose.Repository(dir)
	if root == "" {
		root = dir
	}
	if filepath.IsAbs(file) || !isBelow(root, below(dir, file)) || safefile.Inside(root, filepath.Dir(below(dir, file))) {
		return nil
	}
	return fmt.Errorf("its directory leads out of %q by a link; give the file's absolute path", root)
}

// isBelow reports whether a path is written as one in or below a directory, wherever links lead.
func isBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// ownTarget is where the links of this user lead from a path. Those of others are refused.
func ownTarget(file string) (string, error) {
	const most = 40 // as Linux does
	for range most {
		info, err := os.Lstat(file)
		if err != nil {
			return file, nil //nolint:nilerr // whoever writes it says why it can't be looked at
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return file, nil
		}
		if uid, ok := safefile.Owner(info); ok && uid != os.Geteuid() {
			return "", fmt.Errorf("%q is a link of another user", file)
		}
		target, err := os.Readlink(file)
		if err != nil {
			return "", err
		}
		file = below(filepath.Dir(file), target)
	}
	return "", errors.New("its links lead in a circle")
}

// pathless is what went wrong, without the path: of a file that is written it would be a temporary name.
func pathless(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// stream is an output that remembers the first write that failed. The language server's answers are written by
// goroutines that may outlive it.
type stream struct {
	io.Writer

	mu     sync.Mutex // guards failed
	failed error
}

// Write writes, and remembers.
func (s *stream) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
	return n, err
}

// failure is the first write that failed, nil when none did.
func (s *stream) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// plain is the output below a stream, for a program that is started, or for a terminal.
func plain(out io.Writer) io.Writer {
	if s, ok := out.(*stream); ok {
		return s.Writer
	}
	return out
}
