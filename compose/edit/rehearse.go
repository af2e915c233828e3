package edit

import (
	"github.com/portlint/portlint/compose"
)

// Target is one project that edits must not harm: how it is read, and what was read.
type Target struct {
	Options compose.Options
	Loaded  compose.Loaded
}
