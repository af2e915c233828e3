// Package report prints findings: one file per format.
package report

import (
	"io"
	"time"

	"github.com/portlint/portlint/lint"
)

const (
	toolName = "portlint"
	homepage = "https://github.com/portlint/portlint"
)

// Report is everything that a format may say.
type Report struct {
	Asked      time.Time // text only: when the machine was asked, for ages; zero: none are told
	Version    string    // of portlint, such as "v0.1.0"
	Dir        string    // the working directory, absolute; paths are printed as seen from it, with slashes
	Root       string    // of the repository, absolute; other programs get paths as seen from it; "": Dir
	Projects   []*lint.Project
	Findings   []lint.Finding // by place
	Suppressed int            // findings that an ignore comment took away
	Shared     int            // host ports that several projects publish, shown among the findings or not
	NotChecked []lint.Blind
	Sources    lint.Sources
	Fixable    Fixable
	Verdict    lint.Verdict
	Command    string   // that the verdict speaks of, "" for `docker compose up`
	Twice      *Twice   // the answer about second checkouts, nil where nobody asked
	Engines    []Engine // the answers for each, where several were asked
	Now        []Now    // ports only: who has each port at this moment, by machine; none when no machine was asked
	Color      bool     // text and table only
	Quiet      bool     // text and table only: no summary line
	Width      int      // text and table only: columns of the terminal, 0 when there is none

	below bool // paths outside Dir are absolute
}

// Fixable counts the fixes that `check --fix` would try, for the summary of the text format. It makes
// those that it can prove.
type Fixable struct {
	Safe   int // with --fix
	Unsafe int // more of them with --unsafe-fixes
}

// Formats are the formats by the name that --format takes.
var Formats = map[string]func(io.Writer, Report) error{
	"text":   Text,
	"table":  writeTable,
	"json":   writeJSON,
	"sarif":  writeSARIF,
	"github": writeGitHub,
	"gitlab": writeGitLab,
	"junit":  writeJUnit,
	"rdjson": writeRDJSON,
}
