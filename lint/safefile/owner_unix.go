//go:build unix

package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Owner is the user to whom a file belongs; ok is false where the system does not tell.
func Owner(info fs.FileInfo) (uid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

// RootOwned demands that nobody but root can change what lies at a path: every directory and link on the way to it is root's.
// It asks only where root runs. What is not there yet is no objection.
func RootOwned(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	if err := rootOwned(filepath.Clean(path)); err != nil {
		return err
	}
	real, ok := resolved(path)
	if !ok {
		return &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return rootOwned(real)
}

func rootOwned(path string) error {
	for {
		info, err := os.Lstat(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			if uid, ok := Owner(info); ok && uid != 0 {
				return &fs.PathError{Op: "open", Path: path, Err: ErrForeign}
			}
		}
		parent := filepath.Dir(path)
		if parent == path {
			return nil
		}
		path = parent
	}
}

// giveOwner gives a new file the owner and the group of another one.
func giveOwner(f *os.File, like fs.FileInfo) error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	have, ok := now.Sys().(*syscall.Stat_t)
	want, ok2 := like.Sys().(*syscall.Stat_t)
	known := ok && ok2
	if !known || have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
		return ErrOwner
	}
	return nil
}

// giveOwnerOfDir gives what root made to whom the directory belongs. Others can't, and need not.
func giveOwnerOfDir(f *os.File, dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	return giveOwner(f, info)
}

// giveDirOwnerOfDir is giveOwnerOfDir for a directory that was made just now.
func giveDirOwnerOfDir(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|openFlags, 0)
	if err != nil {
		return err
	}
	return errors.Join(giveOwnerOfDir(f, filepath.Dir(dir)), f.Close())
}

// SyncDir makes the names in a directory last. Some network file systems can't, and do without.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
