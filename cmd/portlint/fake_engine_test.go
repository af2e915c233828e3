package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/portlint/portlint/cmd/portlint/fakes"
)

// The scripts below testdata/script start programs of their own: an engine with canned answers, which runs as a process
// named dockerd, so that portlint takes it for an engine of this machine, and a server that has ports.

// engine is the script command `engine unix|tcp|hang|podman|relay DIR`: start an engine that answers with the files of DIR, and let
// DOCKER_HOST name it. Variables in the files are expanded. The process is named dockerd, or podman, or relay, which may forward a
// socket from anywhere. A file of the one word "late" is no answer: it keeps whoever asks waiting.
func engine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: engine unix|tcp|hang|podman|relay DIR")
	}
	if runtime.GOOS == "windows" {
		ts.Fatalf("the engine listens on a unix socket")
	}
	dir, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*.json"))
	ts.Check(err)
	for _, file := range files {
		text := os.Expand(ts.ReadFile(file), ts.Getenv)
		ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(text), 0o600))
	}
	program := "dockerd"
	if args[0] == "podman" || args[0] == "relay" {
		program = args[0]
	}
	setenv(ts, "DOCKER_HOST", background(ts, program, args[0], dir))
}

// dockerContext is the script command `context NAME ADDRESS`: a context in the directory of DOCKER_CONFIG, as
// `docker context create` makes it.
func dockerContext(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: context NAME ADDRESS")
	}
	ts.Check(createContext(ts.Getenv("DOCKER_CONFIG"), args[0], args[1]))
}

func createContext(config, name, address string) error {
	kinds := store.NewConfig(func() any { return &map[string]any{} })
	return store.New(filepath.Join(config, "contexts"), kinds).CreateOrUpdate(store.Metadata{
		Name: name, Endpoints: map[string]any{docker.DockerEndpoint: docker.EndpointMeta{Host: address}}, Metadata: map[string]any{}})
}

// serve is the script command `serve ADDRESS/PROTO...`: start a server with these sockets.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve ADDRESS/PROTO...")
	}
	background(ts, "server", args...)
}

// freePort is the script command `freeport VARIABLE...`: name ports that nobody has, and their neighbours VARIABLE_NEXT.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: freeport VARIABLE...")
	}
	for i, port := range unusedPorts(len(args)) {
		setenv(ts, args[i], fmt.Sprint(port))
		setenv(ts, args[i]+"_NEXT", fmt.Sprint(port+1))
	}
}

// unusedPorts finds ports with five digits, ten apart, that nobody has. Tests that run at once get different ones, none of
// which is written in a test or is one of those that the tests of other packages look for: dockerapi has 22000 to 23999, freeport
// 24000 to 24999, sockets those from 29000.
func unusedPorts(n int) []int {
	const first, count = 25000, 300
	var ports []int
	for tries := 0; len(ports) < n && tries < count; tries++ {
		port := first + 10*int(nextPort.Add(1)%count)
		if fakes.Unused(port, 1) {
			ports = append(ports, port)
		}
	}
	return ports
}

// unusedRow is the first of at most ten ports in a row that nobody has.
func unusedRow(n int) int {
	for {
		if first := unusedPorts(1)[0]; fakes.Unused(first, n) {
			return first
		}
	}
}

// nextPort counts the ports that unusedPorts has looked at, from somewhere: another process may do the same.
var nextPort = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(300))
	return &n
}()

// background starts a program of the test until the script ends, and returns the line that it prints when it is ready.
func background(ts *testscript.TestScript, name string, args ...string) string {
	program := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		for _, file := range []string{name, name + ".exe"} {
			if file = filepath.Join(dir, file); program == "" && isFile(file) {
				program = file
			}
		}
	}
	cmd := exec.Command(program, args...)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	in, err := cmd.StdinPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		ts.Fatalf("%s did not start: %v", name, err)
	}
	return strings.TrimSpace(line)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
