// Package mention finds other places that name a host port or a container, in Compose files and in the files that people keep beside
// them, so that they can be changed together.
package mention

import (
	"io/fs"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/recognize"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// InCompose finds the numbers in URLs of this machine and in advertised listeners of a Compose file, and what its extensions give
// as a port. A mention with a variable is its default, which need not be in force.
func InCompose(f *syntax.File) []lint.Mention {
	return append(findAll(f.Path, f.Text, []pattern{localURL, defaultURL, advertised}), extensionMentions(f)...)
}

// A fileKind is a group of files beside a project that name ports and containers in the same ways.
type fileKind struct {
	is       func(name string) bool // name in lower case
	patterns []pattern
	names    nameForm
	hosts    bool // such a file may be for a container as well: then no port and no command of it counts
}

// beside are the files that people keep in step with a project by hand; the first kind that a file is of counts.
var beside = []fileKind{
	{is: isEnvFile, patterns: []pattern{envLine, localURL}, names: asHost},
	{is: oneOf("devcontainer.json", ".devcontainer.json"), patterns: []pattern{forwarded}, names: inCommands},
	{is: isOfProject, patterns: addresses, names: inCommands},
	{is: recognize.IsName},
	{is: named(`\.(?:sh|bash|zsh|ps1|bat|cmd)`), patterns: addresses, names: inCommands, hosts: true},
	{is: named(`\.(?:conf|caddy)|caddyfile|\.conf\.template`), patterns: []pattern{localURL}, names: asHost, hosts: true},
}

// settings are files that say which hosts a container reaches, where one works with them.
var settings = named(`\.(?:ya?ml|toml|json|ini|cnf|cfg|properties)`)

// addresses are the ways in which people and commands name a port of this machine.
var addresses = []pattern{localURL, addressed}

func isEnvFile(name string) bool {
	return name == ".env" || strings.HasPrefix(name, ".env.") || slices.Contains(recognize.ExampleNames(), name)
}

var (
	tools      = oneOf("package.json", "makefile", "gnumakefile", "launch.json", "cypress.json")
	testConfig = lazyexp.New(`^(?:playwright|cypress|vite|vitest)[a-z0-9.-]*\.config\.[cm]?[jt]s$`)
	requests   = named(`\.(?:http|rest)|http-client(?:\.private)?\.env\.json`)
)

// isOfProject is for files that people and their tools read, and no container.
func isOfProject(name string) bool {
	return tools(name) || testConfig().MatchString(name) || requests(name) || isPage(name)
}

// named is for names that end in a pattern.
func named(pattern string) func(string) bool {
	ends := lazyexp.New(`(?:` + pattern + `)$`)
	return func(name string) bool { return ends().MatchString(name) }
}

var (
	workflow = named(`\.ya?ml`)
	page     = named(`\.(?:mdx?|rst|adoc)`)
	past     = lazyexp.New(`^(?:change|history|news|release)`)
)

// isPage is a README or another page that is not about the past.
func isPage(name string) bool {
	return strings.HasPrefix(name, "readme") || page(name) && !past().MatchString(name)
}

func oneOf(names ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

// The bounds of the look around a project.
const (
	maxBeside      = 1 << 20 // bytes of one file
	maxBesideFiles = 300
	maxBesideAll   = 4 << 20 // bytes of all of them
	maxSubfolders  = 50
)

// Project is what the look around a project must know of it.
type Project struct {
	Dir            string // the project's directory
	Disk           *disk.View
	ContainerPaths map[string]bool // the files and directories of the host with which its containers work
	Ports          bool            // it has ports, which are looked for
	Names          Names           // of its containers, which are looked for
	Subnets        []netip.Prefix  // of its networks, whose addresses are looked for
}

// Mentioning is a file that names ports or containers.
type Mentioning struct {
	Path     string
	Text     []byte
	Mentions []lint.Mention
	Names    []lint.NameMention
	// Addresses are those in the project's subnets.
	Addresses []lint.AddressMention
}

// lookAround is the look around a project.
type lookAround struct {
	Project
	containerFiles
	found []Mentioning
	left  int // files that may still be read
	bytes int // the same of their texts
}

// Beside looks into the files beside a project that name ports, containers and addresses of theirs, and for addresses and names into those
// one directory below: what else is set there is the business of a container.
func Beside(p Project) []Mentioning {
	entries := p.Disk.List(p.Dir)
	s := &lookAround{Project: p, left: maxBesideFiles, bytes: maxBesideAll,
		containerFiles: containerFiles{paths: p.ContainerPaths, dockerfiles: dockerfilesIn(p.Disk, p.Dir, entries)}}

	folders := s.lookInto(p.Dir, entries, kindOf)
	for _, name := range folders[:min(len(folders), maxSubfolders)] {
		dir := filepath.Join(p.Dir, name)
		entries := p.Disk.List(dir)
		kind := localKindOf
		if name == ".devcontainer" {
			kind = kindOf
		} else if s.isProject(dir, entries) { // that is a project of its own
			continue
		}
		s.lookInto(dir, entries, kind)
	}
	s.lookIntoWorkflows(filepath.Join(p.Dir, ".github", "workflows"))
	return s.found
}

// isProject reports whether a directory has a Compose file.
func (s *lookAround) isProject(dir string, entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		if !recognize.IsName(e.Name()) {
			return false
		}
		text, err := s.Disk.Read(filepath.Join(dir, e.Name()))
		return err == nil && recognize.Recognize(e.Name(), text).IsCandidate(e.Name())
	})
}

