package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint/safefile"
)

// writtenFiles is a directory of files that are about to change.
type writtenFiles struct {
	dir     string
	changes []Change
}

// sceneIn has two files that change, one of them a long one, and one that is made.
func filesIn(dir string) writtenFiles {
	s := writtenFiles{dir: filepath.Join(dir, "project")}
	s.changes = []Change{
		{File: filepath.Join(s.dir, "compose.yaml"), Old: []byte("old one\n"), New: []byte("new one\n")},
		{File: filepath.Join(s.dir, "api", "compose.yaml"), Old: []byte("old two\r\n"), New: append([]byte("new \xff\r\n"), make([]byte, 5000)...)},
		{File: filepath.Join(s.dir, ".env"), New: []byte("WEB_PORT=8080\n"), Created: true},
	}
	return s
}

// newWrittenFiles puts them on the disk.
func newWrittenFiles(t *testing.T) writtenFiles {
	t.Helper()
	s := filesIn(t.TempDir())
	for _, c := range s.changes {
		if testdir.Write(t, c.File, string(c.Old)); c.Created {
			if err := os.Remove(c.File); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// now reports what each file has, "old" or "new", and fails when it is anything else.
func (s writtenFiles) now(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, c := range s.changes {
		now, err := os.ReadFile(c.File)
		switch {
		case errors.Is(err, fs.ErrNotExist) && c.Created || err == nil && !c.Created && bytes.Equal(now, c.Old):
			all = append(all, "old")
		case err == nil && bytes.Equal(now, c.New):
			all = append(all, "new")
		default:
			t.Errorf("%s: %q, %v", c.File, now, err)
		}
	}
	return all
}

// whole reports what all files have, "old" or "new", and fails when they are mixed or when anything was left about.
func (s writtenFiles) whole(t *testing.T) string {
	t.Helper()
	s.tidy(t)
	seen := slices.Compact(s.now(t))
	if len(seen) != 1 {
		t.Errorf("half written: %v", seen)
	}
	return strings.Join(seen, " and ")
}

// tidy demands that nothing of a write was left about.
func (s writtenFiles) tidy(t *testing.T) {
	t.Helper()
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left about: %v", left)
	}
}

// leftovers are the files of the directory that are not among them.
func (s writtenFiles) leftovers(t *testing.T) []string {
	t.Helper()
	var left []string
	err := filepath.WalkDir(s.dir, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !slices.ContainsFunc(s.changes, func(c Change) bool { return c.File == file }) {
			left = append(left, file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return left
}

func TestWriteMakesAllChanges(t *testing.T) {
	s := newWrittenFiles(t)
	if runtime.GOOS != "windows" {
		if err := os.Chmod(s.changes[0].File, 0o751); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(s.changes[0].File)
	if err := Write(s.changes); err != nil {
		t.Fatal(err)
	}
	if got := s.whole(t); got != "new" {
		t.Errorf("%s", got)
	}
	after, _ := os.Stat(s.changes[0].File)
	if before.Mode() != after.Mode() {
		t.Errorf("the mode was %v and is %v", before.Mode(), after.Mode())
	}
}

func TestWriteOfNothingTouchesNothing(t *testing.T) {
	s := newWrittenFiles(t)
	same := []Change{{File: s.changes[0].File, Old: []byte("old one\n"), New: []byte("old one\n")}}
	if err := Write(same); err != nil {
		t.Error(err)
	}
	s.tidy(t)
}

// TestWriteRefuses breaks one file of several: none is written, and the error names it.
func TestWriteRefuses(t *testing.T) {
	aside := filepath.Join(t.TempDir(), "aside")
	for name, c := range map[string]struct {
		spoil func(file string) error
		file  int
		want  error
	}{
		"changed meanwhile": {func(f string) error { return os.WriteFile(f, []byte("mine"), 0o644) }, 1, errChanged},
		"gone":              {func(f string) error { return os.Remove(f) }, 1, fs.ErrNotExist},
		"there already":     {func(f string) error { return os.WriteFile(f, nil, 0o644) }, 2, errThere},
		"read-only":         {func(f string) error { return os.Chmod(f, 0o444) }, 1, errReadOnly},
		"a directory": {func(f string) error {
			return errors.Join(os.Remove(f), os.Mkdir(f, 0o755))
		}, 0, errIrregular},
		"a link": {func(f string) error {
			return errors.Join(os.Rename(f, aside), os.Symlink(aside, f))
		}, 0, safefile.ErrLink},
		"a hard link": {func(f string) error { return os.Link(f, aside) }, 0, errHardLink},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.HasSuffix(name, "link") {
				t.Skip("links need rights on Windows")
			}
			_ = os.Remove(aside) // of the case before
			s := newWrittenFiles(t)
			file := s.changes[c.file].File
			if err := c.spoil(file); err != nil {
				t.Fatal(err)
			}
			err := Write(s.changes)
			var at *FileError
			if !errors.As(err, &at) || at.File != file || !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
			for i, change := range s.changes {
				if i != c.file && !change.Created && !bytes.Equal(read(t, change.File), change.Old) {
					t.Errorf("%s was written", change.File)
				}
			}
			s.tidy(t)
		})
	}
}

func TestWriteRefusesOneFileTwice(t *testing.T) {
	s := newWrittenFiles(t)
	other := filepath.Join(s.dir, "api", "..", "compose.yaml")
	err := Write(append(s.changes, Change{File: other, Old: s.changes[0].Old, New: []byte("third")}))
	if !errors.Is(err, errTwice) {
		t.Errorf("%v", err)
	}
	if got := s.whole(t); got != "old" {
		t.Errorf("%s", got)
	}
}

// TestWriteRollsBack lets a file change after everything was checked: what was in place already is taken back.
func TestWriteRollsBack(t *testing.T) {
	s := newWrittenFiles(t)
	renames := 0
	w := writer{step: func(what string) {
		if what == "rename" {
			if renames++; renames == 2 {
				testdir.Write(t, s.changes[2].File, "somebody was faster")
			}
		}
	}}
	err := w.write(s.changes)
	if !errors.Is(err, errThere) {
		t.Errorf("%v", err)
	}
	for _, c := range s.changes[:2] {
		if got := read(t, c.File); !bytes.Equal(got, c.Old) {
			t.Errorf("%s: %q", c.File, got)
		}
	}
	if got := read(t, s.changes[2].File); string(got) != "somebody was faster" {
		t.Errorf("%q", got)
	}
	s.tidy(t)
}

// TestWriteThatCannotBeTakenBack says so and names the file that has its new text.
func TestWriteThatCannotBeTakenBack(t *testing.T) {
	s := newWrittenFiles(t)
	renames := 0
	w := writer{step: func(what string) {
		if what == "rename" {
			renames++
		}
		if renames == 2 {
			testdir.Write(t, s.changes[0].File, "mine by now")
			testdir.Write(t, s.changes[1].File, "mine too")
		}
	}}
	err := w.write(s.changes)
	if !errors.Is(err, ErrUnfinished) || !errors.Is(err, errChanged) || !strings.Contains(err.Error(), s.changes[0].File) {
		t.Errorf("%v", err)
	}
	if got := read(t, s.changes[0].File); string(got) != "mine by now" {
		t.Errorf("what somebody wrote became %q", got)
	}
	s.tidy(t)
}

// TestWritersWaitForEachOther: what another portlint is writing is there before the files are looked at for the last time.
func TestWritersWaitForEachOther(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory takes no lock there")
	}
	s := newWrittenFiles(t)
	unlock, err := lockDirs(dirsOf(s.changes[:1]))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- Write(s.changes) }()
	time.Sleep(50 * time.Millisecond)
	if now := s.now(t); slices.Contains(now, "new") {
		t.Errorf("%v while another one has the lock", now)
	}
	testdir.Write(t, s.changes[1].File, "somebody was faster")
	unlock()
	if err := <-done; !errors.Is(err, errChanged) {
		t.Errorf("%v", err)
	}
	s.tidy(t)
}

// TestOneWriterWins starts many writers of the same files at once: each file comes from one and the same of them.
func TestOneWriterWins(t *testing.T) {
	s := newWrittenFiles(t)
	var group sync.WaitGroup
	won := make([]bool, 8)
	for i := range won {
		group.Go(func() {
			mine := make([]Change, 0, len(s.changes))
			for _, c := range s.changes {
				c.New = fmt.Appendf(nil, "writer %d", i)
				mine = append(mine, c)
			}
			err := Write(mine)
			won[i] = err == nil
			if err != nil && !errors.Is(err, errChanged) && !errors.Is(err, errThere) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	winners := 0
	for i, w := range won {
		if !w {
			continue
		}
		winners++
		for _, c := range s.changes {
			if got := read(t, c.File); string(got) != fmt.Sprintf("writer %d", i) {
				t.Errorf("%s: %q", c.File, got)
			}
		}
	}
	if winners != 1 {
		t.Errorf("%d writers won", winners)
	}
	s.tidy(t)
}
