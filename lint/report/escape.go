package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape makes text from files, labels and process names safe to print to a terminal: what is not a visible character
// or a space (control characters, bidi controls, zero-width characters, invalid UTF-8) is written as "\x1b" or "\u202e".
// Nothing that the linted file says can then move the cursor, change colours or reorder the report about itself.
func Escape(s string) string {
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

// EscapeLines is Escape for text of several lines, such as a diff: the ends of lines and the tabs stay.
func EscapeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		lines[i] = strings.Join(each(cells, Escape), "\t")
	}
	return strings.Join(lines, "\n")
}

// asciiControls writes what is not a visible character in a JSON document as \u202e, which every reader takes for the same text.
func asciiControls(doc []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(doc) {
		switch {
		case r == '\n' || strconv.IsGraphic(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}
