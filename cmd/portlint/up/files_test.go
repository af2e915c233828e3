package up

import (
	"os"
	"path/filepath"
	"testing"
)

// noEngine is the address of no engine: what runs on the machine of a test must not change its outcome.
const noEngine = "unix:///no/engine.sock"

// writeFile makes a file and the directories above it.
func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
