package run

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// UseColor decides whether standard output gets colours: the flag, then FORCE_COLOR, NO_COLOR and TERM=dumb, then
// whether it is a terminal.
func UseColor(flag string, w Process) (bool, error) {
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, fmt.Errorf("unknown value %q for --color, expected auto, always or never", flag)
	}
	if force := w.Env["FORCE_COLOR"]; force != "" {
		return force != "0", nil
	}
	if w.Env["NO_COLOR"] != "" || w.Env["TERM"] == "dumb" {
		return false, nil
	}
	return IsTerminal(w.Stdout), nil
}

// Width is how many columns a terminal has, 0 for anything else.
func Width(out io.Writer) int {
	f, ok := Plain(out).(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// IsTerminal reports whether an input or an output is a terminal.
func IsTerminal(end any) bool {
	if out, ok := end.(io.Writer); ok {
		end = Plain(out)
	}
	f, ok := end.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// HasText reports whether an input is a file or a pipe, from which text may come; not a terminal, and not /dev/null.
func HasText(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}
