package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// aStack is what lies around each place that is read.
const aStack = `-- outside/other --
services: {x: {image: x, ports: ["9000:80"]}}
-- repo/.git/HEAD --
ref: refs/heads/main
-- repo/compose.yaml --
services: {web: {image: web, ports: ["8080:80", "${WEB_PORT:-8081}:81"]}}
`

// places are all at which a file is read that somebody else may have written: the file, as seen from the directory of the
// repository, the command that reads it, and what else has to be there.
var places = []struct{ file, command, files string }{
	{"compose.yaml", "check", ""},
	{"compose.yaml", "check --static .", ""},
	{"compose.override.yaml", "check", ""},
	{"docker-compose.dev.yaml", "check --static .", ""},
	{"x.yaml", "check -f x.yaml", ""},
	{"x.yaml", "check --static x.yaml", ""},
	{"x.yaml", "check", "-- repo/.env --\nCOMPOSE_FILE=x.yaml\n"},
	{"b.yaml", "check", "-- repo/compose.yaml --\ninclude: [b.yaml]\n"},
	{"b.yaml", "check --static", "-- repo/compose.yaml --\ninclude: [b.yaml]\n"},
	{"b.yaml", "check --fix --diff", "-- repo/compose.yaml --\ninclude: [b.yaml]\nservices: {web: {image: web, ports: [\"8080:80\"]}}\n"},
	{"a/.env", "check", "-- repo/compose.yaml --\ninclude: [a/b.yaml]\n-- repo/a/b.yaml --\nservices: {b: {image: b}}\n"},
	{"a/.env", "check --fix --diff", "-- repo/compose.yaml --\ninclude: [a/b.yaml]\nservices: {web: {image: web, ports: [\"8080:80\"]}}\n-- repo/a/b.yaml --\nservices: {b: {image: b}}\n"},
	{"c.env", "check --static", "-- repo/compose.yaml --\ninclude: [{path: b.yaml, env_file: c.env}]\n-- repo/b.yaml --\nservices: {b: {image: b}}\n"},
	{"c.env", "check", "-- repo/compose.yaml --\ninclude: [{path: b.yaml, env_file: [c.env]}]\n-- repo/b.yaml --\nservices: {b: {image: b}}\n"},
	{"b.yaml", "check", "-- repo/compose.yaml --\nservices: {web: {extends: {file: b.yaml, service: x}, ports: [\"8080:80\"]}}\n"},
	{"b.yaml", "check --static --fix --diff", "-- repo/compose.yaml --\nservices: {web: {extends: {file: b.yaml, service: x}, ports: [\"8080:80\"]}}\n"},
	{"c.env", "check", "-- repo/compose.yaml --\nservices: {web: {image: web, env_file: c.env, ports: [\"8080:80\"]}}\n"},
	{"c.env", "check --fix --diff", "-- repo/compose.yaml --\nservices: {web: {image: web, env_file: [{path: c.env}], ports: [\"8080:80\"]}}\n"},
	{"c.env", "check", "-- repo/compose.yaml --\nservices: {web: {image: web, label_file: [c.env], ports: [\"8080:80\"]}}\n"},
	{"c.env", "check", "-- repo/compose.yaml --\nservices: {web: {image: web, pre_start: [{command: a, env_file: c.env}], ports: [\"8080:80\"]}}\n"},
	{".env", "check", ""},
	{".env", "check --static .", ""},
	{".env", "check --static --fix --diff", ""},
	{".env", "assign", ""},
	{".env", "assign --write", ""},
	{"c.env", "check --env-file c.env", ""},
	{".env.example", "check --static", ""},
	{".env.example", "check --static --fix --diff", ""},
	{".env.local", "check", ""},
	{".gitignore", "check --static .", ""},
	{"a/.gitignore", "check --static .", "-- repo/a/x --\n"},
	{".git/info/exclude", "check --static .", ""},
	{".git/index", "assign --write", "-- repo/.env --\n"},
	{".git/commondir", "assign", ""},
	{".git/worktrees/a/gitdir", "assign", ""},
	{"w/.git", "check --static w", "-- repo/w/compose.yaml --\nservices: {web: {image: web, ports: [\"8080:80\"]}}\n"},
	{".portlint.yaml", "check", ""},
	{".portlint.yaml", "check --static .", ""},
	{"README.md", "check", ""},
	{"a/README.md", "check", "-- repo/a/x --\n"},
	{"Dockerfile", "check", ""},
	{"run.sh", "check", "-- repo/Dockerfile --\nCOPY run.sh /\n"},
	{".github/workflows/ci.yaml", "check", ""},
	{".github/workflows", "check", "-- repo/.github/x --\n"},
	{".pre-commit-config.yaml", "init --hook", ""},
	{"docker/config.json", "check", ""},
	{"docker/config.json", "plugin status", ""},
	{"docker/contexts/meta/" + contextID + "/meta.json", "check --context away", ""},
	{"docker/ca.pem", "check --host tcp://127.0.0.1:1", ""},
	{"state/portlint/ports.json", "assign", ""},
	{"state/portlint/ports.json", "free", ""},
}

