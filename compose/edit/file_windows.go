package edit

import (
	"io/fs"
	"os"
)

// hardLinked is not asked: FileInfo does not tell on Windows.
func hardLinked(fs.FileInfo) bool { return false }

// keepOwner has nothing to do: a new file inherits its rights from the directory.
func keepOwner(*os.File, fs.FileInfo) error { return nil }

// mayCreateIn demands that the directory is there; whether it takes new files is seen when one is made.
func mayCreateIn(dir string) error {
	_, err := os.Stat(dir)
	return err
}

// syncDir has nothing to do: NTFS keeps its own journal of names.
func syncDir(string) error { return nil }
