package run

import (
	"fmt"
	"io"

	"github.com/portlint/portlint/lint/report"
)

// Logf prints one line about the run itself on standard error, broken between words where a terminal is too narrow for it. Text
// from files can't move the cursor there.
func Logf(out io.Writer, format string, args ...any) {
	const from = "portlint: "
	fmt.Fprintln(out, report.Fold(from+Escape(fmt.Sprintf(format, args...)), Width(out), len(from)))
}

// Escape is text that is not ours, escaped as in reports.
func Escape(text string) string { return report.Escape(text) }
