package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

var (
	yamlBlock = regexp.MustCompile("(?s)```yaml[^\n]*\n(.*?)```\n")
	textBlock = regexp.MustCompile("(?s)```text\n(.*?)```\n")
	fileTitle = regexp.MustCompile(`^# ([\w./-]+\.[\w]+|\.env[\w.]*)\n`)
)

// TestPages runs the example of every rule's page through the whole program and compares with the output in the page.
func TestPages(t *testing.T) {
	for _, rule := range lint.Rules {
		t.Run(rule.Name, func(t *testing.T) {
			page, _ := lint.Page(rule.Name)
			output := textBlock.FindStringSubmatchIndex(page)
			if output == nil || !yamlBlock.MatchString(page) {
				t.Fatal("the page has no example with an output")
			}
			example := runExample
			if rule.Live || rule.LiveToo {
				example = runLiveExample
			}
			got := example(t, rule.Name, page[:output[0]])
			if got == page[output[2]:output[3]] {
				return
			}
			if !*update {
				t.Errorf("the page says:\n%s\nthe program says:\n%s", page[output[2]:output[3]], got)
				return
			}
			file := filepath.Join(root, "lint", "rule_"+strings.ReplaceAll(rule.Name, "-", "_")+".md")
			rewrite(t, file, page[:output[2]]+got+page[output[3]:])
		})
	}
}

// runExample checks the yaml blocks of a page with one rule turned on.
func runExample(t *testing.T, rule, page string) string {
	t.Helper()
	dir := layOut(t, page)
	args := []string{"check", "--static", "--level", "info", "--fail-on", "never", "--quiet"}
	if r, _ := lint.RuleNamed(rule); r.Twice {
		args = append(args, "--twice")
	}
	for _, other := range lint.Rules {
		if other.Name != rule && !strings.Contains(page, "portlint:ignore "+other.Name) {
			args = append(args, "--rule", other.Name+"=off")
		}
	}
	r := portlint(t, dir, append(args, ".")...)
	if r.code != run.ExitClean || r.stderr != "" {
		t.Fatalf("exit %d, stderr:\n%s", r.code, r.stderr)
	}
	return r.stdout
}

// layOut writes the yaml blocks of a page as files, and returns their directory. A block that begins with a comment that
// is a file name becomes that file; the first block without one is compose.yaml, the second compose.override.yaml.
func layOut(t *testing.T, page string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "example")
	names := []string{"compose.yaml", "compose.override.yaml"}
	for _, m := range yamlBlock.FindAllStringSubmatch(page, -1) {
		name := ""
		if title := fileTitle.FindStringSubmatch(m[1]); title != nil {
			name = title[1]
		} else if len(names) > 0 {
			name, names = names[0], names[1:]
		}
		testdir.Write(t, filepath.Join(dir, filepath.FromSlash(name)), m[1])
	}
	return dir
}
