// Package disk reads the files that belong to a project or lie beside it. Somebody else may have written them: only regular files
// of bounded size are read, and of a project that is confined only those of its repository.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// View is what one project sees of the disk, with an overlay in place of some files. It serves one goroutine.
type View struct {
	Bounds

	within  map[string]bool // whether a directory lies inside, once known
	outside map[string]bool // links that lead out
	once    map[string]content
	left    int // bytes that once may still take
}

// content is what a file had when it was read, or why it could not be.
type content struct {
	text []byte
	err  error
}

// Bounds say what of the disk a project may read, and what of it may be shown.
type Bounds struct {
	Overlay map[string][]byte // texts in place of the disk's, by absolute path
	Roots   []string          // nothing outside of them is read; none for no bound
	Home    []string          // what lies outside of them is read and not shown
	Named   map[string]bool   // files that the command line names, which may lie anywhere
}

// New gives a project its view of the disk.
func New(b Bounds) *View {
	return &View{Bounds: b, within: map[string]bool{}, outside: map[string]bool{}}
}

// maxOnce bounds the texts that a view keeps, in bytes.
const maxOnce = 1 << 20

// ReadOnce makes the view keep what it reads, up to a bound: a file of which several things are asked is opened once, and the answers fit
// together whoever writes it meanwhile. It is for a view that serves one reading of one project. Nobody may change a text.
func (d *View) ReadOnce() { d.once, d.left = map[string]content{}, maxOnce }

// Below reports whether a path stands in or below a directory, by its letters.
func Below(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// ErrOutside says why a confined project does not read a file.
var ErrOutside = errors.New("it lies outside of the repository, where --static reads nothing")

// Admits reports whether a file may be read.
func (d *View) Admits(path string) bool {
	if len(d.Roots) == 0 || d.Named[path] {
		return true
	}
	return d.inside(path)
}

// Shown reports whether messages may repeat what a file says: it lies in the repository, without one in the directory of the
// project or of the command, or the command line names it there where it is.
func (d *View) Shown(path string) bool {
	if path == Stdin {
		return true
	}
	if d.Named[path] && !slices.ContainsFunc(d.Home, func(root string) bool { return Below(root, path) }) {
		return true
	}
	return d.inside(path)
}

// inside reports whether a file lies at home, links resolved. A link that leads away is remembered.
func (d *View) inside(path string) bool {
	dir := filepath.Dir(path)
	in, known := d.within[dir]
	if !known {
		in = slices.ContainsFunc(d.Home, func(root string) bool { return safefile.Inside(root, dir) })
		d.within[dir] = in
	}
	if !in {
		return false
	}

	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		return true
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return true // it leads to nothing, as .env does before somebody makes the file
	}
	in = slices.ContainsFunc(d.Home, func(root string) bool { return safefile.Inside(root, path) })
	if !in {
		d.outside[path] = true
	}
	return in
}

// Read reads a regular file of bounded size, or its overlay. A file that the command line names may be a pipe that this
// process was given, as in `-f <(generate)`.
func (d *View) Read(path string) ([]byte, error) { return d.ReadUpTo(path, MaxFile) }

// ReadUpTo is [View.Read] with a bound of its own, in bytes.
func (d *View) ReadUpTo(path string, limit int64) ([]byte, error) {
	if text, ok := d.Overlay[path]; ok {
		return text, nil
	}
	if c, known := d.once[path]; known && int64(len(c.text)) <= limit {
		return c.text, c.err
	}

	text, err := d.read(path, limit)
	if d.once != nil && limit == MaxFile && len(text) <= d.left {
		d.once[path] = content{text, err}
		d.left -= len(text)
	}
	return text, err
}

func (d *View) read(path string, limit int64) ([]byte, error) {
	if !d.Admits(path) {
		return nil, fmt.Errorf("cannot read %q: %w", path, ErrOutside)
	}
	if d.Named[path] && isInherited(path) {
		return readPipe(path)
	}

	text, err := safefile.Read(path, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, safefile.WithoutPath(err))
	}
	return text, nil
}

// Check says what stands in the way of reading a file that compose-go would read by itself, nil for one that is not there.
func (d *View) Check(path string) error {
	if _, ok := d.Overlay[path]; ok {
		return nil
	}
	if !d.Admits(path) {
		return fmt.Errorf("cannot read %q: %w", path, ErrOutside)
	}

	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return nil //nolint:nilerr // compose-go says so itself
	}

	f, err := safefile.Open(path)
	if err == nil {
		f.Close()
		if info.Size() > MaxFile {
			err = safefile.TooLargeError{Limit: MaxFile}
		}
	}
	if IsRefused(err) {
		return fmt.Errorf("cannot read %q: %w", path, err)
	}
	return nil
}

// IsRefused reports whether an error is about a file that compose-go would read all the same, or wait for.
func IsRefused(err error) bool {
	var large safefile.TooLargeError
	return errors.Is(err, safefile.ErrIrregular) || errors.As(err, &large)
}

// IsFile reports whether something other than a directory is there, and may be looked at.
func (d *View) IsFile(path string) bool {
	if _, ok := d.Overlay[path]; ok {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// Most is how many entries of one directory are looked at.
const Most = 10_000

// List are the entries of a directory, none when it can't be read or may not be.
func (d *View) List(dir string) []fs.DirEntry {
	if !d.Admits(dir) {
		return nil
	}
	entries, err := safefile.List(dir, Most)
	if err != nil {
		return nil
	}
	return entries
}

// LeftUnread names what a confined project did not read because a link leads out of the repository, as seen from a directory.
// said are files that are blind spots already.
func (d *View) LeftUnread(dir string, said []string) []lint.Blind {
	if len(d.Roots) == 0 {
		return nil
	}
	var out []lint.Blind
	for _, path := range slices.Sorted(maps.Keys(d.outside)) {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) && !slices.Contains(said, path) {
			out = append(out, lint.Blind{What: filepath.ToSlash(rel), Why: ErrOutside.Error()})
		}
	}
	return out
}
