//go:build unix

package up

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// dropTyped takes away what was typed before a question, which is no answer to it. The terminal gives out single keys.
func dropTyped(keys *os.File) {
	fd := int(keys.Fd())
	for some := make([]byte, 256); ; {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(ready, 0); err != nil || n == 0 || ready[0].Revents&unix.POLLIN == 0 {
			return
		}
		if n, err := unix.Read(fd, some); err != nil || n == 0 {
			return
		}
	}
}

// typedWithin reports whether somebody types something within a time.
func typedWithin(keys *os.File, wait time.Duration) bool {
	ready := []unix.PollFd{{Fd: int32(keys.Fd()), Events: unix.POLLIN}}
	for deadline := time.Now().Add(wait); ; {
		n, err := unix.Poll(ready, int(max(0, time.Until(deadline)).Milliseconds()))
		if !errors.Is(err, unix.EINTR) { // a signal is no key
			return err == nil && n > 0
		}
	}
}
