package relocate

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// TestReadersAreFoundInLine expects twice the work for twice the projects of which each is fixed, also where they are in no repository
// and each directory is one to look below.
func TestReadersAreFoundInLine(t *testing.T) {
	few, many := workOfReaders(t, 50), workOfReaders(t, 100)
	if growth := float64(many) / float64(few); growth > 2.5 {
		t.Errorf("twice the projects take %.1f times the work", growth)
	}
}

// workOfReaders are the bytes that it takes to find who else reads the files of n projects.
func workOfReaders(t *testing.T, n int) uint64 {
	t.Helper()
	dir := t.TempDir()
	var asked []edit.Target
	var findings []lint.Finding
	for i := range n {
		file := filepath.Join(dir, fmt.Sprint(i), "compose.yaml")
		if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("services: {web: {image: a, ports: ['8080:80']}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		project := &lint.Project{Dir: filepath.Dir(file), Files: []string{file}}
		asked = append(asked, edit.Target{Loaded: compose.Loaded{Project: project}})
		findings = append(findings, lint.Finding{Fixes: []lint.Fix{{Edits: []lint.Edit{{Span: lint.Span{File: file}}}}}})
	}

	readers := newOtherReaders(run.Process{Dir: dir, Env: map[string]string{}}, true)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	others, err := readers.of(t.Context(), asked, findings, nil)
	runtime.ReadMemStats(&after)
	if err != nil || len(others) > 0 {
		t.Fatalf("%d other projects, %v", len(others), err)
	}
	return after.TotalAlloc - before.TotalAlloc
}
