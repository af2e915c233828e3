package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// fileFlags take a path, which shells complete by themselves.
var fileFlags = map[string]bool{"file": true, "env-file": true, "project-directory": true}

// TestCompletionOfFlags demands words for each flag that takes a value: file names where a word is expected mislead.
func TestCompletionOfFlags(t *testing.T) {
	root := newRoot(world{version: "v0.0.0"})
	for _, cmd := range append(commandsBelow(root), root) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if _, known := cmd.GetFlagCompletionFunc(f.Name); !known && f.NoOptDefVal == "" && !fileFlags[f.Name] {
				t.Errorf("%s --%s: a shell would complete file names", cmd.CommandPath(), f.Name)
			}
		})
	}
}

// TestCompletionOfFormats runs each command with each format that it offers: none is refused.
func TestCompletionOfFormats(t *testing.T) {
	dir := t.TempDir()
	for _, cmd := range commandsBelow(newRoot(world{})) {
		words, known := cmd.GetFlagCompletionFunc("format")
		if !known {
			continue
		}
		formats, _ := words(cmd, nil, "")
		for _, format := range append(formats, "nonsense") {
			said := portlint(t, dir, cmd.Name(), "--format", format).stderr
			if refused := strings.Contains(said, "unknown format"); refused != (format == "nonsense") {
				t.Errorf("%s --format %s: %s", cmd.Name(), format, said)
			}
		}
	}
}

// bashLine completes a line as bash does when somebody presses the tab key behind it.
const bashLine = `
source "$1"
source <(portlint completion bash)
COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9
read -ra COMP_WORDS <<<"${2//=/ = }" # "=" parts words, as bash has it
[[ $2 != *' ' && $2 != *= ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_portlint
printf '%s\n' "${COMPREPLY[@]}"
`

// TestCompletionInBash lets the bash of this machine complete lines with the script that portlint prints.
func TestCompletionInBash(t *testing.T) {
	library := "/usr/share/bash-completion/bash_completion"
	bash, err := exec.LookPath("bash")
	if _, missing := os.Stat(library); err != nil || missing != nil {
		t.Skip("bash or its completion library is not installed")
	}
	dir := t.TempDir()
	compose := "services: {web: {image: x}, worker: {image: x}, db: {image: x, profiles: [data]}}\n"
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(compose), 0o644); err != nil {
		t.Fatal(err)
	}
	bin := programs(t, "portlint") // commands are run by name
	for line, want := range map[string]string{
		"portlint up ":                         "db web worker",
		"portlint up w":                        "web worker",
		"portlint up -d web w":                 "worker",
		"portlint check --profile ":            "data",
		"portlint explain dupl":                "duplicate-port",
		"portlint ports --format ":             "table json",
		"portlint check --rule fixed-":         "fixed-port=",
		"portlint check --rule fixed-port=inf": "info",
		"portlint fr":                          "free",
	} {
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-c", bashLine, "bash", library, line)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "DOCKER_HOST=" + noEngine}
		out, err := cmd.Output() // bash complains that no key was pressed
		var words []string
		for _, word := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			word, _, _ = strings.Cut(word, " ") // what follows is a description
			words = append(words, word)
		}
		if got := strings.Join(words, " "); err != nil || got != want {
			t.Errorf("%q: %v\ngot  %q\nwant %q", line, err, got, want)
		}
	}
}
