package run

import (
	"errors"
	"fmt"
)

// The exit codes that scripts rely on.
const (
	ExitClean    = 0 // nothing at or above --fail-on
	ExitFindings = 1
	ExitFailed   = 2 // could not do what was asked
)

// ErrFindings ends a command that did what was asked and found something.
var ErrFindings = errors.New("findings")

// ExitStatus ends portlint with an exit code, without a line of its own.
type ExitStatus int

// Error names the exit code, for logs of tests: people never see it.
func (s ExitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// ErrInterrupt ends portlint as a shell expects it of a program that Ctrl-C ended.
const ErrInterrupt = ExitStatus(130)
