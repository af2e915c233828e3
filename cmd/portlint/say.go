package main

import (
	"fmt"
	"io"

	"github.com/portlint/portlint/lint/report"
)

// say prints one line about the run itself on standard error. Text from files can't move the cursor there.
func say(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, "portlint: "+visible(fmt.Sprintf(format, args...)))
}

// visible is text that is not ours, escaped as in reports.
func visible(text string) string { return report.Escape(text) }
