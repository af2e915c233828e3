package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSuggestTries expects that a port is bound for a trial before it is suggested.
func TestSuggestTries(t *testing.T) {
	dir, port := t.TempDir(), unusedPorts(1)[0]
	writeExample(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(
		"services: {a: {image: a, ports: ['%d:80']}, b: {image: a, ports: ['%d:80']}}\n", port, port))
	said := portlint(t, dir, "check").stdout
	next := fmt.Sprintf(`publish "b" on host port %d`, port+1)
	if !strings.Contains(said, next) {
		t.Fatalf("no %q in\n%s", next, said)
	}
	hold(t, "tcp4", fmt.Sprintf("127.0.0.1:%d", port+1))
	r := portlint(t, dir, "check", "-v")
	if want := fmt.Sprintf(`publish "b" on host port %d`, port+2); !strings.Contains(r.stdout, want) {
		t.Errorf("no %q in\n%s", want, r.stdout)
	}
	if want := fmt.Sprintf("portlint: not suggested: %d: ", port+1); !strings.Contains(r.stderr, want) {
		t.Errorf("no %q in\n%s", want, r.stderr)
	}
}

// TestSuggestSeesOtherTrees keeps suggestions away from what another working tree has, for one project and for several.
func TestSuggestSeesOtherTrees(t *testing.T) {
	base := realDir(t.TempDir())
	first, second := filepath.Join(base, "first"), filepath.Join(base, "second")
	writeExample(t, filepath.Join(first, "compose.yaml"), "name: a\nservices: {a: {image: a, ports: ['21600:80', '${X:-21600}:81']}}\n")
	writeExample(t, filepath.Join(first, "b", "compose.yaml"), "services: {b: {image: a}}\n")
	git(t, first, "init", "-q")
	git(t, first, "add", ".")
	git(t, first, "commit", "-qm", "x")
	git(t, first, "worktree", "add", "-q", second)
	writeExample(t, filepath.Join(second, ".env"), "X=21601\n")
	for _, args := range [][]string{{"check", "-v"}, {"check", "-v", "."}} {
		r := portlint(t, first, args...)
		if want := `portlint: not suggested: 21601: service "a" of project "a" publishes it`; !strings.Contains(r.stderr, want) {
			t.Errorf("%q: no %q in\n%s%s", args, want, r.stdout, r.stderr)
		}
	}
}
