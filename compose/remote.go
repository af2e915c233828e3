package compose

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/portlint/portlint/compose/disk"
)

// errUnread says that files of the project were not read, so that compose-go is not asked; they are blind spots and no defect.
var errUnread = errors.New("some of its files were not read")

// stubLoader stands in for compose's git and OCI loaders, and for files that a confined project does not read: it gives an
// empty file, so that the rest can be read. The walk has named each such file as a blind spot.
type stubLoader struct {
	disk   *disk.View
	mirror mirror
	stubs  map[string]bool // references to files of this machine
}

// Accept reports whether Compose would fetch the path, or read it where portlint does not.
func (s stubLoader) Accept(path string) bool {
	return isRemote(path) || s.stubs[path] || filepath.IsAbs(path) && !s.disk.Admits(s.mirror.strip(path))
}

// Load returns a file with nothing in it.
func (stubLoader) Load(context.Context, string) (string, error) { return os.DevNull, nil }

// Dir is the directory that relative paths of the file start from; nothing in an empty file is relative.
func (stubLoader) Dir(string) string { return "." }
