package dockerapi

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/client"
)

// dockerHome is a home with a config.json and contexts "lab" and "broken", as `docker context create` writes it.
func dockerHome(t *testing.T, current string) string {
	t.Helper()
	home := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(home, ".docker", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("config.json", fmt.Sprintf(`{"currentContext":%q,"HttpHeaders":{"X-Lab":"1"}}`, current))
	meta := func(name string) string {
		return fmt.Sprintf("contexts/meta/%x/meta.json", sha256.Sum256([]byte(name)))
	}
	write(meta("broken"), "{")
	write(meta("lab"), `{"Name":"lab","Metadata":{"Description":"x"},"Endpoints":{"docker":{"Host":"ssh://lab","SkipTLSVerify":false}}}`)
	return home
}

// TestResolve: the order of the docker CLI.
func TestResolve(t *testing.T) {
	lab, plain := dockerHome(t, "lab"), t.TempDir()
	for name, c := range map[string]struct {
		o    Options
		want string // the host, or the beginning of an error
	}{
		"nothing":                 {Options{Env: map[string]string{"HOME": plain}}, client.DefaultDockerHost},
		"current":                 {Options{Env: map[string]string{"HOME": lab}}, "ssh://lab"},
		"config dir":              {Options{Env: map[string]string{"HOME": plain, "DOCKER_CONFIG": filepath.Join(lab, ".docker")}}, "ssh://lab"},
		"DOCKER_CONTEXT":          {Options{Env: map[string]string{"HOME": lab, "DOCKER_CONTEXT": "default"}}, client.DefaultDockerHost},
		"DOCKER_HOST first":       {Options{Env: map[string]string{"HOME": lab, "DOCKER_CONTEXT": "lab", "DOCKER_HOST": "tcp://b:1"}}, "tcp://b:1"},
		"empty DOCKER_HOST":       {Options{Env: map[string]string{"HOME": lab, "DOCKER_HOST": ""}}, "ssh://lab"},
		"-H first":                {Options{Host: "unix:///x", Env: map[string]string{"HOME": lab, "DOCKER_HOST": "tcp://b:1"}}, "unix:///x"},
		"--context first":         {Options{Context: "lab", Env: map[string]string{"HOME": lab, "DOCKER_HOST": "tcp://b:1"}}, "ssh://lab"},
		"without scheme":          {Options{Host: "build1", Env: map[string]string{"HOME": plain}}, "tcp://build1:2375"},
		"unknown":                 {Options{Context: "nowhere", Env: map[string]string{"HOME": lab}}, `there is no docker context "nowhere"`},
		"broken":                  {Options{Context: "broken", Env: map[string]string{"HOME": lab}}, `the docker context "broken" can't be read: `},
		"TLS without certificate": {Options{Host: "build1", Env: map[string]string{"HOME": plain, "DOCKER_TLS": "1"}}, "the TLS files of tcp://build1:2375: "},
		"both":                    {Options{Context: "lab", Host: "x", Env: map[string]string{"HOME": lab}}, "--context and -H can't be used together"},
	} {
		t.Run(name, func(t *testing.T) {
			// Windows has another variable for the home directory
			if home := c.o.Env["HOME"]; home != "" {
				c.o.Env["USERPROFILE"] = home
			}
			at, err := resolve(c.o)
			if err != nil && !strings.HasPrefix(err.Error(), c.want) || err == nil && at.Host != c.want {
				t.Errorf("got %q, %v, want %q", at.Host, err, c.want)
			}
			if err == nil && at.headers["X-Lab"] != map[bool]string{true: "1"}[strings.Contains(ConfigDir(c.o.Env), filepath.Base(filepath.Dir(lab)))] && c.o.Env["HOME"] == lab {
				t.Errorf("headers %v", at.headers)
			}
		})
	}
}
