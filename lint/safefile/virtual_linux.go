package safefile

import (
	"os"
	"syscall"
)

// The kinds of file system whose files the kernel makes up: they show processes and devices, and some never end.
// Source: linux/magic.h.
const (
	procfs  = 0x9fa0
	sysfs   = 0x62656572
	debugfs = 0x64626720
	tracefs = 0x74726163
)

// virtual reports whether the kernel makes up what a file holds.
func virtual(f *os.File) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var fs syscall.Statfs_t
	if err := raw.Control(func(fd uintptr) { _ = syscall.Fstatfs(int(fd), &fs) }); err != nil {
		return false
	}
	switch int64(fs.Type) { //nolint:unconvert // it has another size elsewhere
	case procfs, sysfs, debugfs, tracefs:
		return true
	}
	return false
}
