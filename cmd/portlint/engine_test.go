package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/fakes"
)

// realEngine is an engine that .ci/engine started.
type realEngine struct {
	name, socket string
	netns        string   // the file of the network namespace in which it binds ports; "" is the machine's own
	env          []string // variables beside DOCKER_HOST that programs see
}

// with is the engine for programs that see more variables.
func (e realEngine) with(env ...string) realEngine {
	e.env = env
	return e
}

// realEngines runs a test on every engine of PORTLINT_TEST_ENGINES. Without one the test is skipped, and fails where
// PORTLINT_TEST_ENGINE says that engines are required.
func realEngines(t *testing.T, test func(t *testing.T, e realEngine)) {
	t.Helper()
	for _, e := range listEngines(t) {
		t.Run(e.name, func(t *testing.T) { test(t, e) })
	}
}

func listEngines(t testing.TB) []realEngine {
	t.Helper()
	var all []realEngine
	for one := range strings.SplitSeq(os.Getenv("PORTLINT_TEST_ENGINES"), ";") {
		name, rest, _ := strings.Cut(one, "=")
		socket, netns, _ := strings.Cut(rest, ",")
		if name != "" {
			all = append(all, realEngine{name: name, socket: socket, netns: netns})
		}
	}
	if len(all) == 0 && os.Getenv("PORTLINT_TEST_ENGINE") == "required" {
		t.Fatal("an engine is required, but PORTLINT_TEST_ENGINES names none")
	}
	if len(all) == 0 {
		t.Skip(`PORTLINT_TEST_ENGINES names no engine: see .ci/engine, then eval "$(.ci/engine env)"`)
	}
	return all
}

// command is one that runs in the engine's network namespace, where its ports and sockets are.
func (e realEngine) command(program string, args ...string) *exec.Cmd {
	if e.netns == "" {
		return exec.Command(program, args...)
	}
	return exec.Command("nsenter", append([]string{"--net=" + e.netns, program}, args...)...)
}

// docker is the environment of whoever shall use the engine.
func (e realEngine) docker() []string {
	return slices.Concat(os.Environ(), []string{"DOCKER_HOST=unix://" + e.socket}, e.env)
}

// compose is docker compose in a directory, which has to succeed; it returns what it prints. The project is taken down
// when the test is over.
func (e realEngine) compose(t testing.TB, dir, project string) func(args ...string) string {
	t.Helper()
	compose := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), append([]string{"-p", project}, args...)...)
		cmd.Dir, cmd.Env = dir, e.docker()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("docker compose %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	t.Cleanup(func() { compose("down", "-t", "0", "--remove-orphans") })
	return compose
}

// portlint runs the program itself in the engine's network namespace, asking that engine.
func (e realEngine) portlint(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := e.command(portlintProgram(t), args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, e.docker(), &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// serving starts a program that prints a line when it is ready and ends with its standard input. It runs until the test is
// over, or the function is called that this returns.
func serving(t testing.TB, cmd *exec.Cmd) (line string, stop func()) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { in.Close(); _ = cmd.Wait() })
	t.Cleanup(stop)
	if line, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%s says %q, %v", cmd, line, err)
	}
	return strings.TrimSpace(line), stop
}

// portlintProgram is the path of a program that is portlint.
func portlintProgram(t *testing.T) string { return programNamed(t, "portlint") }

// programNamed is the path of one of programs.
func programNamed(t *testing.T, name string) string { return filepath.Join(programs(t, name), name) }

// programs is a directory with programs of the tests: those of package fakes, and this test binary under other names, which tell it what
// to be, see TestMain.
func programs(t testing.TB, names ...string) string {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		program := self
		if slices.Contains(fakes.Names(), name) {
			program, err = exec.LookPath(name)
		}
		if err := errors.Join(err, os.Symlink(program, filepath.Join(bin, name))); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}
