// Package compose reads Compose files as Compose does and says where each host port is written.
//
// compose-go alone decides which ports a project has. A second, small walk over the yaml nodes of the same files
// records where every `ports` item stands, and each final port is looked up there.
package compose

import (
	"io"
	"strconv"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/lint"
)

// MaxFile bounds what is read of one file of a project, in bytes.
const MaxFile = disk.MaxFile

// Options say which project to read. They mean what Compose's own flags and variables of that name mean.
type Options struct {
	Dir         string   // the working directory, absolute
	Files       []string // -f; empty: COMPOSE_FILE, else discovery with the parent walk
	ProjectDir  string   // --project-directory
	ProjectName string   // -p
	Profiles    []string // --profile
	EnvFiles    []string // --env-file, else COMPOSE_ENV_FILES
	// Compatibility is --compatibility, which COMPOSE_COMPATIBILITY can be instead.
	Compatibility bool
	// Env is the process environment. It is not read in Static.
	Env   map[string]string
	Stdin io.Reader // for the file "-"
	// Static reads only what the files say: a variable without a value takes it from an example file beside, else it
	// is unknown; a missing env_file is no defect.
	Static bool
	// Confined leaves what lies outside of the repository unread, links resolved, unless the options name it; outside of a
	// repository it changes nothing. What was not read is in Project.Blind.
	Confined bool
	// NoEnvFile leaves the project's .env out, as `docker stack deploy` does.
	NoEnvFile bool
	// Standalone says that Files were found by PATH and not named with -f: a file that is only a part of a project
	// (no image, networks of another file) is then no defect.
	Standalone bool

	// Overlay is text to read in place of the disk's, by absolute path: Compose files, env files and example files. An env
	// file need not be on the disk. What compose-go reads by itself is put before it too.
	Overlay map[string][]byte

	// Unedited says that nobody will prove an edit of the project: what only its Shape needs is not kept, and there is none.
	Unedited bool

	// Search is what a search below a directory knows of the project; nil for one that the command line names.
	Search *Search
}

// Search is what a search knows of a project that it found. Such a project may turn out to be a part of another one.
type Search struct {
	From     string          // where the command runs, "" in Dir
	Named    map[string]bool // files that the command line names by PATH
	TestData bool            // see lint.Project.TestData
	Lacks    Lacks           // what the project may lack, being a part
}

// Lacks are what a project needs by name and does not have.
type Lacks struct {
	Services []string // without an image or a build
	Networks []string
	Whole    bool // it has services with an image or a build, too
}

// None reports whether nothing is lacking.
func (l Lacks) None() bool { return len(l.Services)+len(l.Networks) == 0 }

// why says what is lacking, "" where nothing is.
func (l Lacks) why() string {
	if l.None() {
		return ""
	}

	names, one, many := l.Services, " has neither an image nor a build", " have neither an image nor a build"
	if len(names) == 0 {
		names, one, many = l.Networks, " is a network that it does not define", " are networks that it does not define"
	}
	if len(names) == 1 {
		return strconv.Quote(names[0]) + one
	}

	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return lint.AndList(quoted) + many
}

// lacks is what the project may lack, being a part of another one.
func (o Options) lacks() Lacks {
	if o.Search == nil {
		return Lacks{}
	}
	return o.Search.Lacks
}

// Loaded is a project with the text of the files that it came from.
type Loaded struct {
	Project *lint.Project
	Sources lint.Sources
	// Defaults are the COMPOSE_ variables of the process and of the .env files that Compose reads before its files: the
	// defaults of its own flags.
	Defaults map[string]string
	// Copies are the ways in which people make the project's env files out of its example files: for each way the example
	// by the path of the env file.
	Copies []map[string]Copy
	// Items are all `ports` items of the project's services, those too that another one replaces.
	Items []lint.Span
	// Demands are values for the variables to which nothing gives one, where Compose refuses the project: with them it may
	// be one.
	Required map[string]string
	// Part says why the project was read as a part of another one, though Compose finds it by itself: "" for most.
	Part string

	// Found says that a search found the project: it may be a part of another one.
	Found bool

	comparison
}

// Copy is an example file that is taken as an env file.
type Copy struct {
	Example string // absolute
	Text    []byte
}

// comparison is what a project is compared by.
type comparison struct {
	model  *types.Project // of compose-go; what could be loaded of it where it is not full
	full   bool           // compose-go loads the project
	text   map[string]any // the services as written, where it is not full
	mirror mirror         // where compose-go read it
}

// ProjectName turns any text into a project's name as Compose does with the name of a directory: "" when nothing is left.
func ProjectName(text string) string { return loader.NormalizeProjectName(text) }
