package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape makes text from files, labels and process names safe to print to a terminal: what is not a visible character
// or a space (control characters, bidi controls, zero-width characters, invalid UTF-8) is written as "\x1b" or "\u202e".
// Nothing that the linted file says can then move the cursor, change colours or reorder the report about itself.
func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(escapeRune(r, s[i:i+size]))
		i += size
	}
	return b.String()
}

// escapeRune escapes one rune, given with the bytes that it was read from.
func escapeRune(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case strconv.IsGraphic(r):
		return raw
	default:
		return strings.Trim(strconv.QuoteRune(r), "'")
	}
}
