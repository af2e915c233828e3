// Package lazyexp makes regular expressions that are compiled where they are first used: most runs use few of them, and all
// together would take longer than a small project takes to be read.
package lazyexp

import (
	"regexp"
	"sync"
)

// New returns what gives a regular expression, compiled once. It panics at the first use of one that can't be compiled, as
// regexp.MustCompile does; a test tries every one of the repository.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
