package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	for _, text := range []string{"one", "", "three"} {
		if err := Replace(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if names := entries(t, dir); !slices.Equal(names, []string{"file"}) {
		t.Errorf("left about: %v", names)
	}
}

func TestReplaceKeepsTheMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes there")
	}
	dir := t.TempDir()
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o777} {
		file := filepath.Join(dir, mode.String())
		write(t, file, 1)
		if err := errors.Join(os.Chmod(file, mode), Replace(file, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode() != mode {
			t.Errorf("%v, %v, want %v", info.Mode(), err, mode)
		}
	}
}

// TestStageRefuses what is no regular file, and leaves nothing beside it.
func TestStageRefuses(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(t.TempDir(), "target")
	write(t, target, 3)
	link(t, target, filepath.Join(dir, "link"))
	link(t, filepath.Join(dir, "nowhere"), filepath.Join(dir, "broken"))
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := entries(t, dir)

	for name, want := range map[string]error{"link": ErrLink, "broken": ErrLink, "sub": ErrDirectory, "absent/file": fs.ErrNotExist} {
		if err := Replace(filepath.Join(dir, name), []byte("text"), 0o600); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if got, err := os.ReadFile(target); err != nil || len(got) != 3 {
		t.Errorf("what the link leads to: %q, %v", got, err)
	}
	if after := entries(t, dir); !slices.Equal(before, after) {
		t.Errorf("there was %v, there is %v", before, after)
	}
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	s, err := Stage(filepath.Join(dir, "file"), []byte("text"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if names := entries(t, dir); len(names) != 1 || names[0] == "file" {
		t.Errorf("%v", names)
	}
	for range 2 {
		if err := s.Discard(); err != nil {
			t.Error(err)
		}
	}
	if names := entries(t, dir); len(names) > 0 {
		t.Errorf("%v", names)
	}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range found {
		names = append(names, e.Name())
	}
	return names
}
