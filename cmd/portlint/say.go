package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// say prints one line about the run itself on standard error. Text from files can't move the cursor there.
func say(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, "portlint: "+visible(fmt.Sprintf(format, args...)))
}

// visible escapes control and bidi characters, and bytes that are no text.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strconv.IsGraphic(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
