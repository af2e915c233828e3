package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// scene is a directory of files that are about to change, and the place of the journal.
type scene struct {
	dir, journal string
	changes      []Change
}

// sceneIn has two files that change, one of them a long one, and one that is made.
func sceneIn(dir string) scene {
	s := scene{dir: filepath.Join(dir, "project"), journal: filepath.Join(dir, "state", "journal")}
	s.changes = []Change{
		{File: filepath.Join(s.dir, "compose.yaml"), Old: []byte("old one\n"), New: []byte("new one\n")},
		{File: filepath.Join(s.dir, "api", "compose.yaml"), Old: []byte("old two\r\n"), New: append([]byte("new \xff\r\n"), make([]byte, 5000)...)},
		{File: filepath.Join(s.dir, ".env"), New: []byte("WEB_PORT=8080\n"), Created: true},
	}
	return s
}

// newScene puts the files of a scene on the disk.
func newScene(t *testing.T) scene {
	t.Helper()
	s := sceneIn(t.TempDir())
	for _, c := range s.changes {
		if put(t, c.File, c.Old); c.Created {
			if err := os.Remove(c.File); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// whole reports what the files have, "old" or "new", and fails when they are mixed or when anything was left about.
func (s scene) whole(t *testing.T) string {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range s.changes {
		now, err := os.ReadFile(c.File)
		switch {
		case errors.Is(err, fs.ErrNotExist) && c.Created || err == nil && !c.Created && bytes.Equal(now, c.Old):
			seen["old"] = true
		case err == nil && bytes.Equal(now, c.New):
			seen["new"] = true
		default:
			t.Errorf("%s: %q, %v", c.File, now, err)
		}
	}
	if len(seen) != 1 {
		t.Errorf("half written: %v", seen)
	}
	s.tidy(t)
	for word := range seen {
		return word
	}
	return ""
}

// tidy demands that nothing of a write was left about.
func (s scene) tidy(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{s.dir + "/.portlint-*", s.dir + "/api/.portlint-*", s.journal + "/*.json*"} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			t.Errorf("left about: %v", left)
		}
	}
}

func TestWriteMakesAllChanges(t *testing.T) {
	s := newScene(t)
	if runtime.GOOS != "windows" {
		if err := os.Chmod(s.changes[0].File, 0o751); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(s.changes[0].File)
	if err := Write(s.changes, s.journal); err != nil {
		t.Fatal(err)
	}
	if got := s.whole(t); got != "new" {
		t.Errorf("%s", got)
	}
	after, _ := os.Stat(s.changes[0].File)
	if before.Mode() != after.Mode() {
		t.Errorf("the mode was %v and is %v", before.Mode(), after.Mode())
	}
	if said, err := Recover(s.journal); err != nil || said != nil {
		t.Errorf("%q, %v", said, err)
	}
}

func TestWriteOfNothingTouchesNothing(t *testing.T) {
	s := newScene(t)
	same := []Change{{File: s.changes[0].File, Old: []byte("old one\n"), New: []byte("old one\n")}}
	if err := Write(same, s.journal); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.journal); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a journal was made: %v", err)
	}
	if said, err := Recover(s.journal); err != nil || said != nil {
		t.Errorf("%q, %v", said, err)
	}
}

// TestWriteRefuses breaks one file of several: none is written, and the error names it.
func TestWriteRefuses(t *testing.T) {
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
			return errors.Join(os.Rename(f, f+".real"), os.Symlink(f+".real", f))
		}, 0, errLink},
		"a hard link": {func(f string) error { return os.Link(f, f+".too") }, 0, errHardLink},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.HasSuffix(name, "link") {
				t.Skip("links need rights on Windows")
			}
			s := newScene(t)
			file := s.changes[c.file].File
			if err := c.spoil(file); err != nil {
				t.Fatal(err)
			}
			err := Write(s.changes, s.journal)
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
	s := newScene(t)
	other := filepath.Join(s.dir, "api", "..", "compose.yaml")
	err := Write(append(s.changes, Change{File: other, Old: s.changes[0].Old, New: []byte("third")}), s.journal)
	if !errors.Is(err, errTwice) {
		t.Errorf("%v", err)
	}
	if got := s.whole(t); got != "old" {
		t.Errorf("%s", got)
	}
}

// TestWriteRollsBack lets a file change after everything was checked: what was in place already is taken back.
func TestWriteRollsBack(t *testing.T) {
	s := newScene(t)
	renames := 0
	w := writer{step: func(what string) {
		if what == "rename" {
			if renames++; renames == 2 {
				put(t, s.changes[2].File, []byte("somebody was faster"))
			}
		}
	}}
	err := w.write(s.changes, s.journal)
	if !errors.Is(err, errChanged) {
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

// TestWriteThatCannotBeTakenBack says so, and Recover takes it back once it can.
func TestWriteThatCannotBeTakenBack(t *testing.T) {
	s := newScene(t)
	renames, blocker := 0, ""
	w := writer{step: func(what string) {
		if what != "rename" {
			return
		}
		switch renames++; renames {
		case 1:
			journals, _ := filepath.Glob(s.journal + "/*.json")
			blocker = entryOf(t, journals[0], s.changes[0].File).Temp
		case 2:
			put(t, filepath.Join(blocker, "in the way"), nil)
			put(t, s.changes[2].File, []byte("somebody was faster"))
		}
	}}
	err := w.write(s.changes, s.journal)
	if !errors.Is(err, ErrUnfinished) || !errors.Is(err, errChanged) {
		t.Errorf("%v", err)
	}
	if err := os.RemoveAll(blocker); err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(s.journal); err != nil {
		t.Error(err)
	}
	if got := read(t, s.changes[0].File); !bytes.Equal(got, s.changes[0].Old) {
		t.Errorf("%q", got)
	}
	s.tidy(t)
}

func entryOf(t *testing.T, journal, file string) entry {
	t.Helper()
	j, err := readJournal(journal)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range j.Entries {
		if e.File == file {
			return e
		}
	}
	t.Fatalf("the journal has no %q", file)
	return entry{}
}

// TestOneWriterWins starts many writers of the same files at once: each file comes from one and the same of them.
func TestOneWriterWins(t *testing.T) {
	s := newScene(t)
	var group sync.WaitGroup
	won := make([]bool, 8)
	for i := range won {
		group.Go(func() {
			mine := make([]Change, 0, len(s.changes))
			for _, c := range s.changes {
				c.New = fmt.Appendf(nil, "writer %d", i)
				mine = append(mine, c)
			}
			err := Write(mine, s.journal)
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
