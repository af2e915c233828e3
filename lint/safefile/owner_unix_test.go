//go:build unix

package safefile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// somebody is a user who need not exist.
const somebody = 12345

// TestRootLeavesFilesToTheirOwners: what root replaces keeps its owner, and what root makes is whom the directory belongs to.
func TestRootLeavesFilesToTheirOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := t.TempDir()
	theirs, mixed := filepath.Join(dir, "theirs"), filepath.Join(dir, "mixed")
	write(t, mixed, 1)
	err := errors.Join(os.Chown(dir, somebody, somebody), os.Chown(mixed, somebody+1, somebody+2),
		MkdirAll(filepath.Join(theirs, "a", "b"), 0o700),
		Replace(mixed, []byte("new"), 0o600), Replace(filepath.Join(theirs, "a", "b", "file"), []byte("new"), 0o600))
	if err != nil {
		t.Fatal(err)
	}

	for name, want := range map[string][2]uint32{
		"mixed":           {somebody + 1, somebody + 2},
		"theirs":          {somebody, somebody},
		"theirs/a":        {somebody, somebody},
		"theirs/a/b":      {somebody, somebody},
		"theirs/a/b/file": {somebody, somebody},
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if stat := info.Sys().(*syscall.Stat_t); stat.Uid != want[0] || stat.Gid != want[1] {
			t.Errorf("%s belongs to %d:%d, want %d:%d", name, stat.Uid, stat.Gid, want[0], want[1])
		}
	}
}

func TestStageRefusesPipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Replace(pipe, nil, 0o600); !errors.Is(err, ErrIrregular) {
		t.Error(err)
	}
}
