package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestEnvAsksOnce: the engine is asked for its containers once, and for nothing else.
func TestEnvAsksOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	answers := t.TempDir()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, fakes.OfAPI(r.URL.Path))
		mu.Unlock()
		fakes.Canned{Dir: answers}.ServeHTTP(w, r)
	}))
	defer server.Close()
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: a, ports: [\"80\"]}}\n")
	list := `[{"Id": "1", "Names": ["/shop-web-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 32768, "Type": "tcp"}],
		"Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "web", "com.docker.compose.container-number": "1"}}]`
	if err := os.WriteFile(filepath.Join(answers, "containers.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}

	var stdout, stderr bytes.Buffer
	w := run.Process{Dir: dir, Stdout: &stdout, Stderr: &stderr, Env: map[string]string{"DOCKER_HOST": "tcp://" + strings.TrimPrefix(server.URL, "http://"), "HOME": dir}}
	if code := execute(context.Background(), []string{"env"}, w); code != run.ExitClean || stdout.String() != "WEB_PORT=32768\nWEB_URL=http://localhost:32768\n" {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
	if slices.Sort(asked); !slices.Equal(asked, []string{"/_ping", "/containers/json"}) {
		t.Errorf("asked %q", asked)
	}
}
