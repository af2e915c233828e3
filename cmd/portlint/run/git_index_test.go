package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestIndexNames: what git says is in the index is read from it, in each version of the format, and a part of it is refused.
func TestIndexNames(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		t.Run("version "+version, func(t *testing.T) {
			dir := t.TempDir()
			git := func(args ...string) {
				t.Helper()
				testdir.Git(t, dir, append([]string{"-c", "index.version=" + version}, args...)...)
			}
			var want []string
			for i := range 300 {
				want = append(want, fmt.Sprintf("some/directory-%d/file%0*d.yaml", i%7, i%20+1, i))
			}
			for _, name := range append(slices.Clone(want), "later") {
				testdir.Write(t, filepath.Join(dir, filepath.FromSlash(name)), "")
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
