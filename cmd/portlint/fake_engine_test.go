package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/rogpeppe/go-internal/testscript"
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

// fakeSSH is ssh as a program of tests: whatever machine is meant, it leads to the engine whose socket SSH_ENGINE names.
func fakeSSH() {
	c, err := net.Dial("unix", strings.TrimPrefix(os.Getenv("SSH_ENGINE"), "unix://"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(255)
	}
	go func() { _, _ = io.Copy(c, os.Stdin); _ = c.(*net.UnixConn).CloseWrite() }()
	_, _ = io.Copy(os.Stdout, c) // the end of either is the end of both
	os.Exit(0)
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
// which is written in a test or is one of package sockets's tests.
func unusedPorts(n int) []int {
	const first, count = 25000, 300
	var ports []int
	for tries := 0; len(ports) < n && tries < count; tries++ {
		port := first + 10*int(portsGiven.Add(1)%count)
		if at := fmt.Sprintf(":%d", port); canBind("tcp", at) && canBind("udp", at) {
			ports = append(ports, port)
		}
	}
	return ports
}

// unusedRow is the first of at most ten ports in a row that nobody has.
func unusedRow(n int) int {
	for {
		first := unusedPorts(1)[0]
		free := true
		for port := first + 1; port < first+n; port++ {
			at := fmt.Sprintf(":%d", port)
			free = free && canBind("tcp", at) && canBind("udp", at)
		}
		if free {
			return first
		}
	}
}

// portsGiven counts the ports that unusedPorts has looked at, from somewhere: another process may do the same.
var portsGiven = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(300))
	return &n
}()

func canBind(proto, at string) bool {
	s, err := bind(at + "/" + proto)
	if err != nil {
		return false
	}
	return s.Close() == nil
}

func bind(at string) (io.Closer, error) {
	addr, proto, _ := strings.Cut(at, "/")
	if proto == "udp" {
		return net.ListenPacket("udp", addr)
	}
	return net.Listen("tcp", addr)
}

// background starts a program of the test until the script ends, and returns the line that it prints when it is ready.
func background(ts *testscript.TestScript, name string, args ...string) string {
	program := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if file := filepath.Join(dir, name); program == "" && isFile(file) {
			program = file
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

// server is the program `server ADDRESS/PROTO...`. It ends with its standard input.
func server() {
	var open []io.Closer
	for _, at := range os.Args[1:] {
		s, err := bindWithPatience(at)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		open = append(open, s)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(open) // what nobody refers to is closed when the garbage is collected
}

// bindWithPatience is bind for a port that another test, or a portlint that it runs, may be trying for a moment.
func bindWithPatience(at string) (io.Closer, error) {
	for limit := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s, err := bind(at)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(limit) {
			return s, err
		}
	}
}

// listener is the program `listener ADDRESS/PROTO`. It has the port until it is ended, and for two minutes at most.
func listener() {
	s, err := bindWithPatience(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(2 * time.Minute)
	_ = s.Close()
}

// fakeEngine is the program `dockerd unix|tcp|hang|podman|relay DIR`. It prints its address, and ends with its standard input.
func fakeEngine() {
	kind, dir := os.Args[1], os.Args[2]
	socket := filepath.Join(dir, "s")
	network, at := "unix", socket
	if kind == "tcp" {
		network, at = "tcp", "127.0.0.1:0"
	}
	l, err := net.Listen(network, at)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if kind != "hang" {
		go func() { _ = http.Serve(l, canned{dir: dir, podman: kind == "podman"}) }()
	}
	fmt.Println(network + "://" + l.Addr().String())
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(l)
}

// fakePodman is the program podman: an engine as the script command starts it, else what people type.
func fakePodman() {
	if len(os.Args) == 3 && os.Args[1] == "podman" {
		fakeEngine()
		return
	}
	fakeDocker()
}

var apiVersion = regexp.MustCompile(`^/v[\d.]+`)

// canned answers /containers/json with containers.json, /containers/ID/json with ID.json, Podman's own /libpod/containers/json with
// libpod-containers.json, and the rest as an empty engine.
type canned struct {
	dir    string
	podman bool
}

func (c canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers := map[string]string{"Api-Version": "1.51", "Ostype": "linux", "Server": "Docker/29.0.1 (linux)",
		"Swarm": "inactive", "Content-Type": "application/json"}
	if c.podman {
		maps.Copy(headers, map[string]string{"Api-Version": "1.41", "Server": "Libpod/5.4.2 (linux)", "Swarm": ""})
	}
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	path := strings.Trim(apiVersion.ReplaceAllString(r.URL.Path, ""), "/")
	path = strings.Replace(path, "libpod/", "libpod-", 1)
	file := strings.TrimPrefix(strings.TrimSuffix(path, "/json"), "containers/") + ".json"
	text, err := os.ReadFile(filepath.Join(c.dir, filepath.Base(file)))
	switch {
	case err == nil && strings.TrimSpace(string(text)) == "late":
		<-r.Context().Done()
		return
	case err == nil:
		_, _ = w.Write(text)
		return
	}
	switch path {
	case "_ping":
		_, _ = io.WriteString(w, "OK")
	case "containers/json", "networks", "services":
		_, _ = io.WriteString(w, "[]")
	case "info":
		kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
		name, _ := os.Hostname()
		fmt.Fprintf(w, `{"OSType":"linux","Name":%q,"KernelVersion":%q,"ServerVersion":"29.0.1"}`, name, strings.TrimSpace(string(kernel)))
	case "version":
		_, _ = io.WriteString(w, `{"Version":"29.0.1","ApiVersion":"1.51","Components":[{"Name":"Engine"}]}`)
	default:
		http.NotFound(w, r)
	}
}
