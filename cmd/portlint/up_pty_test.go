//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
)

// terminal is portlint on a terminal of its own.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File
	before *term.State
	mu     sync.Mutex
	text   bytes.Buffer
	more   chan struct{}
}

const clashing = `name: shop
services:
  api:
    image: nginx
    ports: ["28080:80"]
  web:
    image: nginx
    ports: ["${WEB:-28080}:80"]
`

// onTerminal starts portlint in a directory with a project, beside the fake docker of the scripts.
func onTerminal(t *testing.T, dir string, environ []string, args ...string) *terminal {
	t.Helper()
	return startOnTerminal(t, onTerminalCommand(t, dir, environ, args...), "")
}

func onTerminalCommand(t *testing.T, dir string, environ []string, args ...string) *exec.Cmd {
	t.Helper()
	bin := programs(t, "portlint", "docker")
	cmd := exec.Command(filepath.Join(bin, "portlint"), args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + bin, "HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(bin, "state"), "DOCKER_HOST=" + noEngine,
		"TERM=dumb", "FAKE_VERSION=5.5.1", "FAKE_SHOW=WEB"}, environ...)
	return cmd
}

// startOnTerminal starts a command on a terminal of its own, on which something was typed before.
func startOnTerminal(t *testing.T, cmd *exec.Cmd, typed string) *terminal {
	t.Helper()
	x := &terminal{t: t, cmd: cmd, more: make(chan struct{}, 1)}
	var err error
	if x.master, x.slave, err = pty.Open(); err != nil {
		t.Skipf("no terminal can be had: %v", err)
	}
	t.Cleanup(func() { x.slave.Close(); x.master.Close() })
	if x.before, err = term.GetState(int(x.slave.Fd())); err != nil {
		t.Fatal(err)
	}
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = x.slave, x.slave, x.slave
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	go x.read()
	x.press(typed)
	x.await(typed, 1)
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.cmd.Process.Kill() })
	return x
}

func (x *terminal) read() {
	for b := make([]byte, 4096); ; {
		n, err := x.master.Read(b)
		x.mu.Lock()
		x.text.Write(b[:n])
		x.mu.Unlock()
		select {
		case x.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (x *terminal) said() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.ReplaceAll(x.text.String(), "\r\n", "\n")
}

// await waits until the terminal shows a text so many times.
func (x *terminal) await(text string, times int) {
	x.t.Helper()
	limit := time.After(time.Minute)
	for strings.Count(x.said(), text) < times {
		select {
		case <-x.more:
		case <-limit:
			x.t.Fatalf("no %q on the terminal:\n%s", text, x.said())
		}
	}
}

func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := x.master.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the end of portlint, demands its exit status, and that the terminal is as it was.
func (x *terminal) ends(want int) {
	x.t.Helper()
	err := x.cmd.Wait()
	var failed *exec.ExitError
	got := 0
	if errors.As(err, &failed) {
		got = up.StatusOf(failed.ProcessState)
	} else if err != nil {
		x.t.Fatal(err)
	}
	if got != want {
		x.t.Errorf("exit status %d, want %d\n%s", got, want, x.said())
	}
	if after, err := term.GetState(int(x.slave.Fd())); err != nil || !reflect.DeepEqual(after, x.before) {
		x.t.Errorf("the terminal is not as it was: %v\n%s", err, x.said())
	}
}

func clashingProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeExample(t, filepath.Join(dir, "compose.yaml"), clashing)
	return dir
}

func TestUpPrompt(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		ends       int
		says, not  string
	}{
		{"abort", "a", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"enter aborts", "\r", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"q aborts", "q", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"the end of input aborts", "\x04", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"other keys and arrows do nothing", "x\x1b[A\x1bOA\x1b[1;5D7 ,A", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"escape is no key before another one", "\x1b\x1ba", run.ExitFindings, up.PortQuestion("mwsa") + "a\n", "docker ["},
		{"interrupt", "\x03", 130, up.PortQuestion("mwsa"), "docker ["},
		{"move", "m", 0, "\ndocker [\"compose\" \"up\" \"--build\"]\nWEB=28081 true\n", "kept in"},
		{"move in upper case", "M", 0, "\"web\" moves from 28080/tcp to 28081 (WEB, for this run)\n", "kept in"},
		{"write", "w", 0, "\"web\" moves from 28080/tcp to 28081 (WEB, kept in .env)\n", "for this run)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := clashingProject(t)
			x := onTerminal(t, dir, nil, "up", "--build")
			x.await(up.PortQuestion("mwsa"), 1)
			x.press(c.keys)
			x.ends(c.ends)
			x.await(c.says, 1)
			if strings.Contains(x.said(), c.not) {
				t.Errorf("%q is there:\n%s", c.not, x.said())
			}
			env, err := os.ReadFile(filepath.Join(dir, ".env"))
			if want := map[bool]string{true: "WEB=28081\n"}[c.keys == "w"]; string(env) != want {
				t.Errorf(".env is %q, %v, want %q", env, err, want)
			}
		})
	}
}