// contextID is the directory of the docker context "away": the SHA-256 of its name.
const contextID = "378ce56a9d146d5174c89d1c0353d7f8e2244e89bb83935a5b1bdcf5e74b4e7f"

// plants are what may lie there.
var plants = map[string]func(file string) error{
	"pipe":    func(file string) error { return syscall.Mkfifo(file, 0o644) },
	"zeros":   func(file string) error { return os.Symlink("/dev/zero", file) },
	"process": func(file string) error { return os.Symlink("/proc/self/environ", file) },
	"5 MB": func(file string) error {
		return os.WriteFile(file, bytes.Repeat([]byte("# 0123456789abcde\n"), 5<<20/18), 0o644)
	},
	"outside": func(file string) error {
		top, _, _ := strings.Cut(file, "/repo/")
		return os.Symlink(filepath.Join(top, "outside", "other"), file)
	},
}

// TestEveryReadEnds plants what has no end, or too much, at every place that is read: portlint ends soon, whatever it says.
func TestEveryReadEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("under the race detector, what a read costs can't be judged")
	}

	t.Parallel()
	program, err := exec.LookPath("portlint")
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range places {
		for what, plant := range plants {
			t.Run(strings.Join([]string{place.command, place.file, what}, ", "), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				file := filepath.Join(dir, "repo", place.file)
				for _, f := range txtar.Parse([]byte(aStack + place.files)).Files {
					write(t, filepath.Join(dir, f.Name), string(f.Data))
				}
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.RemoveAll(file); err != nil {
					t.Fatal(err)
				}
				if err := plant(file); err != nil {
					t.Fatal(err)
				}
				endsSoon(t, program, filepath.Join(dir, "repo"), strings.Fields(place.command))
			})
		}
	}
}

// What a run of portlint may take. A busy machine may let it wait, but not work.
const (
	mostCPU    = time.Second
	mostMemory = 100 << 10 // KiB
	mostWait   = 30 * time.Second
)

func endsSoon(t *testing.T, program, dir string, words []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), mostWait)
	defer stop()
	measured, err := exec.LookPath("measured")
	if err != nil {
		t.Fatal(err)
	}
	usage := filepath.Join(t.TempDir(), "usage")
	cmd := exec.CommandContext(ctx, measured, append([]string{program}, words...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), usageFile+"="+usage, "DOCKER_CONFIG="+filepath.Join(dir, "docker"), "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	if strings.Contains(strings.Join(words, " "), "tcp:") {
		cmd.Env = append(cmd.Env, "DOCKER_TLS_VERIFY=1")
	} else if !strings.Contains(strings.Join(words, " "), "--context") {
		cmd.Env = append(cmd.Env, "DOCKER_HOST="+noEngine)
	}

	out, err := cmd.CombinedOutput()
	var used syscall.Rusage
	if text, readErr := os.ReadFile(usage); readErr != nil || json.Unmarshal(text, &used) != nil {
		t.Fatalf("no end after %s: %v\n%s", mostWait, err, out)
	}
	if cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano()); cpu > mostCPU || cmd.ProcessState.ExitCode() < 0 {
		t.Errorf("took %s, ended with %v:\n%s", cpu, err, out)
	}
	if used.Maxrss > mostMemory {
		t.Errorf("took %d KiB:\n%s", used.Maxrss, out)
	}
	if bytes.Contains(out, []byte("panic")) {
		t.Errorf("%s", out)
	}
}
