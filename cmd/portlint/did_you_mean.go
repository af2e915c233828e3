package main

import (
	"strings"

	"github.com/portlint/portlint/lint"
)

// didYouMean returns `; did you mean "x"?` for the known names that are closest to a mistyped one, "" when none is
// close.
func didYouMean(name string, known []string) string {
	near := lint.Nearest(name, known)
	if len(near) == 0 {
		return ""
	}
	return `; did you mean "` + strings.Join(near, `" or "`) + `"?`
}
