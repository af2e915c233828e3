package main

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// helpWidth is how many columns a help takes at most, but for a command line that is longer.
const helpWidth = 80

// wrapHelp lets a command, and those below it, print their help within helpWidth.
func wrapHelp(root *cobra.Command) {
	show := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		var text bytes.Buffer
		out := cmd.OutOrStdout()
		cmd.SetOut(&text)
		show(cmd, args)

		cmd.SetOut(out)
		_, _ = io.WriteString(out, wrapped(text.String(), helpWidth)) // the stream keeps an error
	})
}

// wrapped breaks a text into lines of a width. A paragraph is filled as a whole; what stands behind two spaces, as flags and commands
// are explained, is filled in its own column; any other indented line is code, and stays.
func wrapped(text string, width int) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 {
		first, column := lines[0], explainedAt(lines[0])
		n := 1
		for n < len(lines) && continues(lines[n], column) {
			n++
		}

		switch {
		case column < 0 || n == 1 && utf8.RuneCountInString(first) <= width:
			b.WriteString(first + "\n")
			n = 1
		default:
			run.Fill(&b, first[:column], strings.Fields(strings.Join(lines[:n], " ")[column:]), width)
		}
		lines = lines[n:]
	}
	return b.String()
}

// explainedAt is the byte at which the words of a line begin that are filled: 0 in a paragraph, -1 where nothing is.
func explainedAt(line string) int {
	words := strings.TrimLeft(line, " ")
	switch indent := len(line) - len(words); {
	case words == "" || strings.HasSuffix(line, ":"):
		return -1
	case indent == 0:
		return 0
	default:
		gap := strings.Index(words, "  ")
		if gap < 0 {
			return -1
		}
		return len(line) - len(strings.TrimLeft(words[gap:], " "))
	}
}

// continues reports whether a line goes on with the words of the line before, which begin at a column.
func continues(line string, column int) bool {
	words := strings.TrimLeft(line, " ")
	return column >= 0 && words != "" && len(line)-len(words) == column && !strings.HasSuffix(line, ":")
}
