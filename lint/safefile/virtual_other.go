//go:build !linux

package safefile

import "os"

// virtual reports whether the kernel makes up what a file holds.
func virtual(*os.File) bool { return false }
