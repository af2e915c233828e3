package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestUnreadableDirectory expects exit 2 and a blind spot: there may be projects that nobody saw.
func TestUnreadableDirectory(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "shop", "compose.yaml"), "services: {web: {image: a, ports: ['8080:80']}}\n")
	dark := filepath.Join(dir, "dark")
	if err := os.Mkdir(dark, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadDir(dark); err == nil {
		t.Skip("this user may read everything")
	}
	for _, args := range [][]string{{"--static", "."}, {"--static", "dark"}} {
		r := portlint(t, dir, args...)
		if r.code != run.ExitFailed || r.stderr != "portlint: cannot read \"dark\": permission denied\n" {
			t.Errorf("%q: exit %d, %q", args, r.code, r.stderr)
		}
	}
}

// TestMissedDirectory is the same for who may read everything.
func TestMissedDirectory(t *testing.T) {
	var out bytes.Buffer
	w := run.Process{Dir: "/src", Stdout: &out}
	all := run.NoProjects(w, run.Flags{})
	all.AddUnread([]lint.Blind{{What: "/src/dark", Why: "permission denied"}})
	plan := checkPlan{static: true, outputs: []output{{format: "text"}}}
	err := plan.finish(w, run.Run{Projects: all})
	if err == nil || err.Error() != `cannot read "dark": permission denied` {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(out.String(), "not checked: dark: permission denied\n") {
		t.Errorf("got %q", out.String())
	}
}
