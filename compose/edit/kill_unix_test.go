//go:build unix

package edit

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The tests below start this test program again as a writer that dies, or has no room on its disk.
const (
	asWriter  = "PORTLINT_EDIT_WRITER" // what the writer does: "die", "toggle" or "limit"
	withDir   = "PORTLINT_EDIT_DIR"
	withLimit = "PORTLINT_EDIT_N" // the step at which it dies, or the most bytes that a file of it may have
)

// TestWriterProcess is that writer.
func TestWriterProcess(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv(withLimit))
	s := filesIn(os.Getenv(withDir))
	switch os.Getenv(asWriter) {
	case "":
		t.Skip("other tests start it")
	case "die":
		w := writer{step: func(string) {
			if n--; n < 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // until it comes
			}
		}}
		if err := w.write(s.changes); err != nil {
			t.Error(err)
		}
	case "toggle":
		fmt.Println("ready")
		for changes := s.changes[:2]; ; changes = reversed(changes) {
			if err := Write(changes); err != nil {
				t.Fatal(err)
			}
		}
	case "limit":
		signal.Ignore(syscall.SIGXFSZ) // so that the write fails as on a full disk
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(n), Max: uint64(n)}); err != nil {
			t.Fatal(err)
		}
		if err := Write(s.changes); !errors.Is(err, syscall.EFBIG) {
			t.Errorf("%v", err)
		}
	}
}

func reversed(changes []Change) []Change {
	var back []Change
	for _, c := range changes {
		back = append(back, Change{File: c.File, Old: c.New, New: c.Old})
	}
	return back
}

func startWriter(t *testing.T, s writtenFiles, what string, n int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestWriterProcess$")
	cmd.Env = append(os.Environ(), asWriter+"="+what, withDir+"="+filepath.Dir(s.dir), withLimit+"="+strconv.Itoa(n))
	return cmd
}

// TestKilledAtEveryStep kills a real process at each of its steps: each file is whole, those that were written come first in the
// order of the changes, and what is left beside them is a temporary file that nothing reads.
func TestKilledAtEveryStep(t *testing.T) {
	outcomes := map[string]int{}
	for n := 0; ; n++ {
		s := newWrittenFiles(t)
		out, err := startWriter(t, s, "die", n).CombinedOutput()
		if err == nil {
			break
		}
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v\n%s", n, err, out)
		}
		now := s.now(t)
		if !slices.IsSorted(now) { // "new" stands before "old"
			t.Errorf("step %d: %v", n, now)
		}
		outcomes[strings.Join(now, " ")]++
		s.onlyTemporary(t)
		s.rewrite(t)
	}
	for _, want := range []string{"old old old", "new old old", "new new old"} {
		if outcomes[want] == 0 {
			t.Errorf("no kill left %q: %v", want, outcomes)
		}
	}
}

// onlyTemporary demands that nothing stands beside the files but what the page of fixes names.
func (s writtenFiles) onlyTemporary(t *testing.T) {
	t.Helper()
	for _, file := range s.leftovers(t) {
		if ok, _ := filepath.Match(".portlint-*.tmp", filepath.Base(file)); !ok {
			t.Errorf("left about: %s", file)
		}
	}
}

// rewrite makes the changes that are not made yet.
func (s writtenFiles) rewrite(t *testing.T) {
	t.Helper()
	var rest []Change
	for i, now := range s.now(t) {
		if now == "old" {
			rest = append(rest, s.changes[i])
		}
	}
	if err := Write(rest); err != nil {
		t.Error(err)
	}
	if now := s.now(t); slices.Contains(now, "old") {
		t.Errorf("after another run: %v", now)
	}
}

// TestKilledAtAnyTime kills a process that writes without end.
func TestKilledAtAnyTime(t *testing.T) {
	for range 10 {
		s := newWrittenFiles(t)
		s.changes = s.changes[:2]
		cmd := startWriter(t, s, "toggle", 0)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s.now(t)
		s.onlyTemporary(t)
	}
}

// TestFullDisk lets no file grow beyond a limit: when a new text has no room, nothing changes.
func TestFullDisk(t *testing.T) {
	for _, limit := range []int{0, 1, 100, 4000} {
		s := newWrittenFiles(t)
		if out, err := startWriter(t, s, "limit", limit).CombinedOutput(); err != nil {
			t.Errorf("%d bytes: %v\n%s", limit, err, out)
		}
		if got := s.whole(t); got != "old" {
			t.Errorf("%d bytes: %s", limit, got)
		}
	}
}
