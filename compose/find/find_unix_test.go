//go:build unix

package find

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

// TestFindUnreadable wants a directory that can't be read to be said, and a pipe not to be waited for.
func TestFindUnreadable(t *testing.T) {
	dir := testdir.Layout(t, "-- closed/compose.yaml --\n"+oneService)
	pipe := filepath.Join(dir, "compose.yaml")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if found, err := Projects(t.Context(), compose.Options{Dir: dir}, []string{"."}, nil); err != nil || len(found.Projects) != 1 {
			t.Errorf("%v, %v", found, err)
		}
		for _, o := range []compose.Options{{Dir: dir}, {Dir: filepath.Join(dir, "closed"), ProjectDir: dir}} {
			if _, err := compose.Load(t.Context(), o); err == nil || !strings.Contains(err.Error(), "a pipe") {
				t.Errorf("error %v", err)
			}
		}
		if _, err := Projects(t.Context(), compose.Options{Dir: dir}, []string{"compose.yaml"}, nil); err == nil {
			t.Error("a pipe is a path")
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("waits for a pipe")
	}
	if os.Getuid() == 0 {
		t.Skip("root reads every directory")
	}
	if err := os.Chmod(filepath.Join(dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	found, err := Projects(t.Context(), compose.Options{Dir: dir}, []string{"."}, nil)
	if err != nil || len(found.Blind) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}
