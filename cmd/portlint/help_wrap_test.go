package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// TestHelpFits reads the help of every command, under both names of the program: no line is longer than 80 columns, but a command
// line in an example under the longer name.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, plugin := range []bool{false, true} {
		root := newRoot(run.Process{Version: "v0.0.0", Plugin: plugin})
		for _, cmd := range append(commandsBelow(root), root) {
			var help bytes.Buffer
			cmd.SetOut(&help)
			cmd.InitDefaultHelpFlag()
			if err := cmd.Help(); err != nil || help.Len() == 0 {
				t.Errorf("%s: %v, %d bytes", cmd.CommandPath(), err, help.Len())
			}
			for line := range strings.Lines(help.String()) {
				line = strings.TrimSuffix(line, "\n")
				if utf8.RuneCountInString(line) > helpWidth && (!plugin || !strings.HasPrefix(line, "  "+root.DisplayName()+" ")) {
					t.Errorf("%s: %q", cmd.CommandPath(), line)
				}
			}
		}
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"one two three four\nfive\n\nsix\n":                   "one two\nthree four\nfive\n\nsix\n",
		"Flags:\n  -a  one two\n      three four\n":           "Flags:\n  -a  one\n      two\n      three\n      four\n",
		"  -a  one two\n  -b  one\n":                          "  -a  one\n      two\n  -b  one\n",
		"  run --with many --flags | sh\n":                    "  run --with many --flags | sh\n",
		"Usage:\n  portlint [flags]\n":                        "Usage:\n  portlint [flags]\n",
		"é é é é é é\n":                                       "é é é é é\né\n",
		"averyverylongword in\n":                              "averyverylongword\nin\n",
		"Longer than the width:\n":                            "Longer than the width:\n",
		"  portlint x\n  portlint y  shows this and that\n\n": "  portlint x\n  portlint y  shows\n              this\n              and\n              that\n\n",
	} {
		if got := wrapped(text, 10); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", text, got, want)
		}
	}
}
