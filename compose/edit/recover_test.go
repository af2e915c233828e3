package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cut runs a writer in this process and leaves everything as it stands before its nth step, counted from 0. It reports
// whether there was such a step.
func cut(n int, run func(writer)) (reached bool) {
	type stop struct{}
	defer func() {
		if v := recover(); v != nil {
			if _, mine := v.(stop); !mine {
				panic(v)
			}
			reached = true
		}
	}()
	run(writer{step: func(string) {
		if n--; n < 0 {
			panic(stop{})
		}
	}})
	return false
}

// TestRecoverAfterEveryStep cuts a write off at every step, and then the recovery at every step of its own.
func TestRecoverAfterEveryStep(t *testing.T) {
	outcomes := map[string]int{}
	for n := 0; ; n++ {
		more := false
		for m := 0; ; m++ {
			s := newScene(t)
			more = cut(n, func(w writer) { _ = w.write(s.changes, s.journal) })
			again := cut(m, func(w writer) { _, _ = w.recover(s.journal) })
			if _, err := Recover(s.journal); err != nil {
				t.Fatalf("step %d, then %d: %v", n, m, err)
			}
			outcomes[s.whole(t)]++
			if said, err := Recover(s.journal); err != nil || said != nil {
				t.Errorf("step %d, then %d: a second time: %q, %v", n, m, said, err)
			}
			if !again {
				break
			}
		}
		if !more {
			break
		}
	}
	if outcomes["old"] == 0 || outcomes["new"] == 0 {
		t.Errorf("the cuts saw %v", outcomes)
	}
}

// committedScene is a write that was cut off between its first file and its second.
func committedScene(t *testing.T) scene {
	t.Helper()
	for n := 0; ; n++ {
		s := newScene(t)
		if !cut(n, func(w writer) { _ = w.write(s.changes, s.journal) }) {
			t.Fatal("no step lies between two files")
		}
		if bytes.Equal(read(t, s.changes[0].File), s.changes[0].New) {
			return s
		}
	}
}

func TestRecoverFinishes(t *testing.T) {
	s := committedScene(t)
	said, err := Recover(s.journal)
	if err != nil || len(said) != 1 || !strings.HasPrefix(said[0], "finished ") || !strings.Contains(said[0], s.changes[1].File) {
		t.Errorf("%q, %v", said, err)
	}
	if got := s.whole(t); got != "new" {
		t.Error(got)
	}
}

// TestRecoverTakesBack: without the prepared text of a file the write can't be finished.
func TestRecoverTakesBack(t *testing.T) {
	s := committedScene(t)
	temps, _ := filepath.Glob(s.dir + "/api/.portlint-*")
	if len(temps) != 1 {
		t.Fatalf("%v", temps)
	}
	if err := os.Remove(temps[0]); err != nil {
		t.Fatal(err)
	}
	said, err := Recover(s.journal)
	if err != nil || len(said) != 1 || !strings.HasPrefix(said[0], "took back ") {
		t.Errorf("%q, %v", said, err)
	}
	if got := s.whole(t); got != "old" {
		t.Error(got)
	}
}

// TestRecoverLeavesWhatSomebodyChanged: a file that was edited since is theirs, and the others become old again.
func TestRecoverLeavesWhatSomebodyChanged(t *testing.T) {
	s := committedScene(t)
	put(t, s.changes[1].File, []byte("mine"))
	said, err := Recover(s.journal)
	if err != nil || len(said) != 2 || !strings.Contains(said[1], "left ") || !strings.Contains(said[1], s.changes[1].File) {
		t.Errorf("%q, %v", said, err)
	}
	if got := read(t, s.changes[1].File); string(got) != "mine" {
		t.Errorf("%q", got)
	}
	if got := read(t, s.changes[0].File); !bytes.Equal(got, s.changes[0].Old) {
		t.Errorf("%q", got)
	}
	if _, err := os.Lstat(s.changes[2].File); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was made stays: %v", err)
	}
	s.tidy(t)
}

// TestRecoverAfterAnEditOfAFinishedFile: the first file was replaced and edited since; the write goes on.
func TestRecoverAfterAnEditOfAFinishedFile(t *testing.T) {
	s := committedScene(t)
	put(t, s.changes[0].File, []byte("new one, and mine\n"))
	if _, err := Recover(s.journal); err != nil {
		t.Error(err)
	}
	if got := read(t, s.changes[0].File); string(got) != "new one, and mine\n" {
		t.Errorf("%q", got)
	}
	if got := read(t, s.changes[1].File); !bytes.Equal(got, s.changes[1].New) {
		t.Errorf("%q", got)
	}
	s.tidy(t)
}

// TestRecoverAfterTheProjectIsGone keeps no journal for what is not there any more.
func TestRecoverAfterTheProjectIsGone(t *testing.T) {
	s := committedScene(t)
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(s.journal); err != nil {
		t.Error(err)
	}
	s.tidy(t)
	if _, err := os.Lstat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is back: %v", err)
	}
}

// TestJournalsOfOtherVersions are left where they are, and said.
func TestJournalsOfOtherVersions(t *testing.T) {
	s := newScene(t)
	file := filepath.Join(s.journal, "x.json")
	const text = `{"Version": 99, "Committed": true}`
	put(t, file, []byte(text))
	if _, err := Recover(s.journal); err == nil || !strings.Contains(err.Error(), "x.json") {
		t.Error(err)
	}
	if got := read(t, file); string(got) != text {
		t.Errorf("%q", got)
	}
}

// TestDamagedJournals are put aside as they are, which is said once; other writes are ended all the same.
func TestDamagedJournals(t *testing.T) {
	for _, text := range []string{`{`, ``, `[]`} {
		s := newScene(t)
		file := filepath.Join(s.journal, "x.json")
		put(t, file, []byte(text))
		said, err := Recover(s.journal)
		if err != nil || len(said) != 1 || !strings.Contains(said[0], fmt.Sprintf("%q is damaged", file)) {
			t.Errorf("%q: %q, %v", text, said, err)
		}
		if got := read(t, file+".damaged"); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
		if said, err := Recover(s.journal); len(said) > 0 || err != nil {
			t.Errorf("%q, again: %q, %v", text, said, err)
		}
	}
}

func TestManyFilesAreCounted(t *testing.T) {
	j := &journal{Entries: []entry{{File: "/p/a.yaml"}, {File: "/p/b.yaml"}}}
	if got := j.names(); got != `"/p/a.yaml", "/p/b.yaml"` {
		t.Error(got)
	}
	j.Entries = append(j.Entries, make([]entry, maxNamed)...)
	if got := j.names(); got != `10 files, "/p/a.yaml" among them` {
		t.Error(got)
	}
}
