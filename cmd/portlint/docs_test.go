package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// notRun begins a block of commands that a test can't run, before its reason.
const notRun = "# not run by a test: "

var pageLink = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)\s]*)?\)`)

// docs are the pages for users, by path.
func docs(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, ".github/docs/*.md"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	pages := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[file] = string(text)
	}
	return pages
}

// TestDocs runs the commands of the pages: those with an output in the repository's root, to compare, and the others in a copy of
// the demo, where none of them may be misunderstood.
func TestDocs(t *testing.T) {
	for file, page := range docs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayPage(t, file, page)
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata/demo"))); err != nil {
				t.Fatal(err)
			}
			for _, block := range shellBlock.FindAllStringSubmatch(page, -1) {
				if reason, left := strings.CutPrefix(block[1], notRun); !left {
					runBlock(t, dir, block[1])
				} else if reason, _, _ := strings.Cut(reason, "\n"); reason == "" {
					t.Errorf("no reason why this is not run:\n%s", block[1])
				}
			}
		})
	}
}

// runBlock runs the commands of a block, which may find something, and may not fail.
func runBlock(t *testing.T, dir, block string) {
	t.Helper()
	for line := range strings.Lines(block) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "  #")
		if command == "" {
			continue
		}
		r := replayCommand(t, dir, strings.TrimSpace(command))
		if r.code == run.ExitFailed && !strings.Contains(r.stderr, "could not look") {
			t.Errorf("%s: exit %d\n%s", command, r.code, r.stderr)
		}
	}
}

// TestDocsLinks: what a page of the repository links to is there.
func TestDocsLinks(t *testing.T) {
	pages := docs(t)
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		file := filepath.Join(root, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[file] = string(text)
	}
	for file, page := range pages {
		for _, link := range pageLink.FindAllStringSubmatch(page, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
	}
}

// TestDocsRules: the index of rules is the list of rules.
func TestDocsRules(t *testing.T) {
	file := filepath.Join(root, ".github/docs/rules.md")
	var want strings.Builder
	want.WriteString("# Rules\n\n`portlint explain RULE` prints a rule's page. This list is made from the rules themselves.\n\n" +
		"| rule | severity | finds | asks the machine |\n|---|---|---|---|\n")
	for _, r := range lint.Rules {
		live := ""
		if r.Live {
			live = "yes"
		}
		fmt.Fprintf(&want, "| [%s](../../lint/rule_%s.md) | %s | %s | %s |\n", r.Name, strings.ReplaceAll(r.Name, "-", "_"), r.Severity, r.Summary, live)
	}
	if *update {
		rewrite(t, file, want.String())
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want.String() {
		t.Errorf("%v: the index of rules is not up to date (-update writes it)", err)
	}
}

// TestDocsPrograms: the page of explain lists the wordings that are read.
func TestDocsPrograms(t *testing.T) {
	file := filepath.Join(root, ".github/docs/explain.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const head = "| program | words | where they are from |\n|---|---|---|\n"
	text, _, _ := strings.Cut(string(page), head)
	var want strings.Builder
	want.WriteString(text + head)
	for _, p := range refusal.ProgramsWords() {
		words := strings.ReplaceAll(p.Words, "|", "\\|")
		fmt.Fprintf(&want, "| %s | `%s` | %s |\n", cmp.Or(p.Program, "many"), words, p.Source)
	}
	if *update {
		rewrite(t, file, want.String())
	} else if string(page) != want.String() {
		t.Error("the list of wordings is not up to date (-update writes it)")
	}
}
