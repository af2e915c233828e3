package find

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/safefile"
)

// ignored knows what a walk leaves out: .git, node_modules, vendor and what the .gitignore files say, those above the
// walk's start included.
type ignored struct {
	root  string       // the repository's root, or the walk's
	rules []ignoreRule // the last one that fits a path decides
}

func newIgnored(start string) *ignored {
	i := &ignored{root: start}
	for dir := start; ; dir = filepath.Dir(dir) {
		if isRepository(dir) {
			i.root = dir
			break
		}
		if dir == filepath.Dir(dir) {
			return i
		}
	}

	i.read(filepath.Join(i.root, ".git", "info", "exclude"), nil)
	above := i.split(start)
	for n := range above {
		i.read(filepath.Join(i.root, filepath.Join(above[:n]...), ".gitignore"), above[:n])
	}

	for n := range above {
		if i.match(filepath.Join(i.root, filepath.Join(above[:n+1]...)), true) != "" { // the user asked for what is in it by name
			i.rules = nil
			break
		}
	}
	return i
}

// enter reads the .gitignore of a directory before what is in it is matched.
func (i *ignored) enter(dir string) {
	i.read(filepath.Join(dir, ".gitignore"), i.split(dir))
}

func (i *ignored) read(file string, domain []string) {
	text, err := readRules(file)
	if err != nil {
		return
	}
	for _, line := range strings.Split(strings.TrimPrefix(string(text), "\uFEFF"), "\n") {
		if rule, ok := parseIgnoreRule(strings.TrimSuffix(line, "\r")); ok {
			rule.file, rule.dir = file, strings.Join(domain, "/")
			i.rules = append(i.rules, rule)
		}
	}
}

// maxRules bounds a .gitignore, in bytes.
const maxRules = 1 << 20

// readRules reads a .gitignore. Git, too, follows no link there. Source: git Documentation/gitignore.
func readRules(file string) ([]byte, error) {
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return nil, safefile.ErrIrregular
	}
	return safefile.Read(file, maxRules)
}

// leavesOut reports whether a walk leaves an entry out. Git ignores nearly every .env, and Compose reads it all the same.
func (i *ignored) leavesOut(path string, e fs.DirEntry) bool {
	if e.IsDir() && isNeverWalked(e.Name()) {
		return true
	}
	return (e.IsDir() || e.Name() != ".env") && i.match(path, e.IsDir()) != ""
}

// isNeverWalked is for directories with nothing of the project's own.
func isNeverWalked(name string) bool {
	return name == ".git" || name == "node_modules" || name == "vendor"
}

// match is the file whose rule leaves a path out, "" for a path that none does. What a directory above it decides is not asked.
func (i *ignored) match(path string, isDir bool) string {
	rel := strings.Join(i.split(path), "/")
	for _, rule := range slices.Backward(i.rules) {
		switch {
		case !rule.fits(rel, isDir):
		case rule.negated:
			return ""
		default:
			return rule.file
		}
	}
	return ""
}

// split cuts a path below the root into its elements; none for the root itself.
func (i *ignored) split(path string) []string {
	rel, err := filepath.Rel(i.root, path)
	if err != nil || rel == "." {
		return nil
	}
	return strings.Split(rel, string(filepath.Separator))
}

func isRepository(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err == nil
}
