package dockerapi

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// fake is an engine of our own at a unix socket: healthy and empty, but for what a test changes.
type fake struct {
	socket  string
	headers map[string]string           // of the ping
	bodies  map[string]string           // by path without the version: "/info"
	serve   map[string]http.HandlerFunc // instead of a body

	mu    sync.Mutex
	calls map[string]int
}

func newFake(t *testing.T, change func(f *fake)) *fake {
	t.Helper()
	name, _ := os.Hostname()
	f := &fake{
		socket:  filepath.Join(shortDir(t), "s"),
		headers: map[string]string{"Api-Version": "1.47", "Ostype": "linux", "Server": "Docker/27.5.1 (linux)", "Swarm": "inactive"},
		bodies: map[string]string{
			"/_ping": "OK", "/containers/json": "[]", "/networks": "[]", "/services": "[]",
			"/info":    fmt.Sprintf(`{"OSType":"linux","Name":%q,"KernelVersion":%q,"ServerVersion":"27.5.1"}`, name, kernel()),
			"/version": `{"Version":"27.5.1","ApiVersion":"1.47","Components":[{"Name":"Engine"}]}`,
		},
		serve: map[string]http.HandlerFunc{},
		calls: map[string]int{},
	}
	if change != nil {
		change(f)
	}
	l := listen(t, f.socket)
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: f}}
	s.Start()
	t.Cleanup(s.Close)
	return f
}

// shortDir is a directory whose sockets fit into the 108 bytes of an address.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func listen(t *testing.T, socket string) net.Listener {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no unix sockets here: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// from serves the files of a directory of testdata.
func (f *fake) from(t *testing.T, dir string) {
	t.Helper()
	name, _ := os.Hostname()
	for path := range f.bodies {
		file := strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/json") + ".json"
		if text, err := os.ReadFile(filepath.Join("testdata", dir, file)); err == nil {
			f.bodies[path] = strings.NewReplacer("HOSTNAME", name, "KERNEL", kernel()).Replace(string(text))
		}
	}
}

var versionPrefix = regexp.MustCompile(`^/v[\d.]+/`)

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := versionPrefix.ReplaceAllString(r.URL.Path, "/")
	f.mu.Lock()
	f.calls[path]++
	f.mu.Unlock()
	for name, value := range f.headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", "application/json")
	if serve := f.serve[path]; serve != nil {
		serve(w, r)
	} else if body, ok := f.bodies[path]; ok {
		_, _ = io.WriteString(w, body)
	} else {
		http.NotFound(w, r)
	}
}

func (f *fake) total() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, count := range f.calls {
		n += count
	}
	return n
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// half promises more than it sends.
func half(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(2*len(text)))
		_, _ = io.WriteString(w, text)
	}
}

func status(code int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message":%q}`, message)
	}
}
