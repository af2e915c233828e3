package run

import (
	"io"
	"io/fs"
	"sync"
)

// Files are written by package safefile: as a whole or not at all, never through a link, never into a pipe or a device. What
// differs is where a report may go, and docker's config.json, which people keep as a link to a file of theirs.

// NewMode is that of a new file, less the umask.
const NewMode fs.FileMode = 0o666

// Stream is an output that remembers the first write that failed. The language server's answers are written by
// goroutines that may outlive it.
type Stream struct {
	io.Writer

	mu     sync.Mutex // guards failed
	failed error
}

// Write writes, and remembers.
func (s *Stream) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
	return n, err
}

// Failure is the first write that failed, nil when none did.
func (s *Stream) Failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Plain is the output below a stream, for a program that is started, or for a terminal.
func Plain(out io.Writer) io.Writer {
	if s, ok := out.(*Stream); ok {
		return s.Writer
	}
	return out
}
