package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/compose/testdir"
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
	for _, place := range places {
		t.Run(place.command+", "+place.file, func(t *testing.T) {
			t.Parallel()
			kinds := plantsOfTheRun()
			var runs []*fakes.Measurement
			for _, what := range kinds {
				repo := filepath.Join(t.TempDir(), "repo")
				plantAt(t, repo, place.file, place.files, plants[what])
				runs = append(runs, runToMeasure(t, repo, strings.Fields(place.command)))
			}

			for i, m := range measure(t, runs) {
				t.Run(kinds[i], func(t *testing.T) { demandSoon(t, m) })
			}
		})
	}
}

// plantsOfTheRun are the names of what is planted: all of it only where PORTLINT_TEST_LONG is set, and else one that never answers and
// one that has too much.
func plantsOfTheRun() []string {
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		return slices.Sorted(maps.Keys(plants))
	}
	return []string{"5 MB", "pipe"}
}

// plantAt lays out a repository and puts something in the place of one of its files.
func plantAt(t *testing.T, repo, file, files string, plant func(string) error) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(aStack + files)).Files {
		testdir.Write(t, filepath.Join(repo, "..", f.Name), string(f.Data))
	}

	file = filepath.Join(repo, file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if err := plant(file); err != nil {
		t.Fatal(err)
	}
}

// What a run of portlint may take. A busy machine may let it wait, but not work.
const (
	mostCPU    = time.Second
	mostMemory = 100 << 10 // KiB
	mostWait   = 30 * time.Second
)

// runToMeasure is a run of portlint in a directory.
func runToMeasure(t *testing.T, dir string, words []string) *fakes.Measurement {
	t.Helper()
	program, err := exec.LookPath("portlint")
	if err != nil {
		t.Fatal(err)
	}

	m := &fakes.Measurement{Dir: dir, Words: append([]string{program}, words...), Wait: mostWait,
		Env: []string{"DOCKER_CONFIG=" + filepath.Join(dir, "docker"), "XDG_STATE_HOME=" + filepath.Join(dir, "state")}}
	if line := strings.Join(words, " "); strings.Contains(line, "tcp:") {
		m.Env = append(m.Env, "DOCKER_TLS_VERIFY=1")
	} else if !strings.Contains(line, "--context") {
		m.Env = append(m.Env, "DOCKER_HOST="+noEngine)
	}
	return m
}

// measure makes the runs in a small process.
func measure(t *testing.T, runs []*fakes.Measurement) []*fakes.Measurement {
	t.Helper()
	asked, err := json.Marshal(runs)
	if err != nil {
		t.Fatal(err)
	}

	cmd := exec.Command("measured")
	cmd.Stdin = bytes.NewReader(asked)
	out, err := cmd.Output()
	var made []*fakes.Measurement
	if decoded := json.Unmarshal(out, &made); err != nil || decoded != nil || len(made) != len(runs) {
		t.Fatalf("measured: %v, %v\n%s", err, decoded, out)
	}
	return made
}

func demandSoon(t *testing.T, m *fakes.Measurement) {
	t.Helper()
	if !m.Ended {
		t.Fatalf("no end after %s: %s\n%s", m.Wait, m.Err, m.Output)
	}
	var used syscall.Rusage
	if err := json.Unmarshal(m.Usage, &used); err != nil {
		t.Fatal(err)
	}

	if cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano()); cpu > mostCPU {
		t.Errorf("took %s, ended with %s:\n%s", cpu, m.Err, m.Output)
	}
	if used.Maxrss > mostMemory {
		t.Errorf("took %d KiB:\n%s", used.Maxrss, m.Output)
	}
	if strings.Contains(m.Output, "panic") {
		t.Errorf("%s", m.Output)
	}
}
