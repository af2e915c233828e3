package lint

import (
	"fmt"
	"path/filepath"

	"github.com/portlint/portlint/lint/envfile"
)

// EnvLine is the line of an env file, from 1, that gives a variable its value: the last one that does, 0 when none does.
func EnvLine(text []byte, name string) int {
	start, _, found := envfile.Find(text, name)
	if !found {
		return 0
	}
	return NewSource(text).Position(start).Line
}

// Given is a value that an env file gives a variable, and that Compose does not use for a host port.
type Given struct {
	Kind GivenKind
	Text string // the value where it is a port or a range of ports, else ""
	Line int    // of the file, from 1
	Span Span   // the value
}

// GivenKind says why Compose does not use a value.
type GivenKind int

// The reasons: the shell's value hides it, the file is an example, or it is an `env_file`, which only a container gets.
const (
	NotGiven GivenKind = iota
	HiddenByShell
	InExample
	InContainer
)

// EnvGiven finds the value that counts for a variable in the text of an env file.
func EnvGiven(kind GivenKind, file string, text []byte, name string) (Given, bool) {
	start, end, found := envfile.Find(text, name)
	if !found {
		return Given{}, false
	}

	g := Given{Kind: kind, Line: NewSource(text).Position(start).Line, Span: Span{file, start, end}}
	if value := string(text[start:end]); numeric(value) {
		g.Text = value
	}
	return g, true
}

// At names the place of the value, and the value where it is a port, as seen from a directory.
func (g Given) At(dir string) string {
	at := g.Span.File
	if rel, err := filepath.Rel(dir, at); err == nil && filepath.IsLocal(rel) {
		at = filepath.ToSlash(rel)
	}
	at = fmt.Sprintf("%s:%d", at, g.Line)
	if g.Text != "" {
		at += " (" + g.Text + ")"
	}

	return at
}
