package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// fileFlags take a path, which shells complete by themselves.
var fileFlags = map[string]bool{"file": true, "env-file": true, "project-directory": true}

// TestCompletionOfFlags demands words for each flag that takes a value: file names where a word is expected mislead.
func TestCompletionOfFlags(t *testing.T) {
	root := newRoot(run.Process{Version: "v0.0.0"})
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
	for _, cmd := range commandsBelow(newRoot(run.Process{})) {
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
	dir, env := completionShop(t)
	for line, want := range map[string]string{
		"portlint up ":                         "db web worker",
		"portlint up w":                        "web worker",
		"portlint up -d web w":                 "worker",
		"portlint check --profile ":            "data",
		"portlint explain duplicate-p":         "duplicate-port",
		"portlint ports --format ":             "table json markdown",
		"portlint check --rule fixed-p":        "fixed-port=",
		"portlint check --rule fixed-port=inf": "info",
		"portlint fr":                          "free",
	} {
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-c", bashLine, "bash", library, line)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.Output() // bash complains that no key was pressed
		if got := firstWords(string(out), " "); err != nil || got != want {
			t.Errorf("%q: %v\ngot  %q\nwant %q", line, err, got, want)
		}
	}
}

// completionShop is a directory with a project, and the environment of a shell in it.
func completionShop(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: x}, worker: {image: x}, db: {image: x, profiles: [data]}}\n")
	return dir, []string{"PATH=" + programs(t, "portlint") + ":" + os.Getenv("PATH"), "HOME=" + dir, "DOCKER_HOST=" + noEngine}
}

// firstWords is what stands before a separator, and the description behind it, in each line.
func firstWords(lines, separator string) string {
	var words []string
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		word, _, _ := strings.Cut(line, separator)
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// equalsLines are lines in which a value with a dash and a "=" is completed, and one behind the "=" of its flag: the
// scripts of cobra took the first for a flag, and the second for two.
var equalsLines = map[string]string{
	"portlint check --rule fixed-port=inf":   "fixed-port=info",
	"portlint check --rule=fixed-port=inf":   "--rule=fixed-port=info",
	"portlint check --rule=fixed-p":          "--rule=fixed-port=",
	"portlint check --format=sar":            "--format=sarif",
	"portlint up --scale=we":                 "--scale=web=",
	"portlint up --no-attach w":              "web worker",
	"portlint up -d --remove-orphans wor":    "worker",
	"portlint --project-directory . up work": "worker",
}

// TestCompletionInFish lets fish complete lines with the script that portlint prints.
func TestCompletionInFish(t *testing.T) {
	fish, err := exec.LookPath("fish")
	if err != nil {
		t.Skip("there is no fish")
	}
	dir, env := completionShop(t)
	for line, want := range equalsLines {
		cmd := exec.CommandContext(t.Context(), fish, "--no-config", "-c", "portlint completion fish | source; complete -C $argv[1]", line)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if got := firstWords(string(out), "\t"); err != nil || got != want {
			t.Errorf("%q: %v\ngot  %q\nwant %q", line, err, got, want)
		}
	}
}

// zshLine completes a line as zsh does, which would show what stands in "completions", each behind the word that -P names,
// if it begins as the word does.
const zshLine = `
compdef() { }
_describe() {
	local before= i
	for ((i = 1; i <= $#; i++)); do [[ ${@[i]} == -P ]] && before=${@[i+1]}; done
	for word in $completions; do
		word=$before${word%%[^\\]:*}${${(M)word%%[^\\]:*}[1]}
		[[ $word == ${words[-1]}* ]] && print -r -- $word
	done
}
source <(portlint completion zsh)
words=(${=1}) CURRENT=$#words
_portlint
`

// TestCompletionInZsh lets zsh run the script that portlint prints.
func TestCompletionInZsh(t *testing.T) {
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip("there is no zsh")
	}
	dir, env := completionShop(t)
	for line, want := range equalsLines {
		cmd := exec.CommandContext(t.Context(), zsh, "-f", "-c", zshLine, "zsh", line)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if got := firstWords(string(out), "\t"); got != want {
			t.Errorf("%q: %v\ngot  %q\nwant %q", line, err, got, want)
		}
	}
}
