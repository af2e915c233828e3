package run

import (
	"path/filepath"
	"testing"
)

func TestStateDir(t *testing.T) {
	home := t.TempDir() // absolute on every system
	for _, c := range []struct {
		goos string
		env  map[string]string
		want string // below home, "" for an error
	}{
		{"linux", map[string]string{"HOME": home}, ".local/state/portlint"},
		{"linux", map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "s")}, "s/portlint"},
		{"linux", map[string]string{"HOME": home, "XDG_STATE_HOME": "s"}, ".local/state/portlint"},
		{"linux", map[string]string{}, ""},
		{"linux", map[string]string{"HOME": "home"}, ""},
		{"darwin", map[string]string{"HOME": home}, "Library/Application Support/portlint"},
		{"darwin", map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "s")}, "s/portlint"},
		{"windows", map[string]string{"LOCALAPPDATA": home}, "portlint"},
		{"windows", map[string]string{"LocalAppData": home}, "portlint"},
		{"windows", map[string]string{"HOME": home}, ""},
	} {
		dir, err := stateDirOn(c.goos, c.env)
		want := ""
		if c.want != "" {
			want = filepath.Join(home, filepath.FromSlash(c.want))
		}
		if dir != want || (err == nil) != (want != "") {
			t.Errorf("%s %v: %q, %v; want %q", c.goos, c.env, dir, err, want)
		}
	}
}

func TestStateDirHere(t *testing.T) {
	dir, err := StateDir(Process{Env: map[string]string{"XDG_STATE_HOME": filepath.Dir(t.TempDir())}})
	if err != nil || filepath.Base(dir) != "portlint" || !filepath.IsAbs(dir) {
		t.Errorf("%q, %v", dir, err)
	}
}
