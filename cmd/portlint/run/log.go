package run

import (
	"fmt"
	"io"

	"github.com/portlint/portlint/lint/report"
)

// Logf prints one line about the run itself on standard error. Text from files can't move the cursor there.
func Logf(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, "portlint: "+Escape(fmt.Sprintf(format, args...)))
}

// Escape is text that is not ours, escaped as in reports.
func Escape(text string) string { return report.Escape(text) }
