//go:build !unix

package safefile

import (
	"io/fs"
	"os"
)

// Owner is not told: a FileInfo of Windows has none.
func Owner(fs.FileInfo) (uid int, ok bool) { return 0, false }

// RootOwned demands nothing: there is no root.
func RootOwned(string) error { return nil }

// A new file inherits its rights from the directory.
func giveOwner(*os.File, fs.FileInfo) error { return nil }
func giveOwnerOfDir(*os.File, string) error { return nil }
func giveDirOwnerOfDir(string) error        { return nil }

// SyncDir has nothing to do: NTFS keeps its own journal of names.
func SyncDir(string) error { return nil }
