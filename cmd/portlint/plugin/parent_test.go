package plugin

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/docker/cli/cli-plugins/metadata"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// TestArgs: the two ways to read a command line agree on the program and on its first argument.
func TestArgs(t *testing.T) {
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("there is no ps")
	}
	byPS := argsByPS(t.Context(), os.Getpid())
	if len(byPS) < 2 || byPS[0] != os.Args[0] || byPS[1] != os.Args[1] {
		t.Errorf("ps tells %q of %q", byPS, os.Args)
	}
	if byProc := argsOf(os.Getpid()); byProc != nil && (len(byProc) != len(os.Args) || byProc[1] != os.Args[1]) {
		t.Errorf("/proc tells %q of %q", byProc, os.Args)
	}
}

// TestParentLine: a parent that is not the docker that asks says nothing.
func TestParentLine(t *testing.T) {
	for _, docker := range []string{"", "/usr/bin/docker-that-is-not-here"} {
		w := run.Process{Env: map[string]string{metadata.ReexecEnvvar: docker}}
		if g, words, ok := parentLine(t.Context(), &w); !ok || g.Host != "" || g.Contexts != nil || words != nil {
			t.Errorf("%q: %+v, %q, %v", docker, g, words, ok)
		}
	}
}

// TestFailedUp: the hint speaks of what the failed command was to start.
func TestFailedUp(t *testing.T) {
	for line, want := range map[string]string{
		"compose up -d web":            "[web]",
		"compose --progress plain up":  "[]",
		"compose up --strange web":     "[]",
		"compose start web":            "[]",
		"run --rm up":                  "[]",
		"":                             "[]",
		"compose up --no-deps web api": "[web api]",
	} {
		if got := fmt.Sprint(failedUp(strings.Fields(line)).Services); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
