package fakes

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// engine is the program `dockerd unix|tcp|hang|podman|relay DIR`. It prints its address, and ends with its standard input.
func engine() {
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
		go func() { _ = http.Serve(l, Canned{Dir: dir, Podman: kind == "podman"}) }()
	}

	fmt.Println(network + "://" + l.Addr().String())
	_, _ = io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(l)
}

// podman is the program podman: an engine as the script command starts it, else what people type.
func podman(name string) {
	if len(os.Args) == 3 && os.Args[1] == "podman" {
		engine()
		return
	}
	docker(name)
}

// ssh is ssh as a program of tests: whatever machine is meant, it leads to the engine whose socket SSH_ENGINE names.
func ssh() {
	c, err := net.Dial("unix", strings.TrimPrefix(os.Getenv("SSH_ENGINE"), "unix://"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(255)
	}
	go func() { _, _ = io.Copy(c, os.Stdin); _ = c.(*net.UnixConn).CloseWrite() }()
	_, _ = io.Copy(os.Stdout, c) // the end of either is the end of both
	os.Exit(0)
}

// OfAPI is the path of a request without the version of the engine's API, such as "/v1.51".
func OfAPI(path string) string {
	version, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if number, ok := strings.CutPrefix(version, "v"); ok && number != "" && strings.Trim(number, "0123456789.") == "" {
		return "/" + rest
	}
	return path
}

// Canned is an engine that answers /containers/json with containers.json, /containers/ID/json with ID.json, Podman's own /libpod/containers/json with
// libpod-containers.json, and the rest as an empty engine.
type Canned struct {
	Dir    string // of the files
	Podman bool   // and not Docker
}

// ServeHTTP answers one request.
func (c Canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers := map[string]string{"Api-Version": "1.51", "Ostype": "linux", "Server": "Docker/29.0.1 (linux)",
		"Swarm": "inactive", "Content-Type": "application/json"}
	if c.Podman {
		maps.Copy(headers, map[string]string{"Api-Version": "1.41", "Server": "Libpod/5.4.2 (linux)", "Swarm": ""})
	}
	for name, value := range headers {
		w.Header().Set(name, value)
	}

	path := strings.Trim(OfAPI(r.URL.Path), "/")
	path = strings.Replace(path, "libpod/", "libpod-", 1)
	file := strings.TrimPrefix(strings.TrimSuffix(path, "/json"), "containers/") + ".json"
	text, err := os.ReadFile(filepath.Join(c.Dir, filepath.Base(file)))
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
