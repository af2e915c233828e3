package run

import (
	"strings"

	"github.com/portlint/portlint/lint"
)

// DidYouMean returns `; did you mean "x"?` for the known names that are closest to a mistyped one, "" when none is
// close.
func DidYouMean(name string, known []string) string {
	nearest := lint.Nearest(name, known)
	if len(nearest) == 0 {
		return ""
	}
	return `; did you mean "` + strings.Join(nearest, `" or "`) + `"?`
}
