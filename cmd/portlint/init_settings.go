package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// settingsText explains every setting. A line that begins with "#" and a key becomes a setting without that "#".
const settingsText = `# yaml-language-server: $schema=https://raw.githubusercontent.com/portlint/portlint/main/cmd/portlint/portlint-config.schema.json
#
# Settings of portlint for the Compose projects in this directory and below. Flags beat them.
# To make one, take away the # before its name.

# How much each rule counts: off, info, warning or error. "portlint explain RULE" is its page.
#rules:
%s
# The lowest severity shown: error, warning or info. What fail-on counts is always shown.
#level: warning

# The lowest severity that makes exit 1: error, warning, info or never.
#fail-on: error

# Which host ports portlint suggests and gives out: the lowest and the highest one, and those between that are kept
# for something else.
#ports:
#  range: 20000-32767
#  reserve: [24000]

# Paths below this directory that are not looked at, as globs.
#exclude: ["examples/**"]
`

func initSettings(w run.Process) (written, error) {
	there, err := run.FindSettings(w.Dir, w.Dir)
	if err != nil {
		return written{}, err
	}
	if there != "" {
		return written{}, &thereError{fmt.Sprintf("%q has the settings for this directory", run.Relative(w.Dir, there))}
	}
	file := filepath.Join(w.Dir, run.SettingsNames[0])
	return written{file: file, text: commentedSettings()}, absent(w, file)
}

// commentedSettings is settingsText with a line for each rule: its own severity, and what it finds.
func commentedSettings() string {
	var rules strings.Builder
	table := tabwriter.NewWriter(&rules, 0, 0, 1, ' ', 0)
	for _, r := range lint.Rules {
		fmt.Fprintf(table, "#  %s: %s\t# %s\n", r.Name, r.Severity, r.Summary)
	}
	_ = table.Flush() // a strings.Builder takes everything
	return fmt.Sprintf(settingsText, rules.String())
}
