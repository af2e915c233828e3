package compose

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// mentions finds the numbers in URLs of this machine and in advertised listeners of a Compose file; of defaults only
// those that are in force.
func (r *reader) mentions(f *file) []lint.Mention {
	found := slices.DeleteFunc(findMentions(f.path, f.text, []clue{localURL, defaultURL, advertised}), func(m lint.Mention) bool {
		_, given := r.env.lookup(m.Var)
		return m.Var != "" && given
	})
	return append(found, extensionMentions(f)...)
}

// A kin is a group of files beside a project that name ports in the same ways.
type kin struct {
	is    func(name string) bool // name in lower case
	clues []clue
	hosts bool // such a file may be for a container as well: then only what names the host by name counts
}

// beside are the files that people keep in step with a project by hand; the first kin that a file is of counts.
var beside = []kin{
	{is: isEnvFile, clues: []clue{envLine, localURL, anyURL}},
	{is: oneOf("devcontainer.json", ".devcontainer.json"), clues: []clue{forwarded, appPort}},
	{is: oneOf("package.json", "makefile", "gnumakefile"), clues: append([]clue{option, assigned}, calls...)},
	{is: oneOf("launch.json", "cypress.json"), clues: []clue{localURL, anyURL, setting}},
	{is: isTestConfig, clues: []clue{localURL, anyURL, setting, fallback}},
	{is: isPage, clues: []clue{localURL, anyURL, addressed, portFirst}},
	{is: named(`\.(?:http|rest)|http-client(?:\.private)?\.env\.json`), clues: calls},
	{is: IsName},
	{is: named(`\.(?:sh|bash|zsh|ps1|bat|cmd)`), clues: calls, hosts: true},
	{is: named(`\.(?:conf|caddy)|caddyfile|\.conf\.template`), clues: []clue{localURL}, hosts: true},
	{is: named(`\.(?:ya?ml|toml)|haproxy\.cfg`), clues: []clue{hostName}},
}

// calls are the ways in which commands name a port that they reach.
var calls = []clue{localURL, anyURL, addressed, portFirst, given, givenDefault}

func isEnvFile(name string) bool {
	return name == ".env" || strings.HasPrefix(name, ".env.") || slices.Contains(exampleNames, name)
}

var testConfig = regexp.MustCompile(`^(?:playwright|cypress|vite|vitest)[a-z0-9.-]*\.config\.[cm]?[jt]s$`)

func isTestConfig(name string) bool { return testConfig.MatchString(name) }

// named is for names that end in a pattern.
func named(pattern string) func(string) bool {
	return regexp.MustCompile(`(?:` + pattern + `)$`).MatchString
}

var (
	workflow = named(`\.ya?ml`)
	page     = named(`\.(?:mdx?|rst|adoc)`)
	past     = regexp.MustCompile(`^(?:change|history|news|release)`)
)

// isPage is a README or another page that is not about the past.
func isPage(name string) bool {
	return strings.HasPrefix(name, "readme") || page(name) && !past.MatchString(name)
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

// surroundings is the look around a project.
type surroundings struct {
	*reader
	insides
	left  int // files that may still be read
	bytes int // the same of their texts
}

// mentionsBeside looks into the files beside the project that name ports, and for addresses of this machine into those
// one directory below: what else is set there is the business of a container.
func (r *reader) mentionsBeside() {
	if r.ports == 0 {
		return
	}
	s := &surroundings{reader: r, insides: r.insides(), left: maxBesideFiles, bytes: maxBesideAll}
	folders := s.mentionsIn(r.dir, r.disk.list(r.dir), cluesOf)
	for _, name := range folders[:min(len(folders), maxSubfolders)] {
		dir := filepath.Join(r.dir, name)
		entries := s.disk.list(dir)
		clues := localCluesOf
		if name == ".devcontainer" || name == ".vscode" {
			clues = cluesOf
		} else if r.isProject(dir, entries) { // that is a project of its own
			continue
		}
		s.mentionsIn(dir, entries, clues)
	}
	s.mentionsInWorkflows(filepath.Join(r.dir, ".github", "workflows"))
}

// isProject reports whether a directory has a Compose file.
func (r *reader) isProject(dir string, entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		if !IsName(e.Name()) {
			return false
		}
		text, err := r.disk.read(filepath.Join(dir, e.Name()))
		return err == nil && recognize(e.Name(), text).isCandidate(e.Name())
	})
}

