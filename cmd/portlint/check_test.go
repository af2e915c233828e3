package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestManyProjects reads many projects at once and expects the same answer each time; it is for the race detector.
func TestManyProjects(t *testing.T) {
	const many = 40
	dir := t.TempDir()
	for i := range many {
		text := fmt.Sprintf("services:\n  a: {image: a, ports: ['%d:80']}\n  b: {image: b, ports: ['%d:81']}\n", 8000+i, 8000+i)
		writeExample(t, filepath.Join(dir, fmt.Sprintf("p%02d", i), "compose.yaml"), text)
	}
	first := portlint(t, dir, "--static", "--format", "json", ".")
	if n := strings.Count(first.stdout, `"rule": "duplicate-port"`); first.code != exitFindings || n != many {
		t.Fatalf("exit %d, %d duplicates, want %d\n%s", first.code, n, many, first.stderr)
	}
	for range 3 {
		if again := portlint(t, dir, "--static", "--format", "json", "."); again != first {
			t.Fatal("the answer changes from run to run")
		}
	}
}

// TestWriteFile replaces files and links, keeps their mode and leaves nothing behind.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Skip(err) // Windows without the privilege
	}
	if err := writeFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != "new" {
		t.Errorf("got %q, %v", text, err)
	}
	if info, err := os.Lstat(file); runtime.GOOS != "windows" && (err != nil || info.Mode() != 0o600) {
		t.Errorf("the mode is now %v, %v", info.Mode(), err)
	}
	if err := writeFile(dir, []byte("new")); err == nil {
		t.Error("a directory was replaced")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("got %v, %v", entries, err)
	}
}
