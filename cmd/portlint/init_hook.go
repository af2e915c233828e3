package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint/safefile"
)

// hookFile is where pre-commit reads its hooks, in the root of a repository.
const hookFile = ".pre-commit-config.yaml"

// releasedHook is built by pre-commit from the tag that this program was released as.
const releasedHook = `- repo: https://github.com/portlint/portlint
  rev: %s
  hooks:
    - id: portlint
`

// installedHook is the hook portlint-system of .pre-commit-hooks.yaml, written out: it runs the portlint that is installed,
// and there is no tag to name.
const installedHook = `- repo: local
  hooks:
    - id: portlint
      name: portlint
      language: system
      entry: portlint check --static
      args: [--]
      files: (?i)(^|/)(([^/]*[-_.])?(docker[-_]?)?compose([-_.][^/]*)?\.ya?ml|\.env([-_.][^/]*)?|[^/]+\.env(\.[^/]*)?|env[-_.](example|sample))$
      require_serial: true
`

func initHook(w run.Process) (written, error) {
	root, err := initRoot(w, "the hook")
	if err != nil {
		return written{}, err
	}
	hook := installedHook
	if tag := release(w); tag != "" {
		hook = fmt.Sprintf(releasedHook, tag)
	}
	file := filepath.Join(root, hookFile)
	text, err := safefile.Read(file, run.MaxSettings)
	name := run.Relative(w.Dir, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return written{file: file, text: "repos:\n" + indent(hook, "  ")}, absent(w, file)
	case err != nil:
		return written{}, fmt.Errorf("cannot read %q: %w", name, safefile.WithoutPath(err))
	}

	added, err := addHook(string(text), hook)
	if errors.Is(err, errHasHook) {
		return written{}, &thereError{fmt.Sprintf("%q has the hook already", name)}
	}
	if err != nil {
		return written{}, fmt.Errorf("cannot add the hook to %q: %w; expected a list of lines below `repos:`, to add this to by hand:\n%s",
			name, err, strings.TrimSuffix(hook, "\n"))
	}
	return written{file: file, text: added, grown: true}, nil
}

// indent puts a prefix before each line.
func indent(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(prefix + line)
	}
	return b.String()
}

// preCommit is what init reads of pre-commit's file.
type preCommit struct {
	Repos []any          `yaml:"repos"`
	Rest  map[string]any `yaml:",inline"`
}

var (
	errHasHook = errors.New("the hook is there already")
	errNoLines = errors.New("its `repos` are something else")
)

// addHook puts a hook behind the last repo of pre-commit's file. Every other byte stays, and reading the new text gives
// the old repos and one more.
func addHook(text, hook string) (string, error) {
	var old, now preCommit
	var doc yaml.Node
	if err := errors.Join(yaml.Unmarshal([]byte(text), &doc), yaml.Unmarshal([]byte(text), &old)); err != nil {
		return "", errNoLines
	}
	if hasHook(old) {
		return "", errHasHook
	}
	lines, at := strings.SplitAfter(text, "\n"), 0
	list, next := reposOf(&doc)
	switch {
	case list == nil || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0:
		return "", errNoLines
	case next == nil:
		at = len(lines)
	default:
		at = next.Line - 1
	}

	for at > 0 && isRemark(lines[at-1]) {
		at--
	}
	before, after := strings.Join(lines[:at], ""), strings.Join(lines[at:], "")
	added := indent(hook, strings.Repeat(" ", list.Column-1))
	if strings.Contains(text, "\r\n") {
		added = strings.ReplaceAll(added, "\n", "\r\n")
	}
	if !strings.HasSuffix(before, "\n") {
		before += added[len(strings.TrimRight(added, "\r\n")):]
	}

	text = before + added + after
	if err := yaml.Unmarshal([]byte(text), &now); err != nil || len(now.Repos) != len(old.Repos)+1 {
		return "", errNoLines
	}
	othersStay := reflect.DeepEqual(now.Repos[:len(old.Repos)], old.Repos) && reflect.DeepEqual(now.Rest, old.Rest)
	if !othersStay || !hasHook(now) {
		return "", errNoLines
	}
	return text, nil
}

// isRemark reports whether a line is blank, or a comment that stands at its beginning.
func isRemark(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")
}

// reposOf finds the list of repos, and the key behind it, nil when it is the last one.
func reposOf(doc *yaml.Node) (list, next *yaml.Node) {
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value != "repos" || pairs[i+1].Kind != yaml.SequenceNode {
			continue
		}
		if i+2 < len(pairs) {
			next = pairs[i+2]
		}
		return pairs[i+1], next
	}

	return nil, nil
}

// hasHook reports whether one of the hooks is one of portlint's.
func hasHook(p preCommit) bool {
	for _, repo := range p.Repos {
		fields, _ := repo.(map[string]any)
		hooks, _ := fields["hooks"].([]any)
		for _, hook := range hooks {
			hook, _ := hook.(map[string]any)
			if id, _ := hook["id"].(string); strings.HasPrefix(id, "portlint") {
				return true
			}
		}
	}

	return false
}
