//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestWindowsProgram: the program for Windows runs, reads and writes files as that for Linux does, and knows who listens there. It is
// run by wine: PORTLINT_TEST_WINE is the path of .ci/wine. Wine shows a process of Windows with its sockets, and of Linux the sockets alone.
func TestWindowsProgram(t *testing.T) {
	wine := os.Getenv("PORTLINT_TEST_WINE")
	if wine == "" {
		t.Skip("PORTLINT_TEST_WINE is not set")
	}
	w := windows{wine: wine, dir: t.TempDir()}
	w.build(t, "portlint.exe", ".")
	w.build(t, "testimage.exe", "../../.ci/testimage")
	t.Cleanup(func() {
		if out, err := exec.Command(wine, "stop").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})

	t.Run("version", func(t *testing.T) {
		if got := w.portlint(t, "version"); got.code != 0 || !strings.Contains(got.stdout, "windows/amd64") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("files", w.files)
	t.Run("a process", w.process)
	t.Run("nobody that can be seen", w.nobody)
}

// windows is a directory with programs for Windows, which see it as their working directory.
type windows struct{ wine, dir string }

func (w windows) build(t *testing.T, name, source string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(w.dir, name), source)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func (w windows) portlint(t *testing.T, args ...string) result {
	t.Helper()
	cmd := exec.Command(w.wine, append([]string{"run", w.dir, `Z:\w\portlint.exe`}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// shopOnWindows has a fixed port, a row of ports that meets it, and a name that only one checkout can have.
const shopOnWindows = `services:
  web:
    image: nginx
    container_name: shop-web
    ports:
      - "8080:80"
      - "127.0.0.1:8443:443"
  api:
    image: api
    ports:
      - "8079-8081:90-92"
`

// files: what is said of a project, and made of it, is the same on both systems.
func (w windows) files(t *testing.T) {
	project := func(dir string) string {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(shopOnWindows), 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	project(w.dir)
	here := project(filepath.Join(t.TempDir(), "w"))
	for _, args := range [][]string{
		{"check", "--static"}, {"check", "--static", "--format", "github"}, {"check", "--static", "--fix", "--unsafe-fixes", "--diff"},
		{"check", "--static", "--fix", "--unsafe-fixes"}, {"check", "--static", "--twice"}, {"ports", "--format", "markdown"},
	} {
		want, got := portlint(t, here, args...), w.portlint(t, args...)
		if got.code != want.code || got.stdout != want.stdout {
			t.Errorf("%q: exit %d\n%s\non Linux exit %d\n%s", args, got.code, got.stdout, want.code, want.stdout)
		}
	}

	wanted, got := readAll(t, here), readAll(t, w.dir)
	if got != wanted {
		t.Errorf("the files are\n%s\non Linux\n%s", got, wanted)
	}
}

// readAll is what fixes wrote.
func readAll(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// process: a program of Windows has a port, and gives it back when it is ended.
func (w windows) process(t *testing.T) {
	port := strconv.Itoa(unusedPorts(1)[0])
	held := exec.Command(w.wine, "run", w.dir, `Z:\w\testimage.exe`, "listen", port)
	if err := held.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = held.Process.Kill()
		_ = held.Wait()
	})
	waitForServer(t, "127.0.0.1:"+port)

	got := w.portlint(t, "who", port)
	said := regexp.MustCompile(`^` + port + `/tcp is taken by testimage\.exe.*\n  held by: testimage\.exe \(pid (\d+), .*\n  listening at \[::\]:` + port + `\n  free it: taskkill /F /PID (\d+)\n`)
	m := said.FindStringSubmatch(got.stdout)
	if got.code != 1 || m == nil || m[1] != m[2] {
		t.Errorf("%+v", got)
	}
	if free := w.portlint(t, "free", "--near", port); free.code != 0 || strings.TrimSpace(free.stdout) == port {
		t.Errorf("free near %s, which is held: %+v", port, free)
	}
}

// nobody: a socket whose process can't be had is said to be in use, and nobody is named.
func (w windows) nobody(t *testing.T) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", unusedPorts(1)[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())

	got := w.portlint(t, "who", port)
	first, _, _ := strings.Cut(got.stdout, "\n")
	if want := port + "/tcp is taken"; got.code != 1 || first != want {
		t.Errorf("%+v", got)
	}
}

// waitForServer waits until somebody answers at an address.
func waitForServer(t *testing.T, address string) {
	t.Helper()
	for range 300 {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("nobody listens at %s", address)
}
