package edit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// git runs a real git, without the settings of whoever runs the test.
func git(t *testing.T, dir string, stdin []byte, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git: only it can say whether it takes a diff")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CEILING_DIRECTORIES="+os.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s\n%s", args, err, out, stdin)
	}
	return string(out)
}

// names are file names that git quotes, or that readers of a diff stumble over.
func names() []string {
	if runtime.GOOS == "windows" {
		return []string{"compose.yaml", "my compose.yaml", "größe/compose.yaml", "a b/c.yaml"}
	}
	return []string{"compose.yaml", "my compose.yaml", "größe/compose.yaml", "a b/c.yaml", `back\slash.yaml`, `quo"te.yaml`,
		"tab\there.yaml", "line\nbreak.yaml", "\x01.yaml", "not\xffutf8.yaml", "a/b/c/.env", "-dash.yaml", "b/b/b.yaml", "trailing "}
}

var lines = []string{"services:", "  web:", "    ports:", `      - "8080:80"`, `      - "${P:-1}:80"`, "", " ", "\t", "--- a/x", "+++ b/x",
	"@@ -1 +1 @@", "diff --git a/x b/x", `\ No newline at end of file`, "größe", "\xff\xfe\x80", "a\rb", "trailing   ", "x\x00y"}

// randomText is a text of at most n lines, each with an end of its own kind.
func randomText(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for range r.IntN(n + 1) {
		b.WriteString(lines[r.IntN(len(lines))] + []string{"\n", "\n", "\r\n"}[r.IntN(3)])
	}
	if r.IntN(3) == 0 {
		b.WriteString(lines[r.IntN(len(lines))])
	}
	return b.Bytes()
}

// edited is a text with a few bytes replaced, as a fix does.
func edited(r *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(out) + 1)
		end := min(len(out), at+r.IntN(12))
		out = append(out[:at:at], append(randomText(r, 1), out[end:]...)...)
	}
	return out
}

func randomChanges(r *rand.Rand, dir string) []Change {
	var changes []Change
	for _, name := range names() {
		c := Change{File: filepath.Join(dir, filepath.FromSlash(name)), Created: r.IntN(4) == 0}
		c.New = randomText(r, 30)
		if !c.Created {
			c.Old = randomText(r, 30)
			c.New = edited(r, c.Old)
		}
		changes = append(changes, c)
	}
	return changes
}

// TestGitTakesTheDiff asks git: what it makes of the diff is what Write would have written, byte by byte.
func TestGitTakesTheDiff(t *testing.T) {
	for seed := range uint64(20) {
		dir := t.TempDir()
		changes := randomChanges(rand.New(rand.NewPCG(seed, 1)), dir)
		git(t, dir, nil, "init", "-q", ".")
		inside := filepath.Join(dir, "a b")
		for _, c := range changes {
			testdir.Write(t, c.File, "")
			if os.Remove(c.File); !c.Created {
				testdir.Write(t, c.File, string(c.Old))
			}
		}
		diff := Unified(changes, dir)
		git(t, dir, diff, "apply", "--check", "--whitespace=nowarn", "-")
		git(t, dir, diff, "apply", "--whitespace=nowarn", "-")
		for _, c := range changes {
			if got, err := os.ReadFile(c.File); err != nil || !bytes.Equal(got, c.New) {
				t.Errorf("seed %d: %q: %v\ngot  %q\nwant %q", seed, c.File, err, got, c.New)
			}
		}
		// from a directory within, git takes the same names and leaves what is outside alone
		inner := filepath.Join(inside, "c.yaml")
		one := []Change{{File: inner, Old: read(t, inner), New: []byte("services: {}\n")}}
		git(t, inside, Unified(one, dir), "apply", "--whitespace=nowarn", "-")
		if got := read(t, inner); string(got) != "services: {}\n" {
			t.Errorf("seed %d: from below: %q", seed, got)
		}
	}
}

// TestNamesAreThoseOfGit compares the heads of the diff with what git itself writes for the same change.
func TestNamesAreThoseOfGit(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, nil, "init", "-q", ".")
	var changes []Change
	for _, name := range names() {
		c := Change{File: filepath.Join(dir, filepath.FromSlash(name)), Old: []byte("a\n"), New: []byte("b")}
		testdir.Write(t, c.File, string(c.Old))
		changes = append(changes, c)
	}
	git(t, dir, nil, "add", ".")
	for _, c := range changes {
		testdir.Write(t, c.File, string(c.New))
		want := git(t, dir, nil, "diff", "--", c.File)
		var lines []string
		for _, line := range strings.SplitAfter(want, "\n") {
			if !strings.HasPrefix(line, "index ") {
				lines = append(lines, line)
			}
		}
		if got := string(Unified([]Change{c}, dir)); got != strings.Join(lines, "") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(lines, ""))
		}
	}
}

func TestNoDiffWithoutAChange(t *testing.T) {
	same := Change{File: "/p/compose.yaml", Old: []byte("a\n"), New: []byte("a\n")}
	if got := Unified([]Change{same}, "/p"); len(got) != 0 {
		t.Errorf("%s", got)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(fmt.Errorf("what should be there: %w", err))
	}
	return text
}
