package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
)

var (
	consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```\n")
	shellBlock   = regexp.MustCompile("(?s)```sh\n(.*?)```\n")
	anyYAMLBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```\n")
)

// runners are the ways in which the README starts the program. The go command tells the exit code in words.
var runners = map[string]string{"portlint ": "", "go run ./cmd/portlint ": "exit status %d\n"}

// otherCommands are the commands of the README that a test can't run, each with its reason.
var otherCommands = map[string]string{
	"go test ./...":        "this is it",
	".ci/run":              "runs this test",
	"portlint up -d":       "starts containers; up.txtar and the tests with engines run it",
	"portlint check --fix": "writes; fix.txtar runs it",
}

// replayPage runs the console blocks of a page and compares them with what the program says; -update writes that.
func replayPage(t *testing.T, file, page string) {
	t.Helper()
	current := consoleBlock.ReplaceAllStringFunc(page, func(block string) string {
		now := "```console\n" + replay(t, consoleBlock.FindStringSubmatch(block)[1]) + "```\n"
		if now != block && !*update {
			t.Errorf("%s shows\n%s\nand the program says (-update writes it)\n%s", filepath.Base(file), block, now)
		}
		return now
	})
	if *update {
		rewrite(t, file, current)
	}
}

// replay runs the commands of a console block, the lines that begin with "$ ", and returns the block with what they say.
func replay(t *testing.T, block string) string {
	t.Helper()
	var out strings.Builder
	last := result{}
	for _, line := range strings.Split(block, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		out.WriteString(line + "\n")
		if command == "echo $?" {
			out.WriteString(string(rune('0'+last.code)) + "\n")
			continue
		}
		last = replayCommand(t, root, command)
		out.WriteString(last.stdout + last.stderr)
	}
	return out.String()
}

func replayCommand(t *testing.T, dir, command string) result {
	t.Helper()
	for runner, epilog := range runners {
		if args, ok := strings.CutPrefix(command+" ", runner); ok {
			r := portlint(t, dir, strings.Fields(args)...)
			if epilog != "" && r.code != 0 {
				r.stderr += fmt.Sprintf(epilog, r.code)
			}
			return r
		}
	}
	t.Errorf("the README shows the output of %q, which is not portlint", command)
	return result{}
}

// TestReadmeCommands runs the commands of the README: those with an output in the repository's root, to compare, and those
// without one in a copy of the demo, where none of them may be misunderstood.
func TestReadmeCommands(t *testing.T) {
	replayPage(t, filepath.Join(root, "README.md"), readReadme(t))
	dir := t.TempDir()
	for _, demo := range []string{".", "testdata/demo"} {
		if err := os.CopyFS(filepath.Join(dir, demo), os.DirFS(filepath.Join(root, "testdata/demo"))); err != nil {
			t.Fatal(err)
		}
	}
	for _, block := range shellBlock.FindAllStringSubmatch(readReadme(t), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			command, _, _ := strings.Cut(line, " #")
			command = strings.TrimSpace(command)
			if _, ok := otherCommands[command]; ok || command == "" {
				continue
			}
			r := replayCommand(t, dir, command)
			if reported := strings.ReplaceAll(r.stderr, "portlint: not checked: ", ""); strings.Contains(reported, "portlint: ") {
				t.Errorf("%s: exit %d\n%s", command, r.code, r.stderr)
			}
		}
	}
}

// TestReadmeSettings reads the example settings of the README, the yaml block that has a `fail-on`.
func TestReadmeSettings(t *testing.T) {
	seen := false
	for _, block := range anyYAMLBlock.FindAllStringSubmatch(readReadme(t), -1) {
		var value any
		if err := yaml.Unmarshal([]byte(block[1]), &value); err != nil {
			t.Errorf("not YAML: %v\n%s", err, block[1])
		}
		if !strings.Contains(block[1], "fail-on:") {
			continue
		}
		seen = true
		if _, err := run.ParseSettings("README.md", []byte(block[1])); err != nil {
			t.Error(err)
		}
	}
	if !seen {
		t.Error("the README shows no settings")
	}
}

func readReadme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
