package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestPreCommit makes commits in a real repository with a real pre-commit, which builds portlint from this source tree.
// PORTLINT_TEST_PRECOMMIT is the path of pre-commit; .ci/run sets it where it can install one.
func TestPreCommit(t *testing.T) {
	tool := os.Getenv("PORTLINT_TEST_PRECOMMIT")
	if tool == "" {
		t.Skip("PORTLINT_TEST_PRECOMMIT names no pre-commit")
	}
	c := newCommitter(t, tool)
	c.run(tool, "validate-manifest", filepath.Join(c.source, ".pre-commit-hooks.yaml"))
	t.Run("check", func(t *testing.T) { c.uses(t, "portlint"); c.checks(t) })
	t.Run("fix", func(t *testing.T) { c.uses(t, "portlint-fix"); c.fixes(t) })
	t.Run("twice", func(t *testing.T) { c.uses(t, "portlint-twice"); c.checksTwice(t) })
	t.Run("the portlint that is installed", func(t *testing.T) {
		c.env = append(c.env, "PATH="+filepath.Dir(portlintProgram(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
		c.uses(t, "portlint-system")
		c.refuses(t, "-- system.compose.yaml --\nservices: {a: {image: a, ports: ['70:1', '70:2']}}\n", "system.compose.yaml:1:")
	})
}

// TestHookFiles holds the files that the hooks are called for against those that a search of a directory finds.
func TestHookFiles(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct{ ID, Files string }
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	if len(hooks) != 5 {
		t.Fatalf("%d hooks, want 5", len(hooks))
	}
	for _, h := range hooks {
		wanted := regexp.MustCompile(h.Files)
		for name, want := range map[string]bool{
			"compose.yaml": true, "a/b/docker-compose.yml": true, "compose.override.yml": true, "docker_compose.yml": true,
			"Compose.YML": true, "app.compose.yaml": true, "test-compose.yml": true, "docker-compose-ci.yaml": true, "dockercompose.yml": true,
			".env": true, "a/.env.local": true, "shop.env": true, ".env-example": true, ".env_example": true, "a/env.example": true,
			"env-sample": true, "default.env": true, "stack.env.example": true, "env.py": false, "env_test.go": false, "decomposed.yml": false, "composer.yaml": false, "compose.txt": false,
			"compose/x.yaml": false, ".envrc": false, "env": false, "environment.yaml": false,
		} {
			if got := wanted.MatchString(name); got != want {
				t.Errorf("%s: %s: %v", h.ID, name, got)
			}
			dir := t.TempDir()
			testdir.Write(t, filepath.Join(dir, name), "services: {a: {image: a}}\n")
			if found := portlint(t, dir, "check", "--static", ".").code == run.ExitClean; found && !want {
				t.Errorf("%s is found in a directory, but not committed with a check", name)
			}
		}
	}
}

// committer is a user with a repository of Compose files.
type committer struct {
	t                    *testing.T
	dir                  string
	source, commit, tool string // the repository of the hooks, and its one commit
	env                  []string
}

func newCommitter(t *testing.T, tool string) *committer {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules, builds, _ := strings.Cut(strings.TrimSpace(string(cache)), "\n")
	home := t.TempDir()
	c := &committer{t: t, dir: t.TempDir(), source: t.TempDir(), tool: tool}
	c.env = append(os.Environ(), "HOME="+home, "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "XDG_STATE_HOME="+home,
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@b", "GOMODCACHE="+modules, "GOCACHE="+builds, "GOPROXY=off", "GOFLAGS=")
	c.copySource()
	c.git("init", "-q")
	return c
}

// copySource makes a repository of this source tree as it is now.
func (c *committer) copySource() {
	c.t.Helper()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		c.t.Skipf("the source tree is no git repository: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if text, err := os.ReadFile(filepath.Join(root, name)); err == nil { // a deleted one is listed, too
			testdir.Write(c.t, filepath.Join(c.source, name), string(text))
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "source"}} {
		c.run("git", append([]string{"-C", c.source}, args...)...)
	}
	c.commit = strings.TrimSpace(c.run("git", "-C", c.source, "rev-parse", "HEAD"))
}

// uses installs a hook.
func (c *committer) uses(t *testing.T, hook string) {
	c.t = t
	text, err := yaml.Marshal(map[string]any{"repos": []any{map[string]any{
		"repo": c.source, "rev": c.commit, "hooks": []any{map[string]any{"id": hook}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	testdir.Write(t, filepath.Join(c.dir, ".pre-commit-config.yaml"), string(text))
	c.git("add", ".pre-commit-config.yaml")
	c.run(c.tool, "install", "--overwrite", "--install-hooks")
	c.git("commit", "-q", "-m", "hook")
}

func (c *committer) checks(t *testing.T) {
	c.accepts(t, "-- compose.yaml --\ninclude: [parts/db.compose.yaml]\nservices:\n  web:\n    image: a\n    ports: [\"${WEB_PORT:-8080}:80\"]\n"+
		"-- parts/db.compose.yaml --\nservices: {db: {image: a, ports: ['5432:5432']}}\n-- README.md --\nports: 1:1\n")
	second := "services:\n  api:\n    image: a\n    ports: [\"8080:81\"]\n"
	c.refuses(t, "-- compose.override.yaml --\n"+second, "compose.override.yaml:4:", "compose.yaml:5:", "[duplicate-port]")
	c.accepts(t, "-- compose.override.yaml --\n"+strings.Replace(second, "8080", "8081", 1))
	c.refuses(t, "-- parts/db.compose.yaml --\nservices: {db: {image: a, ports: ['8080:5432']}}\n", "parts/db.compose.yaml:1:", "compose.yaml:5:")
	c.undo()
	c.accepts(t, "-- beside/compose.yaml --\ninclude: [../parts/db.compose.yaml]\nservices: {api: {image: a, ports: ['9090:80']}}\n")
	c.refuses(t, "-- parts/db.compose.yaml --\nservices: {db: {image: a, ports: ['9090:5432']}}\n", "beside/compose.yaml:2:", "[duplicate-port]")
	c.undo()
	c.refuses(t, "-- .env --\nWEB_PORT=5432\n", "parts/db.compose.yaml:1:", "[duplicate-port]")
	c.accepts(t, "-- .env --\nWEB_PORT=8088\n")
	for _, name := range []string{"-v.compose.yaml", "--help.compose.yml", "two words-compose.YAML", "docker-compose.ü.yml"} {
		c.refuses(t, "-- "+name+" --\nservices: {a: {image: a, ports: ['90:1', '90:2']}}\n", name+":1:", "[duplicate-port]")
		c.undo()
	}
	c.refuses(t, "-- broken/compose.yaml --\nservices: [\n", "[unloadable-project]")
	c.undo()
}

func (c *committer) checksTwice(t *testing.T) {
	c.refuses(t, "-- twice/compose.yaml --\nservices: {web: {image: a, ports: ['8180:80']}}\n", "twice/compose.yaml:1:", "[single-checkout]")
	c.accepts(t, "-- twice/compose.yaml --\nservices: {web: {image: a, ports: ['${TWICE_PORT:-8180}:80']}}\n")
}

func (c *committer) fixes(t *testing.T) {
	project := "-- fix/compose.yaml --\nservices:\n  web:\n    image: a\n    ports: [\"8080:80\"]\n"
	c.refuses(t, project, "files were modified by this hook")
	text, err := os.ReadFile(filepath.Join(c.dir, "fix/compose.yaml"))
	if err != nil || !strings.Contains(string(text), `ports: ["${WEB_PORT:-8080}:80"]`) {
		t.Errorf("the hook has left\n%s", text)
	}
	c.accepts(t, "")
}

// accepts writes files and commits them.
func (c *committer) accepts(t *testing.T, files string) {
	t.Helper()
	if out, err := c.attempt(files); err != nil {
		t.Fatalf("the commit is refused: %v\n%s", err, out)
	}
}

// refuses writes files, and demands that they can't be committed, for a reason that has some words.
func (c *committer) refuses(t *testing.T, files string, words ...string) {
	t.Helper()
	out, err := c.attempt(files)
	if err == nil {
		t.Fatalf("this is committed:\n%s\n%s", files, out)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
}

func (c *committer) attempt(files string) (string, error) {
	c.t.Helper()
	for _, f := range txtar.Parse([]byte(files)).Files {
		testdir.Write(c.t, filepath.Join(c.dir, f.Name), string(f.Data))
	}
	c.git("add", ".")
	return c.start("git", "commit", "-m", "more")
}

func (c *committer) undo() { c.git("reset", "-q", "--hard") }

func (c *committer) git(args ...string) { c.t.Helper(); c.run("git", args...) }

func (c *committer) run(program string, args ...string) string {
	c.t.Helper()
	out, err := c.start(program, args...)
	if err != nil {
		c.t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return out
}

func (c *committer) start(program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}
