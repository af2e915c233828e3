package up

import (
	"os"

	"golang.org/x/sys/windows"
)

// dropTyped takes away what was typed before a question, which is no answer to it.
func dropTyped(keys *os.File) {
	_ = windows.FlushConsoleInputBuffer(windows.Handle(keys.Fd())) // nobody typed anything into what is no console
}
