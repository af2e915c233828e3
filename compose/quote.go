package compose

import (
	"errors"
	"regexp"
)

// What Compose says of a line of an env file that it can't read ends with that line, which may hold secrets.
// Source: compose-go dotenv/parser.go; template/template.go.
var (
	badName  = regexp.MustCompile(`(?s)(unexpected character ".{1,9}?" in) variable name .*`)
	badQuote = regexp.MustCompile(`(?s)(unterminated quoted value) .*`)
)

// withoutLine takes the line of an env file out of a reason.
func withoutLine(reason string) string {
	return badQuote.ReplaceAllString(badName.ReplaceAllString(reason, "$1 a variable name"), "$1")
}

func unquotedEnv(err error) error { return errors.New(withoutLine(err.Error())) }
