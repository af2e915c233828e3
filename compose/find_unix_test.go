//go:build unix

package compose

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFindUnreadable wants a directory that can't be read to be said, and a pipe not to be waited for.
func TestFindUnreadable(t *testing.T) {
	dir := layout(t, "-- closed/compose.yaml --\n"+oneService)
	pipe := filepath.Join(dir, "compose.yaml")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if found, err := Find(t.Context(), Options{Dir: dir}, []string{"."}, nil); err != nil || len(found.Projects) != 1 {
			t.Errorf("%v, %v", found, err)
		}
		for _, o := range []Options{{Dir: dir}, {Dir: filepath.Join(dir, "closed"), ProjectDir: dir}} {
			if _, err := Load(t.Context(), o); err == nil || !strings.Contains(err.Error(), "a pipe") {
				t.Errorf("error %v", err)
			}
		}
		if _, err := Find(t.Context(), Options{Dir: dir}, []string{"compose.yaml"}, nil); err == nil {
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
	found, err := Find(t.Context(), Options{Dir: dir}, []string{"."}, nil)
	if err != nil || len(found.Blind) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestDanglingEnv: a .env that is a link to a file which is still to be made is not there; nothing says that it lies elsewhere.
func TestDanglingEnv(t *testing.T) {
	dir := layout(t, "-- .git/HEAD --\n-- compose.yaml --\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n")
	if err := os.Symlink("app.conf", filepath.Join(dir, ".env")); err != nil {
		t.Fatal(err)
	}
	l, err := Load(t.Context(), Options{Dir: dir, Static: true, Confined: true})
	if err != nil || len(l.Project.Blind) > 0 {
		t.Errorf("%v, %v", l.Project, err)
	}
}
