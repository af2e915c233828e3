package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

// TestSuggestTries expects that a port is bound for a trial before it is suggested, over all protocols that move.
func TestSuggestTries(t *testing.T) {
	for proto, ports := range map[string]string{
		"tcp": "services: {a: {image: a, ports: ['%d:80']}, b: {image: a, ports: ['%d:80']}}\n",
		"udp": "services: {a: {image: a, ports: ['%d:80']}, b: {image: a, ports: ['${B:-%d}:80', '${B:-%[2]d}:80/udp']}}\n",
	} {
		dir, port := t.TempDir(), unusedPorts(1)[0]
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(ports, port, port))
		before, ok := suggestedFor(portlint(t, dir, "check").stdout)
		if !ok || before <= port {
			t.Fatalf("%s: %d is suggested for %d", proto, before, port)
		}
		holder, err := fakes.Bind(fmt.Sprintf("127.0.0.1:%d/%s", before, proto))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = holder.Close() })
		r := portlint(t, dir, "check", "-v")
		if after, ok := suggestedFor(r.stdout); !ok || after <= before {
			t.Errorf("%s: %d is held, and now it suggests\n%s", proto, before, r.stdout)
		}
		if want := fmt.Sprintf("portlint: not suggested: %d: ", before); proto == "tcp" && !strings.Contains(r.stderr, want) {
			t.Errorf("%s: no %q in\n%s", proto, want, r.stderr)
		}
	}
}

// suggestedFor is the host port that the text form suggests.
func suggestedFor(said string) (int, bool) {
	m := regexp.MustCompile(`move it: .*?(?:on host port |B=)(\d+)`).FindStringSubmatch(said)
	if m == nil {
		return 0, false
	}
	port, err := strconv.Atoi(m[1])
	return port, err == nil
}

// TestSuggestSeesOtherTrees keeps suggestions away from what another working tree has, for one project and for several.
func TestSuggestSeesOtherTrees(t *testing.T) {
	base, port := compose.RealPath(t.TempDir()), unusedRow(2)
	first, second := filepath.Join(base, "first"), filepath.Join(base, "second")
	testdir.Write(t, filepath.Join(first, "compose.yaml"), fmt.Sprintf("name: a\nservices: {a: {image: a, ports: ['%d:80', '${X:-%[1]d}:81']}}\n", port))
	testdir.Write(t, filepath.Join(first, "b", "compose.yaml"), "services: {b: {image: a}}\n")
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	testdir.Git(t, first, "worktree", "add", "-q", second)
	testdir.Write(t, filepath.Join(second, ".env"), fmt.Sprintf("X=%d\n", port+1))
	for _, args := range [][]string{{"check", "-v"}, {"check", "-v", "."}} {
		r := portlint(t, first, args...)
		if want := fmt.Sprintf(`portlint: not suggested: %d: service "a" of project "a" publishes it`, port+1); !strings.Contains(r.stderr, want) {
			t.Errorf("%q: no %q in\n%s%s", args, want, r.stdout, r.stderr)
		}
	}
}
