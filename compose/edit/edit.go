// Package edit makes the fixes of package lint in files: proved before anything is written, and all or nothing.
package edit

import (
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// Target is one project that edits must not harm: how it is read, and what was read.
type Target struct {
	Options compose.Options
	Loaded  compose.Loaded
}

// Change is one file before and after.
type Change struct {
	File     string // absolute path
	Old, New []byte // Old is nil where the file is created
	Created  bool
}

// Made is a fix that goes into the changes of a [Plan].
type Made struct {
	Finding lint.Finding
	Fix     lint.Fix
}

// Refused is a fix that does not, and why, in one sentence.
type Refused struct {
	Finding lint.Finding
	Fix     lint.Fix
	Why     string
}

// Plan is what one round of fixes comes to.
type Plan struct {
	Changes []Change  // by file
	Made    []Made    // in the order of their findings
	Refused []Refused // in the order of their findings
}
