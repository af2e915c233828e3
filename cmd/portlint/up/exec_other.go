//go:build !unix

package up

import (
	"os"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// replaceProcess runs a program in place of this one, and ends with its exit status: this system can't turn a process into another.
func replaceProcess(w run.Process, path string, words []string, stdin *os.File) error {
	return runChild(w, path, words, stdin)
}
