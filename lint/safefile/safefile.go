// Package safefile reads files that somebody else may have written: a stranger's checkout, a link in it, a file that a
// container label names. A read ends, is bounded, and has no effect on what it reads: pipes, devices and sockets are refused,
// and so is what is larger than the caller expects.
//
// A file is written here too: as a whole or not at all, never through a link, and left to whom it belongs.
package safefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrIrregular says that something is no file that could be read to its end: a pipe, a device, a socket, or what the kernel
// shows in /proc.
var ErrIrregular = errors.New("it is a pipe or a device, expected a file")

// ErrDirectory says that a directory stands where a file was expected.
var ErrDirectory = errors.New("it is a directory, expected a file")

// TooLargeError says that a file has more bytes than the caller reads.
type TooLargeError struct{ Limit int64 } // bytes

// Error names the limit in MiB, in KiB below one.
func (e TooLargeError) Error() string {
	if e.Limit < 1<<20 {
		return fmt.Sprintf("larger than %d KiB", e.Limit>>10)
	}
	return fmt.Sprintf("larger than %d MiB", e.Limit>>20)
}

// patience bounds a read that the system lets wait, such as one of /proc/kmsg, which looks like a regular file.
const patience = 2 * time.Second

// Open opens a regular file for reading and never waits for a writer. What the path is, is looked at before, so that no
// device is opened, and after, so that nobody can put another thing there between. The errors are those of package os,
// ErrDirectory and ErrIrregular, the last two without the path.
func Open(path string) (*os.File, error) {
	if err := regular(os.Stat(path)); err != nil {
		return nil, err
	}

	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}

	err = regular(f.Stat())
	if err == nil && virtual(f) {
		err = ErrIrregular
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	_ = f.SetReadDeadline(time.Now().Add(patience)) // true regular files have none and need none
	return f, nil
}

func regular(info fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return ErrDirectory
	case !info.Mode().IsRegular():
		return ErrIrregular
	}
	return nil
}

// Read reads a regular file of at most limit bytes; a larger one is a TooLargeError, the other errors are those of Open.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()

	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, TooLargeError{Limit: limit}
	}
	return readAll(f, info.Size(), limit)
}

// readAll reads what has size bytes, and may have grown since.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := text.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(text.Len()) > limit {
		return nil, TooLargeError{Limit: limit}
	}
	return text.Bytes(), nil
}

// List lists the entries of a directory by name: no more than most of them, of a larger one any.
func List(dir string, most int) ([]fs.DirEntry, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "list", Path: dir, Err: errNoDirectory}
	}

	f, err := os.OpenFile(dir, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()

	entries, err := f.ReadDir(most)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

var errNoDirectory = errors.New("it is not a directory")

// Inside reports whether a path leads to a place in or below root, every link of both resolved. A path that is not there is
// where its nearest existing parent directory puts it.
func Inside(root, path string) bool {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false
	}
	real, ok := resolved(path)
	if !ok {
		return false
	}
	rel, err := filepath.Rel(root, real)
	return err == nil && filepath.IsLocal(rel)
}

// resolved is a path without links; ok is false where a link leads nowhere or can't be read.
func resolved(path string) (real string, ok bool) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real, true
	}
	if _, there := os.Lstat(path); there == nil || !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}

	parent := filepath.Dir(path)
	if parent == path {
		return path, true
	}
	dir, ok := resolved(parent)
	return filepath.Join(dir, filepath.Base(path)), ok
}

// WithoutPath takes the path out of an error of a file: where a message names it already, or where it is that of a temporary file.
func WithoutPath(err error) error {
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
