//go:build unix

package compose

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestDanglingEnv: a .env that is a link to a file which is still to be made is not there; nothing says that it lies elsewhere.
func TestDanglingEnv(t *testing.T) {
	dir := testdir.Layout(t, "-- .git/HEAD --\n-- compose.yaml --\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n")
	if err := os.Symlink("app.conf", filepath.Join(dir, ".env")); err != nil {
		t.Fatal(err)
	}
	l, err := Load(t.Context(), Options{Dir: dir, Static: true, Confined: true})
	if err != nil || len(l.Project.Blind) > 0 {
		t.Errorf("%v, %v", l.Project, err)
	}
}
