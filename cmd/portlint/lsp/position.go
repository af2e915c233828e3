package lsp

import (
	"bytes"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/portlint/portlint/lint"
)

// encoding is the unit in which the columns of a conversation are counted.
type encoding string

// The encodings of the protocol; UTF-16 is the one that needs no agreement.
const (
	inUTF8  encoding = "utf-8"
	inUTF16 encoding = "utf-16"
	inUTF32 encoding = "utf-32"
)

// agreed is the encoding that the editor likes best and that is known.
func agreed(offered []string) encoding {
	for _, name := range offered {
		if slices.Contains([]encoding{inUTF8, inUTF16, inUTF32}, encoding(name)) {
			return encoding(name)
		}
	}
	return inUTF16
}

// units is the length of a text.
func (e encoding) units(text []byte) int {
	switch e {
	case inUTF8:
		return len(text)
	case inUTF32:
		return utf8.RuneCount(text)
	}

	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n, text = n+max(1, utf16.RuneLen(r)), text[size:]
	}
	return n
}

// bytes is how many bytes of a text hold at most that many units; what ends within a character ends before it.
func (e encoding) bytes(text []byte, units int) int {
	at := 0
	for at < len(text) {
		_, size := utf8.DecodeRune(text[at:])
		if units -= e.units(text[at : at+size]); units < 0 {
			break
		}
		at += size
	}

	return at
}

// lineOf returns the span of a line, counted from 0, without its line end. A byte order mark counts if the editor sent it.
func lineOf(src *lint.Source, line int, open bool) (start, end int) {
	start, end = src.Line(line + 1)
	if open && line == 0 && bytes.HasPrefix(src.Text, []byte("\ufeff")) {
		start = 0
	}
	return start, end
}

// position finds where an offset stands in a text that the editor has open, or would read from the disk.
func (e encoding) position(src *lint.Source, offset int, open bool) position {
	offset = max(0, min(offset, len(src.Text)))
	line := src.Position(offset).Line - 1
	start, _ := lineOf(src, line, open)
	return position{line, e.units(src.Text[min(start, offset):offset])}
}

// offset is where a position of an open text stands. One behind the end of a line, or of the text, means that end.
func (e encoding) offset(src *lint.Source, p position) int {
	if p.Line < 0 || p.Line >= src.Lines() {
		return len(src.Text)
	}
	start, end := lineOf(src, p.Line, true)
	return start + e.bytes(src.Text[start:end], max(0, p.Character))
}

// textRange is the place of a span.
func (e encoding) textRange(src *lint.Source, s lint.Span, open bool) textRange {
	return textRange{e.position(src, s.Start, open), e.position(src, max(s.Start, s.End), open)}
}

// pathOf is the file that a URI names, cleaned; an error for what is no file of this machine.
func pathOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Path == "" {
		return "", fmt.Errorf("%q is no file", uri)
	}
	path := u.Path
	if drive := strings.TrimPrefix(path, "/"); filepath.Separator == '\\' && len(drive) > 1 && drive[1] == ':' {
		path = strings.ToUpper(drive[:1]) + drive[1:]
	} else if u.Host != "" && u.Host != "localhost" {
		path = "//" + u.Host + path
	}
	return filepath.Clean(filepath.FromSlash(path)), nil
}

// URIOf names a file, given by its absolute path.
func URIOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
