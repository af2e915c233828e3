package run

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// TestRulesAreAppliedOnce: the rules are asked again only where a suggestion may meet a port that they did not know of: not for each
// of many projects, and not for a project that has no others around it.
func TestRulesAreAppliedOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for i := range 3 {
		dir := filepath.Join(root, fmt.Sprint("p", i))
		text := fmt.Sprintf("services:\n  a: {image: a, ports: [\"%d:80\"]}\n  b: {image: b, ports: [\"%[1]d:81\"]}\n", 8000+i)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	alone := t.TempDir()
	text := "services:\n  a: {image: a, ports: [\"8000:80\"]}\n  b: {image: b, ports: [\"8000:81\"]}\n"
	if err := os.WriteFile(filepath.Join(alone, "compose.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	w := Process{Dir: root, Stdout: io.Discard, Stderr: io.Discard, Env: map[string]string{}}
	for _, c := range []struct {
		name    string
		dirs    []string
		applied int
	}{
		{"one by itself", []string{alone}, 1},
		{"many", dirs, 1},
		{"one of many", dirs[:1], 2},
	} {
		var options []compose.Options
		for _, dir := range c.dirs {
			options = append(options, compose.Options{Dir: dir, Static: true, Unedited: true})
		}
		all, err := Load(t.Context(), w, Flags{}, options)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Once(t.Context(), all, NewSettingsFinder(root, Overrides{}), lint.UpOptions{}, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.suggested()) == 0 {
			t.Errorf("%s: nothing is suggested", c.name)
		}
		if r.applied != c.applied {
			t.Errorf("%s: the rules were applied %d times, want %d", c.name, r.applied, c.applied)
		}
	}
}
