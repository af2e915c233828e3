package report

import (
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

// style is the parameter of an ANSI "select graphic rendition" sequence; "" changes nothing.
type style string

const (
	plain   style = ""
	bold    style = "1"
	faint   style = "2"
	darkRed style = "31"
	green   style = "32"
	red     style = "1;31"
	yellow  style = "1;33"
	cyan    style = "1;36"
)

func severityStyle(s lint.Severity) style {
	switch s {
	case lint.Error:
		return red
	case lint.Warning:
		return yellow
	default:
		return cyan
	}
}

// printer collects lines for a terminal. put is the only way in, and it escapes.
type printer struct {
	text  strings.Builder
	color bool
}

// put adds text to the line.
func (p *printer) put(s style, text string) {
	text = Escape(text)
	if p.color && s != plain && text != "" {
		text = "\x1b[" + string(s) + "m" + text + "\x1b[0m"
	}
	p.text.WriteString(text)
}

// end ends the line.
func (p *printer) end() { p.text.WriteByte('\n') }

func (p *printer) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.text.String())
	return err
}
