//go:build unix

package edit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// hardLinked reports whether a file has more names than one.
func hardLinked(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}

// mayCreateIn says why a directory takes no new file.
func mayCreateIn(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("its directory takes no new files: %w", err)
	}
	return nil
}

// maxLockWait bounds the wait for another portlint, which holds a lock for milliseconds.
const maxLockWait = 10 * time.Second

// lockDirs lets one portlint at a time write into the directories. The lock is on the directories themselves and leaves
// nothing behind. A file system that has no such locks does without.
func lockDirs(dirs []string) (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, d := range held {
			_ = d.Close() // it unlocks
		}
	}
	end := time.Now().Add(maxLockWait)
	for _, dir := range dirs { // in order, so that two writers can't wait for each other
		d, err := os.Open(dir)
		if err != nil {
			unlock()
			return nil, fileError(dir, err)
		}

		held = append(held, d)
		for errors.Is(syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
			if time.Now().After(end) {
				unlock()
				return nil, fileError(dir, fmt.Errorf("another program has held a lock on it for %s", maxLockWait))
			}
			time.Sleep(5 * time.Millisecond)
		}
	}

	return unlock, nil
}
