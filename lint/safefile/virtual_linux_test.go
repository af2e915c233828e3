package safefile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReadRefusesWhatTheKernelShows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "link")
	link(t, "/proc/self/environ", file)
	for _, path := range []string{"/proc/self/environ", "/proc/self/cmdline", "/sys/kernel/mm/transparent_hugepage/enabled", file} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if _, err := Read(path, 1<<20); !errors.Is(err, ErrIrregular) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}
