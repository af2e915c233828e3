package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sirupsen/logrus"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/run"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

func TestMain(m *testing.M) {
	time.Local = time.UTC        // what scripts print is the same everywhere
	logrus.SetOutput(io.Discard) // as main does
	testscript.Main(withFakes{m}, map[string]func(){
		"portlint":        program,
		"docker-portlint": program,
		"asker":           asker,
	})
}

// withFakes runs the tests with the programs of package fakes before all others.
type withFakes struct{ *testing.M }

// Run builds the programs and runs the tests.
func (m withFakes) Run() int {
	dir, err := os.MkdirTemp("", "portlint-fakes-")
	defer os.RemoveAll(dir)
	if err := errors.Join(err, buildFakes(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return run.ExitFailed
	}
	os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	debug.SetGCPercent(400) // the tests make much garbage, and keep little
	return m.M.Run()
}

// buildFakes builds the programs of package fakes into a directory, under each of their names.
func buildFakes(dir string) error {
	ext := ""
	if runtime.GOOS == "windows" {
		ext = ".exe"
	}
	built := filepath.Join(dir, "fakes"+ext)
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", built, "./fakes/program").CombinedOutput(); err != nil {
		return fmt.Errorf("build the programs of package fakes: %w\n%s", err, out)
	}
	for _, name := range fakes.Names() {
		if err := os.Link(built, filepath.Join(dir, name+ext)); err != nil {
			return err
		}
	}
	return nil
}

// program is portlint as the tests start it: a busy machine gets more time for everything that is waited for.
func program() {
	w := run.ThisProcess()
	w.Version, w.Patience, w.Clock = "v0.0.0", time.Minute, testClock
	os.Exit(onSchema(w, os.Args[1:], start))
}

// testClock is the time by which scripts are told ages.
func testClock() time.Time { return time.Date(2026, 11, 17, 9, 43, 40, 0, time.UTC) }

// noEngine is the address of no engine: what runs on the machine of a test must not change its outcome.
const noEngine = "unix:///no/engine.sock"

func TestScripts(t *testing.T) {
	schemas, err := filepath.Abs(filepath.Join(root, "lint", "report"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			var names []string
			env.Setenv("DOCKER_HOST", noEngine)
			env.Setenv("TZ", "UTC")
			env.Setenv(schemasVar, schemas)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			repository, err := filepath.Abs(root)
			env.Setenv("REPOSITORY", repository)
			for _, line := range env.Vars {
				name, _, _ := strings.Cut(line, "=")
				names = append(names, name)
			}
			env.Values[varNames{}] = &names
			return err
		},
		Condition: func(name string) (bool, error) {
			if name != "container" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return inContainer(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "engine": engine, "serve": serve, "freeport": freePort, "context": dockerContext,
		},
	})
}

// inContainer reports whether portlint says that it runs in a container with a network of its own, as it does where it asks
// sockets without an engine.
func inContainer() bool {
	var stdout, stderr bytes.Buffer
	execute(context.Background(), []string{"who", "1/tcp"}, run.Process{Env: map[string]string{"DOCKER_HOST": noEngine}, Stdout: &stdout, Stderr: &stderr})
	return strings.Contains(stdout.String(), "portlint runs in a container")
}

// scripts are the scripts to run. With -short, as under the race detector, which makes every process slow, only those in
// which portlint asks an engine, sockets or other processes: the others are about words.
func scripts(t *testing.T) []string {
	t.Helper()
	names := []string{"*"}
	if testing.Short() {
		names = []string{"live_*", "up*", "who*", "assign", "blind", "check", "fix_live", "free", "plugin", "suggest"}
	}
	var files []string
	for _, name := range names {
		found, err := filepath.Glob(filepath.Join("testdata", "script", name+".txtar"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no script %q: %v", name, err)
		}
		files = append(files, found...)
	}
	return files
}

// exits is the script command `exits CODE COMMAND...`: run a command and demand its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if args[1] == "portlint" && !needsProcess(ts, args[2:]) {
		got = inThisProcess(ts, args[2:])
	} else {
		var failed *exec.ExitError
		switch err := ts.Exec(args[1], args[2:]...); {
		case errors.As(err, &failed):
			got = failed.ExitCode()
		default:
			ts.Check(err)
		}
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// needsProcess reports whether a command line of portlint has to be a process of its own: it becomes another program, starts or asks
// some, or reads standard input, which only testscript knows.
func needsProcess(ts *testscript.TestScript, args []string) bool {
	if slices.Contains(args, "__complete") {
		return false
	}
	return ts.Getenv("COMPOSE_FILE") == "-" || slices.ContainsFunc(args, func(word string) bool {
		return slices.Contains([]string{"up", "lsp", "plugin", "-", "--"}, word) || strings.HasPrefix(word, "ssh:")
	})
}

// inThisProcess runs portlint as a script would start it: a process costs as much as most of what a script asks for.
func inThisProcess(ts *testscript.TestScript, args []string) int {
	w := run.Process{Env: scriptEnv(ts), Dir: ts.MkAbs("."), Version: "v0.0.0", Patience: time.Minute, Clock: testClock, Stdin: strings.NewReader(""),
		Stdout: ts.Stdout(), Stderr: ts.Stderr()}
	for name, value := range w.Env {
		w.Environ = append(w.Environ, name+"="+value)
	}
	return onSchema(w, args, func(w run.Process) int { return execute(context.Background(), args, w) })
}

// varNames is where a script keeps the names of the variables that it begins with, and that commands of the tests have set.
type varNames struct{}

// setenv sets a variable of a script.
func setenv(ts *testscript.TestScript, name, value string) {
	names := ts.Value(varNames{}).(*[]string)
	*names = append(*names, name)
	ts.Setenv(name, value)
}

var scriptVar = regexp.MustCompile(`\b([A-Za-z_][A-Za-z0-9_]*)=`)

// scriptEnv is the environment of a script now: what it began with, and what it may have set.
func scriptEnv(ts *testscript.TestScript) map[string]string {
	env := map[string]string{"PWD": ts.MkAbs(".")}
	for _, name := range *ts.Value(varNames{}).(*[]string) {
		env[name] = ts.Getenv(name)
	}

	script, err := os.ReadFile(filepath.Join("testdata", "script", ts.Name()+".txtar"))
	ts.Check(err)
	for line := range strings.Lines(string(script)) {
		if !strings.HasPrefix(line, "env ") {
			continue
		}
		for _, m := range scriptVar.FindAllStringSubmatch(line, -1) {
			if value := ts.Getenv(m[1]); value != "" {
				env[m[1]] = value
			}
		}
	}
	return env
}

// result is what a run of the program left behind.
type result struct {
	code           int
	stdout, stderr string
}

// portlint runs the program in this process, in a directory, with an empty environment.
func portlint(t *testing.T, dir string, args ...string) result {
	t.Helper()
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := execute(context.Background(), args, run.Process{
		Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": t.TempDir()}, Dir: abs, Version: "v0.0.0", Patience: time.Minute,
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	return result{code, stdout.String(), stderr.String()}
}

// rewrite replaces a file under -update.
func rewrite(t *testing.T, file string, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
