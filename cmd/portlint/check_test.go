package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestManyProjects reads many projects at once and expects the same answer each time; it is for the race detector.
func TestManyProjects(t *testing.T) {
	const many = 40
	dir := t.TempDir()
	for i := range many {
		text := fmt.Sprintf("services:\n  a: {image: a, ports: ['%d:80']}\n  b: {image: b, ports: ['%d:81']}\n", 8000+i, 8000+i)
		testdir.Write(t, filepath.Join(dir, fmt.Sprintf("p%02d", i), "compose.yaml"), text)
	}
	first := portlint(t, dir, "--static", "--format", "json", ".")
	if n := strings.Count(first.stdout, `"rule": "duplicate-port"`); first.code != run.ExitFindings || n != many {
		t.Fatalf("exit %d, %d duplicates, want %d\n%s", first.code, n, many, first.stderr)
	}
	for range 3 {
		if repeated := portlint(t, dir, "--static", "--format", "json", "."); repeated != first {
			t.Fatal("the answer changes from run to run")
		}
	}
}