// TestUpPromptOtherCheckout asks what to do about the containers of another checkout with the project's name.
func TestUpPromptOtherCheckout(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	for _, c := range []struct {
		name, keys string
		args       []string
		asks       string
		ends       int
		says       string
	}{
		{"own name", "m", nil, up.NameQuestion("mwra"), 0, "\ndocker [\"compose\" \"up\"]\nWEB= false\nCOMPOSE_PROJECT_NAME=shop-here true\n"},
		{"own name in .env", "w", nil, up.NameQuestion("mwra"), 0, "portlint: project \"shop\" is \"shop-here\" in this checkout (COMPOSE_PROJECT_NAME, kept in .env)\n"},
		{"replace", "r", nil, up.NameQuestion("mwra"), 0, "\ndocker [\"compose\" \"up\" \"--always-recreate-deps\" \"--force-recreate\"]\n"},
		{"abort", "a", nil, up.NameQuestion("mwra"), run.ExitFindings, up.NameQuestion("mwra") + "a\n"},
		{"a name that no variable beats", "a", []string{"-p", "shop"}, "replace its containers (r), or abort (a)? ", run.ExitFindings, "(r), or abort (a)? a\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			here, there := filepath.Join(base, "here"), filepath.Join(base, "there")
			for _, dir := range []string{here, there} {
				writeExample(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx}}\n")
			}
			host := engineThatLists(t, fmt.Sprintf(`[{"Id": "a1", "Names": ["/shop-web-1"], "State": "running", "Labels": {"com.docker.compose.project": "shop",
				"com.docker.compose.service": "web", "com.docker.compose.project.working_dir": %q}}]`, there))
			x := onTerminal(t, here, []string{"DOCKER_HOST=" + host, "FAKE_SHOW=WEB COMPOSE_PROJECT_NAME"}, append(c.args, "up")...)
			x.await(c.asks, 1)
			x.press(c.keys)
			x.ends(c.ends)
			x.await(c.says, 1)
		})
	}
}

// engineThatLists starts an engine with these containers, and returns its address.
func engineThatLists(t *testing.T, containers string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "containers.json"), []byte(containers), 0o600); err != nil {
		t.Fatal(err)
	}
	address, _ := serving(t, exec.Command(programNamed(t, "dockerd"), "unix", dir))
	return address
}

// TestUpPromptTypedAhead: what was typed before the question, such as the next command, is no answer to it.
func TestUpPromptTypedAhead(t *testing.T) {
	dir := clashingProject(t)
	x := startOnTerminal(t, onTerminalCommand(t, dir, nil, "up"), "make w")
	x.await(up.PortQuestion("mwsa"), 1)
	x.press("a")
	x.ends(run.ExitFindings)
	x.await(up.PortQuestion("mwsa")+"a\n", 1)
	if _, err := os.Stat(filepath.Join(dir, ".env")); err == nil {
		t.Error("there is a .env")
	}
}

// TestUpPromptShows asks who has the port, and then asks again.
func TestUpPromptShows(t *testing.T) {
	x := onTerminal(t, clashingProject(t), nil, "up")
	x.await(up.PortQuestion("mwsa"), 1)
	x.press("s")
	x.await(up.PortQuestion("mwsa"), 2)
	if !strings.Contains(x.said(), up.PortQuestion("mwsa")+"s\n28080/tcp ") {
		t.Error(x.said())
	}
	x.press("a")
	x.ends(run.ExitFindings)
}

// TestUpPromptGoesOn says why the ports can't be kept, and asks again.
func TestUpPromptGoesOn(t *testing.T) {
	dir := clashingProject(t)
	writeExample(t, filepath.Join(dir, "compose.yaml"), strings.ReplaceAll(clashing, "${WEB:-28080}:80", "${WEB:-28080}:${WEB:-28080}"))
	x := onTerminal(t, dir, nil, "up", "web", "api")
	x.await(up.PortQuestion("mwsa"), 1)
	x.press("w")
	x.await(up.PortQuestion("mwsa"), 2)
	if want := "portlint: no value of WEB in an env file helps \"web\": use --move\n"; !strings.Contains(x.said(), want) {
		t.Error(x.said())
	}
	x.press("m")
	x.ends(0)
}

// TestUpPromptLeavesOut does not offer to write what no file can change.
func TestUpPromptLeavesOut(t *testing.T) {
	x := onTerminal(t, clashingProject(t), []string{"WEB=28080"}, "up")
	x.await("move them for this run (m), show who has them (s), or abort (a)? ", 1)
	x.press("wm")
	x.ends(0)
	x.await("\ndocker [\"compose\" \"up\"]\nWEB=28081 true\n", 1)
}

func TestUpPromptTerminated(t *testing.T) {
	x := onTerminal(t, clashingProject(t), nil, "up")
	x.await(up.PortQuestion("mwsa"), 1)
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.ends(128 + int(syscall.SIGTERM))
}

// TestUpNoPrompt: nobody is asked who said yes to everything beforehand.
func TestUpNoPrompt(t *testing.T) {
	x := onTerminal(t, clashingProject(t), nil, "-f", "compose.yaml", "up", "-y", "--scale", "web=1")
	x.ends(run.ExitFindings)
	x.await("portlint: to give them other ports for this run: portlint -f compose.yaml up --move -y --scale web=1\n", 1)
	if strings.Contains(x.said(), up.PortQuestion("mwsa")) {
		t.Error(x.said())
	}
}

// TestUpBecomes presses Ctrl-C when Compose runs: it is this very process, and gets the signal once.
func TestUpBecomes(t *testing.T) {
	x := onTerminal(t, clashingProject(t), []string{"FAKE_WAIT=1"}, "up", "api")
	x.await(fmt.Sprintf("waiting %d\n", x.cmd.Process.Pid), 1)
	interruptsOnce(t, x)
}

// TestUpRuns is the same with -d, where Compose is a child: signals that are sent to portlint alone reach it, too.
func TestUpRuns(t *testing.T) {
	x := onTerminal(t, clashingProject(t), []string{"FAKE_WAIT=1"}, "up", "-d", "api")
	x.await("waiting ", 1)
	interruptsOnce(t, x)
}

func interruptsOnce(t *testing.T, x *terminal) {
	t.Helper()
	x.press("\x03")
	x.await("interrupted 1\n", 1)
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.ends(7)
	x.await("interrupts: 1\n", 1)
}
