// Package compose reads Compose files as Compose does and says where each host port is written.
//
// compose-go alone decides which ports a project has. A second, small walk over the yaml nodes of the same files
// records where every `ports` item stands, and each final port is looked up there.
package compose

import (
	"io"

	"github.com/portlint/portlint/lint"
)

// Options say which project to read. They mean what Compose's own flags and variables of that name mean.
type Options struct {
	Dir         string   // the working directory, absolute
	Files       []string // -f; empty: COMPOSE_FILE, else discovery with the parent walk
	ProjectDir  string   // --project-directory
	ProjectName string   // -p
	Profiles    []string // --profile
	EnvFiles    []string // --env-file, else COMPOSE_ENV_FILES
	// Env is the process environment. It is not read in Static.
	Env   map[string]string
	Stdin io.Reader // for the file "-"
	// Static reads only what the files say: a variable without a value takes it from an example file beside, else it
	// is unknown; a missing env_file is no defect.
	Static bool
	// Standalone says that Files were found by PATH and not named with -f: a file that is only a part of a project
	// (no image, networks of another file) is then no defect.
	Standalone bool

	found bool // by Find, so it may turn out to be a part of another project
}

// Loaded is a project with the text of the files that it came from.
type Loaded struct {
	Project *lint.Project
	Sources lint.Sources

	found bool
}
