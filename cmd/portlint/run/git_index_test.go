package run

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestIndexNames: what git says is in the index is read from it, in each version of the format, and a part of it is refused.
func TestIndexNames(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for _, version := range []string{"2", "3", "4"} {
		t.Run("version "+version, func(t *testing.T) {
			dir := t.TempDir()
			git := func(args ...string) {
				cmd := exec.Command("git", append([]string{"-c", "index.version=" + version, "-C", dir}, args...)...)
				cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("git %q: %v: %s", args, err, out)
				}
			}
			var want []string
			for i := range 300 {
				want = append(want, fmt.Sprintf("some/directory-%d/file%0*d.yaml", i%7, i%20+1, i))
			}
			for _, name := range append(slices.Clone(want), "later") {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			git("init", "-q")
			git("add", "some")
			if version == "3" { // git writes it only where an entry needs it
				git("add", "--intent-to-add", "later")
				want = append(want, "later")
			}

			text, err := os.ReadFile(filepath.Join(dir, ".git", "index"))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(text[7]); got != version {
				t.Fatalf("git writes version %s", got)
			}
			got, err := indexNames(text, 20)
			slices.Sort(want)
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v: got %q, want %q", err, got, want)
			}
			for _, part := range [][]byte{nil, text[:11], text[:100], text[:len(text)/2]} {
				if names, err := indexNames(part, 20); err == nil {
					t.Errorf("%d bytes have %d names", len(part), len(names))
				}
			}
		})
	}
}
