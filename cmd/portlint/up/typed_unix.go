//go:build unix

package up

import (
	"os"

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