// mentionsIn looks into the files of a directory, and returns the directories in it that may belong to the project.
func (s *surroundings) mentionsIn(dir string, entries []fs.DirEntry, cluesOf func(name string) (clues []clue, hosts bool)) (folders []string) {
	var dockerfiles [][]byte
	if dir != s.dir {
		dockerfiles = s.dockerfilesIn(dir, entries)
	}
	for _, e := range entries {
		if e.IsDir() {
			if mayBelong(e.Name()) {
				folders = append(folders, e.Name())
			}
			continue
		}
		path := filepath.Join(dir, e.Name())
		clues, hosts := cluesOf(strings.ToLower(e.Name()))
		if hosts && s.has(path, dockerfiles) {
			clues = []clue{hostName}
		}
		if len(clues) > 0 {
			s.mentionsOf(path, clues)
		}
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

// cluesOf are the clues for a file of a name in lower case, none for most; hosts as in [kin].
func cluesOf(name string) (clues []clue, hosts bool) {
	for _, k := range beside {
		if k.is(name) {
			return k.clues, k.hosts
		}
	}
	return nil, false
}

// localCluesOf are those of them that hold wherever the file stands.
func localCluesOf(name string) (clues []clue, hosts bool) {
	clues, hosts = cluesOf(name)
	return slices.DeleteFunc(slices.Clone(clues), func(c clue) bool { return !c.local }), hosts
}

func (s *surroundings) mentionsOf(path string, clues []clue) {
	text := s.text(path)
	s.name(path, text, findMentions(path, text, clues))
}

var (
	startsCompose = regexp.MustCompile(`\bdocker[ -]compose\b|\bcompose-action\b|\bportlint up\b`)
	jobContainer  = regexp.MustCompile(`(?m)^[ \t]+container:`)
	published     = regexp.MustCompile(`["'\[\s,-]([0-9]{2,5}):[0-9]{2,5}\b`)
)

// mentionsInWorkflows looks into the workflows that start a project themselves, and reach it from the runner's machine.
// What their own services publish is theirs.
func (s *surroundings) mentionsInWorkflows(dir string) {
	for _, e := range s.disk.list(dir) {
		path := filepath.Join(dir, e.Name())
		if !workflow(e.Name()) {
			continue
		}
		text := s.text(path)
		if !startsCompose.Match(text) || jobContainer.Match(text) {
			continue
		}
		theirs := map[string]bool{}
		for _, m := range published.FindAllSubmatch(text, -1) {
			theirs[string(m[1])] = true
		}
		s.name(path, text, slices.DeleteFunc(findMentions(path, text, calls), func(m lint.Mention) bool {
			return theirs[string(text[m.Span.Start:m.Span.End])]
		}))
	}
}

// text reads a file as long as there may be more; nil when there is none.
func (s *surroundings) text(path string) []byte {
	if s.left == 0 || s.bytes <= 0 {
		return nil
	}
	s.left--
	text := s.besideText(path)
	s.bytes -= len(text)
	return text
}

// name keeps what a file names.
func (s *surroundings) name(path string, text []byte, found []lint.Mention) {
	if len(found) > 0 {
		s.project.Mentions = append(s.project.Mentions, found...)
		s.beside = append(s.beside, &file{path: path, text: text})
	}
}

// besideText is a regular file of bounded size, nil when it can't be read.
func (r *reader) besideText(path string) []byte {
	text, err := r.disk.readUpTo(path, maxBeside)
	if err != nil {
		return nil
	}
	return text
}
