package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "small"), 10)
	write(t, filepath.Join(dir, "exact"), 100)
	write(t, filepath.Join(dir, "large"), 101)
	link(t, "small", filepath.Join(dir, "link"))
	link(t, "nowhere", filepath.Join(dir, "broken"))

	for _, tt := range []struct {
		name string
		want error
	}{
		{"small", nil},
		{"exact", nil},
		{"link", nil},
		{"large", TooLargeError{Limit: 100}},
		{".", ErrDirectory},
		{"broken", fs.ErrNotExist},
		{"absent", fs.ErrNotExist},
	} {
		if _, err := Read(filepath.Join(dir, tt.name), 100); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a", "c"} {
		write(t, filepath.Join(dir, name), 1)
	}
	all, err := List(dir, 10)
	if err != nil || len(all) != 3 || all[0].Name() != "a" || all[2].Name() != "c" {
		t.Errorf("%v, %v", all, err)
	}
	if some, err := List(dir, 2); err != nil || len(some) != 2 {
		t.Errorf("%v, %v", some, err)
	}
	if _, err := List(filepath.Join(dir, "a"), 10); err == nil {
		t.Error("a file is listed")
	}
}

func TestInside(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "file"), 1)
	write(t, filepath.Join(outside, "secret"), 1)
	if err := os.Mkdir(filepath.Join(root, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(outside, "secret"), filepath.Join(root, "stolen"))
	link(t, outside, filepath.Join(root, "away"))
	link(t, filepath.Join("..", "file"), filepath.Join(root, "sub", "back"))
	link(t, "nowhere", filepath.Join(root, "broken"))
	link(t, root, filepath.Join(outside, "root"))

	for _, tt := range []struct {
		path string
		want bool
	}{
		{"", true},
		{"file", true},
		{"sub/back", true},
		{"absent", true},
		{"sub/absent/absent", true},
		{"stolen", false},
		{"away/secret", false},
		{"away/absent", false},
		{"broken", false},
	} {
		for _, base := range []string{root, filepath.Join(outside, "root")} {
			if got := Inside(base, filepath.Join(base, tt.path)); got != tt.want {
				t.Errorf("%s below %s: got %v", tt.path, base, got)
			}
		}
	}
	if Inside(root, outside) {
		t.Error("a directory beside is inside")
	}
}

func write(t *testing.T, file string, bytes int) {
	t.Helper()
	if err := os.WriteFile(file, make([]byte, bytes), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, file string) {
	t.Helper()
	if err := os.Symlink(to, file); err != nil {
		t.Skip("no links here: ", err)
	}
}
