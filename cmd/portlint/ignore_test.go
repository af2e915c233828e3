package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestReadmeIgnore adds to the README's example of an ignore the service that it speaks of: the comment stands on the
// first of the two items, the finding on the second.
func TestReadmeIgnore(t *testing.T) {
	for _, block := range anyYAMLBlock.FindAllStringSubmatch(readReadme(t), -1) {
		if !strings.Contains(block[1], "portlint:ignore duplicate-port") {
			continue
		}
		dir := t.TempDir()
		web := strings.Replace(block[1], "web:\n", "web:\n    image: nginx\n", 1)
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), web+"  api:\n    image: nginx\n    ports:\n      - \"8080:3000\"\n")
		got := portlint(t, dir, "check", "--static")
		if got.code != 0 || strings.Contains(got.stdout, "duplicate-port") || strings.Contains(got.stdout, "unused-ignore") {
			t.Errorf("exit code %d:\n%s", got.code, got.stdout)
		}
		return
	}
	t.Error("the README shows no ignore")
}
