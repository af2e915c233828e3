package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// TestManPageDefaults reads the help of every command: each default that it shows stands in the page too, and no other.
func TestManPageDefaults(t *testing.T) {
	t.Parallel()
	shown := regexp.MustCompile(`\(default [^:)]+\)`)
	root, some := newRoot(run.Process{Version: "v0.0.0"}), false
	for _, cmd := range append(commandsBelow(root), root) {
		cmd.InitDefaultHelpFlag()
		help := shown.FindAllString(cmd.Long+cmd.NonInheritedFlags().FlagUsages()+cmd.InheritedFlags().FlagUsages(), -1)
		page := shown.FindAllString(strings.ReplaceAll(newManPage(cmd, time.Time{}), `\-`, "-"), -1)
		if got, want := strings.Join(page, "\n"), strings.Join(help, "\n"); got != want {
			t.Errorf("%s: the page has the defaults\n%s\nand the help\n%s", cmd.CommandPath(), got, want)
		}
		some = some || len(help) > 0
	}
	if !some {
		t.Error("no help shows a default")
	}
}
