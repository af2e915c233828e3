package report

import (
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestCommandsStayTheSame: a shell reads the same words from a command as from its pieces on a terminal of any width.
func TestCommandsStayTheSame(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	commands := [][]string{
		{"docker", "compose", "-f", "/home/o'neil/my apps with spaces/compose.yaml", "stop", "web"},
		{"docker", "stop", "one name of many words that is wider than any narrow terminal can be"},
	}
	random := rand.New(rand.NewPCG(7, 11))
	for range 150 {
		commands = append(commands, randomWords(random))
	}

	var script strings.Builder
	var want []string
	for i, words := range commands {
		for _, plainly := range []bool{true, false} {
			p := newTextPrinter(Report{Width: 20 + 7*(i%8)})
			p.fix(lint.Fix{Kind: lint.FixFrees, Title: "so", Plain: plainly, Command: lint.ShellLine(words)}, true, lint.Span{})
			_, typed, _ := strings.Cut(p.text.String(), "free it: ")
			script.WriteString(`printf '%s\n' ` + strings.TrimPrefix(typed, "so:\n"))
			want = append(want, words...)
		}
	}
	out, err := exec.Command(sh, "-c", script.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("word %d is %q, want %q", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("there are %d words, want %d", len(got), len(want))
	}
}

// randomWords are some words, with what a shell or a terminal could take for something else.
func randomWords(random *rand.Rand) []string {
	pieces := []string{"a", "web-1", " ", "  ", "'", "''", `\`, `\ `, `"`, "$HOME", "`", "#", ";", "*", "=", "ä", "容器", "long-long-word"}
	words := make([]string, 1+random.IntN(8))
	for i := range words {
		var word strings.Builder
		for range random.IntN(10) {
			word.WriteString(pieces[random.IntN(len(pieces))])
		}
		words[i] = word.String()
	}
	return slices.Insert(words, 0, "docker")
}
