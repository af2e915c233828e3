//go:build unix

package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/reach"
)

// hostileValues are values that try to be more than a value.
var hostileValues = []string{"8080", "http://localhost:8080", "$(touch x)", "`touch x`", "a'b", `a"b`, `a\b`, "a b", "a;b", "${HOME}", "#a", "a\nb", "a\n\nEND\nb", "-n", "~", "*"}

// TestEnvironmentIsRead: a shell that reads what was printed has each value as it was.
func TestEnvironmentIsRead(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"env", "shell"} {
		for _, value := range hostileValues {
			file := filepath.Join(t.TempDir(), "env")
			var out bytes.Buffer
			if err := Environment(&out, Report{}, "shop", []reach.Variable{{Name: "WEB_URL", Value: value}}, nil, format); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := exec.Command("sh", "-c", `set -a; . "$0"; printenv WEB_URL`, file).Output()
			if err != nil || string(got) != value+"\n" {
				t.Errorf("%s of %q: %q, %v from\n%s", format, value, got, err, out.Bytes())
			}
		}
	}
}

// TestEnvironmentForGitHub: the runner takes the text between the two ends, and no line in it for another variable.
func TestEnvironmentForGitHub(t *testing.T) {
	t.Parallel()
	for _, value := range hostileValues {
		var out bytes.Buffer
		if err := Environment(&out, Report{}, "shop", []reach.Variable{{Name: "WEB_URL", Value: value}, {Name: "X", Value: "1"}}, nil, "github"); err != nil {
			t.Fatal(err)
		}
		if got := readGitHub(out.String()); got["WEB_URL"] != value || got["X"] != "1" || len(got) != 2 {
			t.Errorf("%q: %q from\n%s", value, got, out.String())
		}
	}
}

// readGitHub reads the file of $GITHUB_ENV as the runner does: NAME=VALUE, or NAME<<END with lines up to END.
func readGitHub(text string) map[string]string {
	all := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		equals, heredoc := strings.Index(lines[i], "="), strings.Index(lines[i], "<<")
		if heredoc < 0 || equals >= 0 && equals < heredoc {
			name, value, _ := strings.Cut(lines[i], "=")
			all[name] = value
			continue
		}
		name, end, _ := strings.Cut(lines[i], "<<")
		var value []string
		for i++; i < len(lines) && lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		all[name] = strings.Join(value, "\n")
	}
	return all
}
