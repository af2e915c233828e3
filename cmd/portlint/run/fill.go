package run

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Fill writes words behind what a line begins with, and breaks them into lines of a width that begin with as many spaces. A word stays
// whole, whatever is in it.
func Fill(b *strings.Builder, start string, words []string, width int) {
	indent := utf8.RuneCountInString(start)
	b.WriteString(start)
	column := indent
	for _, word := range words {
		n := utf8.RuneCountInString(word)
		switch {
		case column == indent:
		case column+1+n > width:
			fmt.Fprintf(b, "\n%*s", indent, "")
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteByte('\n')
}
