//go:build unix

package safefile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestReadRefusesWhatHasNoEnd(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	zero := filepath.Join(dir, "zero")
	if err := os.Symlink("/dev/zero", zero); err != nil {
		t.Fatal(err)
	}

	for _, path := range []string{pipe, "/dev/zero", zero} {
		began := time.Now()
		if _, err := Read(path, 100); !errors.Is(err, ErrIrregular) {
			t.Errorf("%s: got %v", path, err)
		}
		if took := time.Since(began); took > patience {
			t.Errorf("%s: took %s", path, took)
		}
	}
}
