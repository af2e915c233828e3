package compose

import (
	"context"
	"errors"
	"os"
)

// errRemote says that the project's own files are elsewhere; it is a blind spot and no defect.
var errRemote = errors.New("remote files are not fetched")

// remoteStub stands in for compose's git and OCI loaders: it gives an empty file, so that the rest can be read.
// The walk has named each remote file as a blind spot.
type remoteStub struct{}

// Accept reports whether Compose would fetch the path.
func (remoteStub) Accept(path string) bool { return isRemote(path) }

// Load returns a file with nothing in it.
func (remoteStub) Load(context.Context, string) (string, error) { return os.DevNull, nil }

// Dir is the directory that relative paths of the remote file start from; nothing in an empty file is relative.
func (remoteStub) Dir(string) string { return "." }
