//go:build unix

package up

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// replaceProcess turns this process into another program, which has the same number, terminal and signals. It returns only when
// that can't be done. stdin, if any, takes the place of standard input.
func replaceProcess(w run.Process, path string, words []string, stdin *os.File) error {
	if stdin != nil {
		if err := unix.Dup2(int(stdin.Fd()), 0); err != nil {
			return fmt.Errorf("cannot hand on standard input: %w", err)
		}
	}
	return fmt.Errorf("cannot start %s: %w", path, unix.Exec(path, words, w.Environ))
}
