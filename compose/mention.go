package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// A clue is a form of text in which a number is a host port.
type clue struct {
	kind   string
	within *regexp.Regexp // only there; nil: anywhere
	number *regexp.Regexp // the last group is the number, an earlier one the name of a variable
	follow bool           // that variable gives the number, which is its default
}

// The clues. A bare number is none, and neither is an address at which something listens inside a container.
var (
	localURL = clue{kind: "URL", number: regexp.MustCompile(
		`\b(?:localhost|127\.0\.0\.1|host\.docker\.internal|\$\{?HOST\}?):([0-9]{2,5})\b`)}
	anyURL     = clue{kind: "URL", number: regexp.MustCompile(`(?:\[::1\]|//0\.0\.0\.0):([0-9]{2,5})\b`)}
	defaultURL = clue{kind: "URL", follow: true, number: regexp.MustCompile(
		`(?:\b(?:localhost|127\.0\.0\.1|host\.docker\.internal)|\[::1\]):\$\{([A-Za-z_][A-Za-z0-9_]*):?-([0-9]{2,5})\}`)}
	advertised = clue{kind: "advertised listener", within: regexp.MustCompile(`(?i)ADVERTISED[^\n]*`),
		number: regexp.MustCompile(`://[^\s,:/"']+:([0-9]{2,5})\b`)}
	envLine   = clue{kind: ".env", number: regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=["']?([0-9]{2,5})["']?[ \t]*(?:#.*)?\r?$`)}
	forwarded = clue{kind: "forwardPorts", within: regexp.MustCompile(`"(?:forwardPorts|appPort)"\s*:\s*\[[^\]]*\]`),
		number: regexp.MustCompile(`[\[,\s"]([0-9]{2,5})\b`)} // "web:8080" is a port of the container
	appPort  = clue{kind: "forwardPorts", number: regexp.MustCompile(`"appPort"\s*:\s*"?([0-9]{2,5})\b`)}
	setting  = clue{kind: "port setting", number: regexp.MustCompile(`(?:^|[\s{,])["']?port["']?\s*:\s*["']?([0-9]{2,5})\b`)}
	fallback = clue{kind: "port setting", number: regexp.MustCompile(`\b([A-Z0-9_]*PORT)\b["'\])]*\s*(?:\|\||\?\?)\s*["']?([0-9]{2,5})\b`)}
	option   = clue{kind: "option", number: regexp.MustCompile(`(?:^|[\s"'])--port[ =]([0-9]{2,5})\b`)}
	assigned = clue{kind: "variable", number: regexp.MustCompile(`\b([A-Z0-9_]*PORT)[ \t]*[:?]?=[ \t]*["']?([0-9]{2,5})\b`)}
)

// A kin is a group of files beside a project that name ports in the same ways.
type kin struct {
	is    func(name string) bool // name in lower case
	clues []clue
}

// beside are the files that people keep in step with a project by hand.
var beside = []kin{
	{isEnvFile, []clue{envLine, localURL, anyURL}},
	{oneOf("devcontainer.json", ".devcontainer.json"), []clue{forwarded, appPort}},
	{oneOf("package.json", "makefile", "gnumakefile"), []clue{localURL, anyURL, option, assigned}},
	{oneOf("launch.json", "cypress.json"), []clue{localURL, anyURL, setting}},
	{isTestConfig, []clue{localURL, anyURL, setting, fallback}},
	{func(name string) bool { return strings.HasPrefix(name, "readme") }, []clue{localURL, anyURL}},
}

func isEnvFile(name string) bool {
	return name == ".env" || strings.HasPrefix(name, ".env.") || slices.Contains(exampleNames, name)
}

var testConfig = regexp.MustCompile(`^(?:playwright|cypress|vite|vitest)[a-z0-9.-]*\.config\.[cm]?[jt]s$`)

func isTestConfig(name string) bool { return testConfig.MatchString(name) }

func oneOf(names ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

// mentions finds the numbers in URLs of this machine and in advertised listeners of a Compose file; of defaults only
// those that are in force.
func (r *reader) mentions(f *file) []lint.Mention {
	return slices.DeleteFunc(findMentions(f.path, f.text, []clue{localURL, defaultURL, advertised}), func(m lint.Mention) bool {
		_, given := r.env.lookup(m.Var)
		return m.Var != "" && given
	})
}

// findMentions lists each number once, by its first clue, in the order of the text.
func findMentions(path string, text []byte, clues []clue) []lint.Mention {
	var out []lint.Mention
	for _, c := range clues {
		for _, part := range c.parts(text) {
			out = append(out, c.numbers(path, text[part[0]:part[1]], part[0])...)
		}
	}
	slices.SortStableFunc(out, func(a, b lint.Mention) int { return a.Span.Start - b.Span.Start })
	return slices.CompactFunc(out, func(a, b lint.Mention) bool { return a.Span == b.Span })
}

func (c clue) parts(text []byte) [][]int {
	if c.within == nil {
		return [][]int{{0, len(text)}}
	}
	return c.within.FindAllIndex(text, -1)
}

// numbers lists the ports of every match; base is the offset of text in its file.
func (c clue) numbers(path string, text []byte, base int) []lint.Mention {
	var out []lint.Mention
	for _, m := range c.number.FindAllSubmatchIndex(text, -1) {
		start, end := m[len(m)-2], m[len(m)-1]
		port, err := strconv.ParseUint(string(text[start:end]), 10, 16)
		name := ""
		if len(m) > 4 {
			name = string(text[m[2]:m[3]])
		}
		if err != nil || name != "" && !c.follow && !namesPort(name) {
			continue
		}
		found := lint.Mention{Port: uint16(port), Kind: c.kind, Span: lint.Span{File: path, Start: base + start, End: base + end}}
		if c.follow {
			found.Var = name
		}
		out = append(out, found)
	}
	return out
}

// namesPort reports whether a variable is about a port: PORT is a word of its name, or the end of one, as in WEBPORT.
func namesPort(name string) bool {
	for word := range strings.SplitSeq(strings.ToUpper(name), "_") {
		if slices.Contains([]string{"SUPPORT", "EXPORT", "IMPORT", "REPORT", "TRANSPORT", "VIEWPORT", "PASSPORT"}, word) {
			continue
		}
		if strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(word, "S"), "0123456789"), "PORT") {
			return true
		}
	}
	return false
}

// The bounds of the look around a project.
const (
	maxBeside     = 1 << 20 // bytes of one file
	maxSubfolders = 50
)

// mentionsBeside looks into the files beside the project that name ports, and for URLs of this machine into those one
// directory below: what else is set there is the business of a container.
func (r *reader) mentionsBeside() {
	if r.ports == 0 {
		return
	}
	folders := r.mentionsIn(r.dir, listed(r.dir), false)
	for _, name := range folders[:min(len(folders), maxSubfolders)] {
		dir := filepath.Join(r.dir, name)
		entries := listed(dir)
		own := name == ".devcontainer" || name == ".vscode"
		if own || !slices.ContainsFunc(entries, isComposeFile) { // that is a project of its own
			r.mentionsIn(dir, entries, !own)
		}
	}
}

// listed are the entries of a directory, none when it can't be read: mentions decide nothing.
func listed(dir string) []os.DirEntry {
	entries, _ := os.ReadDir(dir)
	return entries
}

func isComposeFile(e os.DirEntry) bool {
	name := strings.ToLower(e.Name())
	return strings.Contains(name, "compose") && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name))
}

// mentionsIn looks into the files of a directory, and returns the directories in it that may belong to the project.
func (r *reader) mentionsIn(dir string, entries []os.DirEntry, urlsOnly bool) (folders []string) {
	for _, e := range entries {
		if e.IsDir() {
			if mayBelong(e.Name()) {
				folders = append(folders, e.Name())
			}
			continue
		}
		clues := cluesOf(e.Name())
		if urlsOnly {
			clues = slices.DeleteFunc(slices.Clone(clues), func(c clue) bool { return c.kind != localURL.kind })
		}
		if len(clues) > 0 {
			r.mentionsOf(filepath.Join(dir, e.Name()), clues)
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

// cluesOf are the clues for a file of that name, none for most.
func cluesOf(name string) []clue {
	name = strings.ToLower(name)
	for _, k := range beside {
		if k.is(name) {
			return k.clues
		}
	}
	return nil
}

func (r *reader) mentionsOf(path string, clues []clue) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxBeside {
		return
	}
	text, err := r.overlay.readFile(path)
	if err != nil {
		return
	}
	if found := findMentions(path, text, clues); len(found) > 0 {
		r.project.Mentions = append(r.project.Mentions, found...)
		r.beside = append(r.beside, &file{path: path, text: text})
	}
}
