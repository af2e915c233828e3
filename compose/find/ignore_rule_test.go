package find

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestGitIgnoresTheSame makes trees with .gitignore files at random: what is left out is what `git check-ignore` names.
func TestGitIgnoresTheSame(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	left := 0
	for seed := range uint64(40) {
		g := ignoreWriter{rand.New(rand.NewPCG(seed, 5))}
		files := g.tree()
		if seed == 0 {
			files = handMade
		}
		dir := testdir.Layout(t, files)
		gitIn(t, dir, nil, "init", "-q")
		if runtime.GOOS != "windows" { // names end with no space there
			if err := os.WriteFile(filepath.Join(dir, "kept "), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}

		var asked, got []string
		ignored := newIgnored(dir)
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || path == dir || e.Name() == ".git" {
				ignored.enter(dir)
				return errIfNot(err, e)
			}
			rel, _ := filepath.Rel(dir, path)
			asked = append(asked, filepath.ToSlash(rel))
			if ignored.match(path, e.IsDir()) != "" {
				got = append(got, filepath.ToSlash(rel))
				return skip(e)
			}
			if e.IsDir() {
				ignored.enter(path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}

		want := strings.Split(strings.TrimSuffix(gitIn(t, dir, asked, "check-ignore", "--no-index", "-z", "--stdin"), "\x00"), "\x00")
		want = slices.DeleteFunc(want, func(path string) bool { return path == "" })
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: left out %q, git says %q of\n%s", seed, got, want, ignoreFiles(t, dir))
		}
		left += len(got)
	}
	if left < 150 {
		t.Errorf("only %d paths were left out", left)
	}
}

// handMade is a tree with what chance seldom makes.
const handMade = `-- .gitignore --
x{y}
{p,q}
trailing   
kept\ 
in/**
!/in/not/*
-- x{y} --
-- xy --
-- p --
-- q --
-- trailing --
-- kept --
-- in/a --
-- in/b/c --
-- out/in/d --
`

// errIfNot lets a walk pass over .git.
func errIfNot(err error, e fs.DirEntry) error {
	if err == nil && e.Name() == ".git" {
		return fs.SkipDir
	}
	return err
}

// gitIn runs git, with lines for its input.
func gitIn(t *testing.T, dir string, lines []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\x00"))
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 { // 1: nothing is ignored
		t.Fatalf("git %q: %v: %s", args, err, &said)
	}
	return string(out)
}

func ignoreFiles(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Name() == ".gitignore" {
			text, _ := os.ReadFile(path)
			fmt.Fprintf(&all, "%s:\n%s", path, text)
		}
		return err
	})
	return all.String()
}

// ignoreWriter makes trees of few names, so that patterns fit often.
type ignoreWriter struct{ *rand.Rand }

func (g ignoreWriter) one(of ...string) string { return of[g.IntN(len(of))] }

func (g ignoreWriter) name() string {
	return g.one("a", "b", "ab", "a.yml", "b.yml", "x{y}", "#a", "!b", "a b")
}

func (g ignoreWriter) tree() string {
	var b strings.Builder
	dirs := []string{"", "a/", "b/", "a/b/", "b/a/ab/", "ab/a/"}
	for _, dir := range dirs {
		for range 3 {
			fmt.Fprintf(&b, "-- %s%s.d/%s --\n", dir, g.name(), g.name())
			fmt.Fprintf(&b, "-- %sf%d.%s --\n", dir, g.IntN(9), g.name())
		}
		if dir == "" || g.IntN(2) == 0 {
			fmt.Fprintf(&b, "-- %s.gitignore --\n", dir)
			for range 2 + g.IntN(5) {
				b.WriteString(g.line() + "\n")
			}
		}
	}
	return b.String()
}

func (g ignoreWriter) line() string {
	var parts []string
	for range 1 + g.IntN(2)*g.IntN(3) {
		parts = append(parts, g.one("a", "b", "ab", "*", "a*", "*.yml", "**", "?", "[ab]", "[!a]", "x{y}*", `\a`, "*.d", "f[0-4]*", `a\ b*`, "[a", "a**b"))
	}
	return g.one("", "", "", "!", "#", `\#`, `\!`) + g.one("", "", "/") + strings.Join(parts, "/") + g.one("", "", "/", " ", `\ `, "\r")
}