// lookInto looks into the files of a directory, and returns the directories in it that may belong to the project.
func (s *lookAround) lookInto(dir string, entries []fs.DirEntry, kindFor func(name string) fileKind) (folders []string) {
	var dockerfiles [][]byte
	if dir != s.Dir {
		dockerfiles = dockerfilesIn(s.Disk, dir, entries)
	}

	for _, e := range entries {
		if e.IsDir() {
			if mayBelong(e.Name()) {
				folders = append(folders, e.Name())
			}
			continue
		}

		path := filepath.Join(dir, e.Name())
		kind := kindFor(strings.ToLower(e.Name()))
		if kind.hosts && s.has(path, dockerfiles) {
			kind.patterns = nil
			if kind.names == inCommands {
				kind.names = inNoForm
			}
		}
		if kind.is == nil && settings(strings.ToLower(e.Name())) && s.isMounted(path) {
			kind.names = asHost
		}
		s.lookAt(path, kind)
	}
	return folders
}

// mayBelong leaves out what is hidden or comes from others.
func mayBelong(folder string) bool {
	switch folder {
	case ".devcontainer", ".vscode":
		return true
	case "node_modules", "vendor":
		return false
	}
	return !strings.HasPrefix(folder, ".")
}

// kindOf is the kind of a file of a name in lower case, none for most.
func kindOf(name string) fileKind {
	for _, k := range beside {
		if k.is(name) {
			return k
		}
	}
	return fileKind{}
}

// localKindOf is the same with those patterns that hold wherever the file stands.
func localKindOf(name string) fileKind {
	kind := kindOf(name)
	kind.patterns = slices.DeleteFunc(slices.Clone(kind.patterns), func(p pattern) bool { return !p.local })
	return kind
}

// lookAt looks for what a file of its kind names. One that can name nothing that is looked for is not read.
func (s *lookAround) lookAt(path string, kind fileKind) {
	if !s.Ports {
		kind.patterns = nil
	}
	if len(s.Names)+len(s.Subnets) == 0 {
		kind.names = inNoForm
	}
	if len(kind.patterns) == 0 && kind.names == inNoForm {
		return
	}
	text := s.text(path)
	found := Mentioning{Path: path, Text: text, Mentions: findAll(path, text, kind.patterns), Names: s.Names.find(path, text, 0, len(text), kind.names)}
	if kind.names != inNoForm {
		found.Addresses = Addresses(path, text, s.Subnets)
	}
	s.keep(found)
}

var (
	startsCompose = lazyexp.New(`\bdocker[ -]compose\b|\bcompose-action\b|\bportlint up\b`)
	jobContainer  = lazyexp.New(`(?m)^[ \t]+container:`)
	published     = lazyexp.New(`["'\[\s,-]([0-9]{2,5}):[0-9]{2,5}\b`)
)

// lookIntoWorkflows looks into the workflows that start a project themselves, and reach it from the runner's machine.
// What their own services publish is theirs.
func (s *lookAround) lookIntoWorkflows(dir string) {
	for _, e := range s.Disk.List(dir) {
		path := filepath.Join(dir, e.Name())
		if !workflow(e.Name()) {
			continue
		}
		text := s.text(path)
		if !startsCompose().Match(text) || jobContainer().Match(text) {
			continue
		}

		names := s.Names.find(path, text, 0, len(text), inCommands)
		if !s.Ports {
			s.keep(Mentioning{Path: path, Text: text, Names: names})
			continue
		}
		theirs := map[string]bool{}
		for _, m := range published().FindAllSubmatch(text, -1) {
			theirs[string(m[1])] = true
		}

		ports := slices.DeleteFunc(findAll(path, text, addresses), func(m lint.Mention) bool {
			return theirs[string(text[m.Span.Start:m.Span.End])]
		})
		s.keep(Mentioning{Path: path, Text: text, Mentions: ports, Names: names})
	}
}

// text reads a file as long as there may be more; nil when there is none.
func (s *lookAround) text(path string) []byte {
	if s.left == 0 || s.bytes <= 0 {
		return nil
	}
	s.left--
	text := besideText(s.Disk, path)
	s.bytes -= len(text)
	return text
}

// keep keeps what a file names.
func (s *lookAround) keep(found Mentioning) {
	if len(found.Mentions)+len(found.Names)+len(found.Addresses) > 0 {
		s.found = append(s.found, found)
	}
}
