package disk

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/safefile"
)

// TestView: a confined project reads what lies in its repository, what the command line names, and texts in place of the disk's;
// what a link leads to outside is left unread and said.
func TestView(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(base, "repository")
	in, out, named, link := filepath.Join(root, "in"), filepath.Join(base, "out"), filepath.Join(base, "named"), filepath.Join(root, "link")
	err = errors.Join(os.Mkdir(root, 0o755), os.WriteFile(in, []byte("in"), 0o644), os.WriteFile(out, []byte("out"), 0o644),
		os.WriteFile(named, []byte("named"), 0o644), os.Symlink(out, link))
	if err != nil {
		t.Fatal(err)
	}

	laid := filepath.Join(base, "laid")
	confined := New(Bounds{Roots: []string{root}, Home: []string{root}, Named: map[string]bool{named: true}, Overlay: map[string][]byte{laid: []byte("laid")}})
	for path, want := range map[string]string{in: "in", named: "named", laid: "laid", out: "", link: ""} {
		text, err := confined.Read(path)
		if string(text) != want || (want == "") != errors.Is(err, ErrOutside) {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if blind := confined.LeftUnread(root, nil); len(blind) != 1 || blind[0].What != "link" {
		t.Errorf("left unread: %v", blind)
	}
	if blind := confined.LeftUnread(root, []string{link}); len(blind) != 0 {
		t.Errorf("said twice: %v", blind)
	}

	free := New(Bounds{Home: []string{root}})
	if text, err := free.Read(out); string(text) != "out" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if free.Shown(out) || !free.Shown(in) || !free.Shown(Stdin) {
		t.Error("what lies outside is shown, or what lies inside is not")
	}
}

// TestBounds: a file that is larger than is read is refused, and what is there is not looked into.
func TestBounds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	d := New(Bounds{})
	if _, err := d.ReadUpTo(file, 99); !errors.As(err, &safefile.TooLargeError{}) {
		t.Error(err)
	}
	if text, err := d.ReadUpTo(file, 100); len(text) != 100 || err != nil {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if !d.IsFile(file) || d.IsFile(filepath.Dir(file)) {
		t.Error("a directory is a file, or a file is not")
	}
}

// TestReadOnce: what was read stays what it was for the view, up to a bound, and so does that there was nothing.
func TestReadOnce(t *testing.T) {
	dir := t.TempDir()
	file, none, large := filepath.Join(dir, "file"), filepath.Join(dir, "none"), filepath.Join(dir, "large")
	write := func(path string, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "before")
	write(large, strings.Repeat("x", maxOnce+1))
	read := func(d *View, path string) string {
		text, err := d.Read(path)
		if err != nil {
			return "error"
		}
		return string(text[:min(len(text), 6)])
	}

	once, often := New(Bounds{}), New(Bounds{})
	once.ReadOnce()
	for _, path := range []string{file, none, large} {
		read(once, path)
		read(often, path)
	}
	for _, path := range []string{file, none, large} {
		write(path, "after")
	}
	for path, want := range map[string]string{file: "before", none: "error", large: "after"} {
		if got := read(once, path); got != want {
			t.Errorf("%s: %q, expected %q", filepath.Base(path), got, want)
		}
		if got := read(often, path); got != "after" {
			t.Errorf("%s of a view that reads anew: %q", filepath.Base(path), got)
		}
	}
	if _, err := once.ReadUpTo(file, 3); !errors.As(err, &safefile.TooLargeError{}) {
		t.Errorf("more than asked for: %v", err)
	}
}
