package run

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestOfOthers: the lines of another project's files are shown only where they belong to the repository of this run.
func TestOfOthers(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	mine, theirs := filepath.Join(root, "blog", "compose.yaml"), filepath.Join(other, "compose.yaml")
	for _, dir := range []string{filepath.Join(root, ".git"), filepath.Dir(mine)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{mine, theirs} {
		if err := os.WriteFile(file, []byte("services: {}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := lint.Sources{}
	read.Add(mine, []byte("services: {}\n"))
	read.Add(theirs, []byte("services: {}\n"))

	got := ofOthers(Process{Dir: root}, read)
	if got[mine].Private || !got[theirs].Private {
		t.Errorf("private: %v in the repository, %v beside it", got[mine].Private, got[theirs].Private)
	}
	if read[theirs].Private {
		t.Error("the texts that were handed in have changed")
	}
	if below := ofOthers(Process{Dir: other}, read); below[theirs].Private || !below[mine].Private {
		t.Errorf("without a repository: private %v below the working directory, %v elsewhere", below[theirs].Private, below[mine].Private)
	}
}
