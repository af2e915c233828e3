package run

import (
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestProjectGone: a project may be taken down by its name only when no container of it is from a directory that may be there.
func TestProjectGone(t *testing.T) {
	there, gone, also := t.TempDir(), filepath.Join(t.TempDir(), "gone"), filepath.Join(t.TempDir(), "also")
	worker := lint.Container{Name: "shop-worker-1", Project: "shop", WorkingDir: gone}
	in := func(dir string) lint.Container {
		return lint.Container{Name: "shop-web-1", Project: "shop", WorkingDir: dir}
	}
	elsewhere, unknown, otherEngine := lint.Container{Name: "blog-web-1", Project: "blog", WorkingDir: there}, in(also), in(there)
	unknown.DirState, otherEngine.Context = lint.DirNotKnown, "other"
	for _, c := range []struct {
		name  string
		other lint.Container
		want  bool
	}{
		{"in the same directory", in(gone), true},
		{"in another one that is gone", in(also), true},
		{"in one that is there", in(there), false},
		{"in one that is not known", unknown, false},
		{"without one", in(""), false},
		{"of another project", elsewhere, true},
		{"of another engine", otherEngine, true},
	} {
		host := lint.Host{Containers: []lint.Container{c.other, worker, c.other}}
		lookForDirs(t.Context(), Process{}, &host, func(c *lint.Container) bool { return c.Name == worker.Name })
		if got := host.Containers[1]; got.DirState != lint.DirGone || got.ProjectGone != c.want {
			t.Errorf("beside a container %s: %v, %v", c.name, got.DirState, got.ProjectGone)
		}
	}
}
