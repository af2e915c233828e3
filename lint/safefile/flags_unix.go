//go:build unix

package safefile

import "syscall"

// openFlags let an open of a pipe return at once, and of a terminal not become ours.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY | syscall.O_CLOEXEC
