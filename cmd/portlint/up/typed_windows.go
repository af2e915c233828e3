package up

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// dropTyped takes away what was typed before a question, which is no answer to it.
func dropTyped(keys *os.File) {
	_ = windows.FlushConsoleInputBuffer(windows.Handle(keys.Fd())) // nobody typed anything into what is no console
}

// typedWithin: a console gives out no bytes for arrows and the like, so that nothing follows Escape.
func typedWithin(*os.File, time.Duration) bool { return false }
