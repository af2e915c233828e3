package main

import (
	"errors"
	"fmt"
)

// The exit codes that scripts rely on.
const (
	exitClean    = 0 // nothing at or above --fail-on
	exitFindings = 1
	exitFailed   = 2 // could not do what was asked
)

// errFindings ends a command that did what was asked and found something.
var errFindings = errors.New("findings")

// exitStatus ends portlint with an exit code, without a line of its own.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// errInterrupt ends portlint as a shell expects it of a program that Ctrl-C ended.
const errInterrupt = exitStatus(130)
