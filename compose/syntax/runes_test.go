package syntax

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestOffsetCountsRunes holds the places of a text against counting each line from its beginning.
func TestOffsetCountsRunes(t *testing.T) {
	long := strings.Repeat("ä€x", 100)
	for _, text := range []string{"", "a: 1\nb: 2", "\ufeffa: ü\n" + long + "\nend\n", "bad: \xff\xc3\n" + long, "a\r\n" + long + "\r\nb"} {
		f := Parse("/compose.yaml", []byte(text))
		for i, at := range f.lines {
			if i == 0 && strings.HasPrefix(text, "\ufeff") {
				at += 3
			}
			for column := 1; at <= len(text); column++ {
				if got := f.Offset(i+1, column); got != at {
					t.Fatalf("%.20q, line %d, column %d: got %d, want %d", text, i+1, column, got, at)
				}
				if at == len(text) {
					break
				}
				_, size := utf8.DecodeRuneInString(text[at:])
				at += size
			}
			if got := f.Offset(i+1, len(text)+2); got != -1 {
				t.Errorf("%.20q, line %d, behind the end: %d", text, i+1, got)
			}
		}
	}
}
