// Package edit proves changes of Compose files, shows them as a diff, and writes all of them or none.
package edit

import "github.com/portlint/portlint/lint"

// Change is another text for one file.
type Change struct {
	File     string // absolute
	Old, New []byte // Old is nil when the file is Created
	Created  bool
}

// Refused is a fix that was not made, and why.
type Refused struct {
	Finding lint.Finding
	Fix     lint.Fix
	Why     string // completes "because"
	Later   bool   // the next round may make it
}

// Made is a fix that is part of the changes.
type Made struct {
	Finding lint.Finding
	Fix     lint.Fix
}

// Plan is what one round of fixes comes to.
type Plan struct {
	Changes []Change // by file, one for each
	Made    []Made
	Refused []Refused
}
