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
