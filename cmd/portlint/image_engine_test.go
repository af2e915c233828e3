//go:build linux

package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// standIn takes the part of /bin/sh in an image that stands in for golang, which can't be pulled by a test: the command
// that builds portlint was run outside, by the same words, and its result lies at /prebuilt.
const standIn = `package main

import (
	"os"
	"strings"
)

func main() {
	if !strings.Contains(strings.Join(os.Args, " "), "go build ") {
		return
	}
	text, err := os.ReadFile("/prebuilt")
	if err == nil {
		err = os.MkdirAll("/out", 0o755)
	}
	if err == nil {
		err = os.WriteFile("/out/portlint", text, 0o755)
	}
	if err != nil {
		panic(err)
	}
}
`

var (
	buildCommand = regexp.MustCompile(`(?m)^RUN (.* go build .*) -o /out/portlint (.*)$`)
	baseImage    = regexp.MustCompile(`(?m)^FROM golang:\S+ AS build$`)
)

// TestEngineImage builds the image by the Dockerfile and runs it as CI and pre-commit would.
func TestEngineImage(t *testing.T) {
	listEngines(t)
	program := buildByDockerfile(t)
	realEngines(t, func(t *testing.T, e realEngine) {
		i := imager{t, e}
		i.build(program)
		i.staticCheck()
		i.liveCheck()
	})
}

// buildByDockerfile runs the command of the Dockerfile and returns the path of the program, which has to be a static one.
func buildByDockerfile(t *testing.T) string {
	t.Helper()
	command := buildCommand.FindStringSubmatch(readDockerfile(t))
	if command == nil {
		t.Fatal("the Dockerfile builds nothing")
	}
	program := filepath.Join(t.TempDir(), "portlint")
	cmd := exec.Command("sh", "-c", command[1]+" -o "+program+" "+command[2])
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Error("the program needs a loader, which the image has not")
	}
	return program
}

func readDockerfile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const testedImage = "portlint-test-image"

// imager is a user of an engine who builds and runs the image.
type imager struct {
	t *testing.T
	e realEngine
}

// docker runs the docker CLI.
func (i imager) docker(dir string, stdin []byte, args ...string) result {
	i.t.Helper()
	cmd := exec.Command(os.Getenv("PORTLINT_TEST_DOCKER"), args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, bytes.NewReader(stdin), &stdout, &stderr
	cmd.Env = append(i.e.docker(), "DOCKER_BUILDKIT=0", "DOCKER_CONFIG="+i.t.TempDir())
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		i.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// build builds the image, with everything of the Dockerfile but the image that it begins with.
func (i imager) build(program string) {
	t, context := i.t, i.t.TempDir()
	testdir.Write(t, filepath.Join(context, "sh.go"), standIn)
	sh := exec.Command("go", "build", "-o", "sh", "sh.go")
	sh.Dir, sh.Env = context, append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	base := tarOf(t, map[string]string{"bin/sh": filepath.Join(context, "sh"), "prebuilt": program})
	if r := i.docker(context, base, "import", "-", "portlint-test-golang"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	testdir.Write(t, filepath.Join(context, "Dockerfile"), baseImage.ReplaceAllString(readDockerfile(t), "FROM portlint-test-golang AS build"))
	for _, name := range []string{"go.mod", "go.sum"} {
		testdir.Write(t, filepath.Join(context, name), "")
	}
	r := i.docker(context, nil, "build", "-t", testedImage, ".")
	t.Cleanup(func() { i.docker(context, nil, "image", "rm", "-f", testedImage, "portlint-test-golang") })
	if r.code != 0 {
		t.Fatalf("%s%s", r.stdout, r.stderr)
	}
	var images []struct {
		Config struct{ User string }
		Size   int64
	}
	if err := json.Unmarshal([]byte(i.docker(context, nil, "image", "inspect", testedImage).stdout), &images); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(program); err != nil || images[0].Config.User != "65532:65532" || images[0].Size > 2*info.Size() { // some engines count what was pushed, too
		t.Errorf("%+v, %v", images, err)
	}
}

func tarOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for name, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))})
		}
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// project is a directory that the user of the image may read.
func (i imager) project() string {
	dir, err := os.MkdirTemp("", "portlint-image")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { os.RemoveAll(dir) })
	testdir.Write(i.t, filepath.Join(dir, "compose.yaml"), "services: {a: {image: a, ports: ['90:1', '90:2']}}\n")
	return dir
}

func (i imager) staticCheck() {
	dir := i.project()
	for name, args := range map[string][]string{
		"by itself":     {"-v", dir + ":/src:ro", "--read-only", testedImage},
		"by pre-commit": {"-u", "1000:1000", "-v", dir + ":/src:rw,Z", "--workdir", "/src", "--entrypoint", "portlint", testedImage, "check", "--static", "--", "compose.yaml"},
	} {
		r := i.docker(dir, nil, append([]string{"run", "--rm", "--network", "none"}, args...)...)
		if r.code != run.ExitFindings || !strings.Contains(r.stdout, "[duplicate-port]") || !strings.HasPrefix(r.stdout, "compose.yaml:1:") || r.stderr != "" {
			i.t.Errorf("%s: exit code %d\n%s%s", name, r.code, r.stdout, r.stderr)
		}
	}
}

// liveCheck: inside of a container the engine can be asked, the sockets of its machine can't, and that is said.
func (i imager) liveCheck() {
	dir := i.project()
	testdir.Write(i.t, filepath.Join(dir, "compose.yaml"), "services: {a: {image: a, ports: ['90:1']}}\n")
	line := []string{"run", "--rm", "-v", dir + ":/src:ro"}
	socket := []string{"--user", "0", "-v", i.e.socket + ":/var/run/docker.sock"}
	r := i.docker(dir, nil, slices.Concat(line, socket, []string{testedImage, "check", "--timeout", "60"})...)
	if !strings.Contains(r.stdout, "\nnot checked: sockets: portlint runs in a container, which has a network of its own\n") ||
		strings.Contains(r.stdout, "engine") || r.code != run.ExitClean {
		i.t.Errorf("with the engine's socket: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r = i.docker(dir, nil, slices.Concat(line, socket, []string{testedImage, "check", "--timeout", "60", "--require", "sockets"})...)
	if r.code != run.ExitFailed {
		i.t.Errorf("with --require sockets: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r = i.docker(dir, nil, slices.Concat(line, []string{testedImage, "check", "--format", "json"})...)
	if !strings.Contains(r.stdout, `"verdict": "unknown"`) || !strings.Contains(r.stdout, `"what": "engine"`) {
		i.t.Errorf("without the engine's socket: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
