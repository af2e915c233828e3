//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestDiffOnTerminal has a text in a diff that would turn what a terminal shows: it is shown in letters.
func TestDiffOnTerminal(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services:\n  web:\n    image: a # \u202e \u009b31m\n    ports: [\"8080:80\"]\n")

	x := onTerminal(t, dir, nil, "check", "--static", "--fix", "--diff")
	x.await("would fix compose.yaml", 1)
	x.ends(1)

	got := x.said()
	if !strings.Contains(got, `image: a # \u202e \u009b31m`) || strings.ContainsAny(got, "\u202e\u009b") {
		t.Errorf("%q", got)
	}
}
