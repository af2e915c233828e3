package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// useColor decides whether standard output gets colours: the flag, then FORCE_COLOR, NO_COLOR and TERM=dumb, then
// whether it is a terminal.
func useColor(flag string, w world) (bool, error) {
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, fmt.Errorf("unknown value %q for --color, expected auto, always or never", flag)
	}
	if force := w.env["FORCE_COLOR"]; force != "" {
		return force != "0", nil
	}
	if w.env["NO_COLOR"] != "" || w.env["TERM"] == "dumb" {
		return false, nil
	}
	return isTerminal(w.stdout), nil
}

// width is how many columns a terminal has, 0 for anything else.
func width(out io.Writer) int {
	f, ok := plain(out).(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

func isTerminal(end any) bool {
	if out, ok := end.(io.Writer); ok {
		end = plain(out)
	}
	f, ok := end.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
