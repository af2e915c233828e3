package run

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHasText: text may come from a file and from a pipe, and from nothing else.
func TestHasText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("port is already allocated\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, c := range []struct {
		name string
		in   io.Reader
		want bool
	}{
		{"a file", opened(t, file), true},
		{"a pipe", r, true},
		{"nothing", opened(t, os.DevNull), false},
		{"no file", strings.NewReader("text"), false},
	} {
		if got := HasText(c.in); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if closer, ok := c.in.(io.Closer); ok {
			closer.Close()
		}
	}
}

func opened(t *testing.T, file string) *os.File {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
