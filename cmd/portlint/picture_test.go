package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The picture is laid out in units of SVG: a monospaced letter is some 0.6 as wide as high.
const (
	letterHeight = 13
	letterWidth  = 783 // in hundredths
	lineHeight   = 18
	margin       = 16
	columns      = 100
)

// inks are the colors of the terminal, by what stands in its escape sequences.
var inks = map[string]string{"": "#d0d7de", "1": "#ffffff", "31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "36": "#76e3ea", "2": "#8b949e"}

// TestPicture draws what check says of the demo in color, for the README.
func TestPicture(t *testing.T) {
	const command = "check --static --level error testdata/demo"
	r := portlint(t, root, append(strings.Fields(command), "--color", "always")...)
	picture := draw(t, "\x1b[1m$ portlint "+command+"\x1b[0m\n"+r.stdout)
	file := filepath.Join(root, ".github/check.svg")
	if *update {
		rewrite(t, file, picture)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != picture {
		t.Errorf("%v: the picture of the README is not what the program says (-update draws it)", err)
	}
}

// draw makes an SVG of a terminal's text.
func draw(t *testing.T, text string) string {
	t.Helper()
	lines := strings.Split(wrap(strings.TrimSuffix(text, "\n")), "\n")
	var body strings.Builder
	ink := ""
	for i, line := range lines {
		fmt.Fprintf(&body, "<text x=\"%d\" y=\"%d\">", margin, margin+lineHeight*i+letterHeight)
		for n, part := range strings.Split(line, "\x1b[") {
			if n > 0 {
				codes, rest, _ := strings.Cut(part, "m")
				ink, part = inkOf(t, codes), rest
			}
			if part != "" {
				fmt.Fprintf(&body, "<tspan fill=\"%s\">%s</tspan>", inks[ink], html.EscapeString(part))
			}
		}
		body.WriteString("</text>\n")
	}
	const w = columns*letterWidth/100 + 2*margin
	h := len(lines)*lineHeight + 2*margin
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"portlint in a terminal\">\n"+
		"<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#0d1117\"/>\n"+
		"<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"%d\" style=\"white-space: pre\" xml:space=\"preserve\">\n%s</g>\n</svg>\n",
		w, h, w, h, letterHeight, body.String())
}

// wrap breaks lines as a terminal does.
func wrap(text string) string {
	var out strings.Builder
	column, escaped := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escaped = true
		case escaped:
			escaped = r != 'm'
		case r == '\n':
			column = 0
		case column == columns:
			out.WriteByte('\n')
			column = 1
		default:
			column++
		}
		out.WriteRune(r)
	}
	return out.String()
}

// inkOf is the color that an escape sequence asks for: the last of its codes that is one.
func inkOf(t *testing.T, codes string) string {
	t.Helper()
	ink := ""
	for code := range strings.SplitSeq(codes, ";") {
		code = strings.TrimPrefix(code, "0")
		if _, known := inks[code]; !known {
			t.Errorf("no color for the escape sequence %q", codes)
		}
		ink = code
	}
	return ink
}
