package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cutOff leaves a directory as a run of --fix does that is killed between its two files.
func cutOff(t *testing.T) (dir, state string) {
	t.Helper()
	dir, state = t.TempDir(), t.TempDir()
	const before, after = "services: {web: {image: nginx, ports: ['8080:80']}}\n", "services: {web: {image: nginx, ports: ['${P:-8080}:80']}}\n"
	sum := sha256.Sum256([]byte(after))
	var entries []map[string]any
	for _, name := range []string{"compose.yaml", "api/compose.yaml"} {
		file, temp := filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(dir, filepath.FromSlash(name)+".tmp")
		text := after
		if name == "api/compose.yaml" {
			text = before
			writeExample(t, temp, after)
		}
		writeExample(t, file, text)
		entries = append(entries, map[string]any{"File": file, "Temp": temp, "Old": []byte(before), "NewSum": hex.EncodeToString(sum[:])})
	}
	journal, err := json.Marshal(map[string]any{"Version": 1, "Committed": true, "Entries": entries})
	if err != nil {
		t.Fatal(err)
	}
	writeExample(t, filepath.Join(state, "portlint", "journal", "0123.json"), string(journal))
	return dir, state
}

// TestCommandsEndAWriteThatWasCutOff: the first command that reads projects finishes it, and says so once.
func TestCommandsEndAWriteThatWasCutOff(t *testing.T) {
	for _, args := range [][]string{{"check", "--static"}, {"--static"}, {"ports", "--static"}, {"assign"}} {
		dir, state := cutOff(t)
		for _, want := range []bool{true, false} {
			var stderr bytes.Buffer
			run(context.Background(), args, world{env: map[string]string{"XDG_STATE_HOME": state, "DOCKER_HOST": noEngine}, dir: dir, version: "v0.0.0",
				stdin: strings.NewReader(""), stdout: new(bytes.Buffer), stderr: &stderr})
			if strings.HasPrefix(stderr.String(), "portlint: finished what an interrupted run was writing: ") != want {
				t.Errorf("%q says %q, and that it finished something is %t", args, stderr.String(), want)
			}
		}
		for _, name := range []string{"compose.yaml", "api/compose.yaml"} {
			if text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || !strings.Contains(string(text), "${P:-8080}") {
				t.Errorf("%q: %s: %s, %v", args, name, text, err)
			}
		}
	}
}
