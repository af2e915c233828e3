//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"regexp"
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
	"github.com/portlint/portlint/compose/testdir"
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
	bin := programs(t, "portlint", "docker", "podman")
	cmd := exec.Command(filepath.Join(bin, "portlint"), args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + bin, "HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(bin, "state"), "DOCKER_HOST=" + noEngine,
		"TERM=dumb", "FAKE_VERSION=5.5.1", "FAKE_SHOW=WEB"}, environ...)
	return cmd
}

// startOnTerminal starts a command on a terminal of its own, on which something was typed before.
func startOnTerminal(t *testing.T, cmd *exec.Cmd, typed string) *terminal {
	t.Helper()
	x := newTerminal(t, cmd)
	x.start(typed)
	return x
}

// newTerminal returns a terminal of its own for a command that is yet to be started.
func newTerminal(t *testing.T, cmd *exec.Cmd) *terminal {
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
	return x
}

// passInterrupts lets what is started be interrupted, also where these tests themselves were started so that they are not, as a shell does
// with "&": who ignores a signal hands that down, who is told of it does not.
func passInterrupts(t *testing.T) {
	if !signal.Ignored(os.Interrupt) {
		return
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	t.Cleanup(func() { signal.Stop(signals) })
}

// start starts the command, when something was typed.
func (x *terminal) start(typed string) {
	x.t.Helper()
	go x.read()
	x.press(typed)
	x.await(typed, 1)
	passInterrupts(x.t)
	if err := x.cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = x.cmd.Process.Kill() })
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
	hangs := time.AfterFunc(time.Minute, func() { _ = x.cmd.Process.Signal(syscall.SIGQUIT) }) // it says where, then
	err := x.cmd.Wait()
	hangs.Stop()
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
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), clashing)
	return dir
}

// askClashing is what is asked about the project of clashing.
const askClashing = "what now (m, w, s, a)? "

func TestUpPrompt(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		ends       int
		says, not  string
	}{
		{"abort", "a", run.ExitFindings, askClashing + "a\n", "docker ["},
		{"enter aborts", "\r", run.ExitFindings, askClashing + "a\n", "docker ["},
		{"q aborts", "q", run.ExitFindings, askClashing + "a\n", "docker ["},
		{"escape aborts", "\x1b", run.ExitFindings, askClashing + "a\n", "docker ["},
		{"the end of input aborts", "\x04", run.ExitFindings, askClashing + "a\n", "docker ["},
		{"interrupt", "\x03", 130, askClashing, "docker ["},
		{"move", "m", 0, "\ndocker [\"compose\" \"up\" \"--build\"]\nWEB=28081 true\n", "WEB, kept in"},
		{"move in upper case", "M", 0, "\"web\" moves from 28080/tcp to 28081 (WEB, for this run)\n", "WEB, kept in"},
		{"write", "w", 0, "\"web\" moves from 28080/tcp to 28081 (WEB, kept in .env)\n", "for this run)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := clashingProject(t)
			x := onTerminal(t, dir, nil, "up", "--build")
			x.await("  m  web -> 28081 for this run\n  w  the same, kept in .env\n  s  show who has them\n  a  abort\n"+askClashing, 1)
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

// TestUpPromptOtherKeys: a key that is no answer is said to be none, and so is what sends several bytes, once.
func TestUpPromptOtherKeys(t *testing.T) {
	const none = " is no answer: press one of the letters, or Escape to abort\n" + askClashing
	for _, c := range []struct{ name, keys, says string }{
		{"a letter", "x", "x\nportlint: \"x\"" + none},
		{"a key that stops", "F", "f\nportlint: f stops containers only: \"api\" and \"web\" both want 28080/tcp\n" + askClashing},
		{"a key of another question", "r", "r\nportlint: r replaces containers of another checkout that has this project's name: there are none\n" + askClashing},
		{"a digit", "7", "\nportlint: that key" + none},
		{"an arrow", "\x1b[A", "\nportlint: that key" + none},
		{"a function key", "\x1b[15~", "\nportlint: that key" + none},
		{"Alt and a letter", "\x1bw", "\nportlint: that key" + none},
		{"pasted text", "the mawsa", "t\nportlint: \"t\"" + none},
		{"a letter beyond ASCII", "ä", "\nportlint: that key" + none},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := onTerminal(t, clashingProject(t), nil, "up")
			x.await(askClashing, 1)
			x.press(c.keys)
			x.await(askClashing, 2)
			x.press("a")
			x.ends(run.ExitFindings)
			x.await(askClashing+c.says, 1)
			x.await(askClashing+"a\n", 1)
		})
	}
}

// TestUpPromptRecordsNothing: what is only offered is recorded as nobody's, and in no file.
func TestUpPromptRecordsNothing(t *testing.T) {
	dir := clashingProject(t)
	cmd := onTerminalCommand(t, dir, nil, "up")
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	x := startOnTerminal(t, cmd, "")
	x.await(askClashing, 1)
	x.press("a")
	x.ends(run.ExitFindings)
	if left, err := os.ReadDir(filepath.Join(dir, "state")); err == nil {
		t.Errorf("there is %v", left)
	}
}

// TestUpPromptOtherCheckout asks what to do about the containers of another checkout with the project's name.
func TestUpPromptOtherCheckout(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	const asked = "  m  project shop -> shop-here for this run\n  w  the same, kept in .env\n  r  replace the containers of ../there\n  a  abort\nwhat now (m, w, r, a)? "
	for _, c := range []struct {
		name, keys string
		args       []string
		asks       string
		ends       int
		says       string
	}{
		{"own name", "m", nil, asked, 0, "\ndocker [\"compose\" \"up\"]\nWEB= false\nCOMPOSE_PROJECT_NAME=shop-here true\n"},
		{"own name in .env", "w", nil, asked, 0, "portlint: project \"shop\" is \"shop-here\" in this checkout (COMPOSE_PROJECT_NAME, kept in .env)\n"},
		{"replace", "r", nil, asked, 0, "\ndocker [\"compose\" \"up\" \"--always-recreate-deps\" \"--force-recreate\"]\n"},
		{"abort", "a", nil, asked, run.ExitFindings, asked + "a\n"},
		{"a name that no variable beats", "a", []string{"-p", "shop"}, "  r  replace the containers of ../there\n  a  abort\nwhat now (r, a)? ", run.ExitFindings, "(r, a)? a\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			here, there := filepath.Join(base, "here"), filepath.Join(base, "there")
			for _, dir := range []string{here, there} {
				testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx}}\n")
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
	address, _ := engineWithList(t, "dockerd", containers)
	return address
}

// engineWithList is engineThatLists, dockerd or podman, with the file that it reads the list from each time.
func engineWithList(t *testing.T, program, containers string) (address, list string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	list = filepath.Join(dir, "containers.json")
	if err := os.WriteFile(list, []byte(containers), 0o600); err != nil {
		t.Fatal(err)
	}
	kind := map[string]string{"dockerd": "unix", "podman": "podman"}[program]
	address, _ = serving(t, exec.Command(programNamed(t, program), kind, dir))
	return address, list
}

// TestUpPromptTypedAhead: what was typed before the question, such as the next command, is no answer to it.
func TestUpPromptTypedAhead(t *testing.T) {
	dir := clashingProject(t)
	x := startOnTerminal(t, onTerminalCommand(t, dir, nil, "up"), "make w")
	x.await(askClashing, 1)
	x.press("a")
	x.ends(run.ExitFindings)
	x.await(askClashing+"a\n", 1)
	if _, err := os.Stat(filepath.Join(dir, ".env")); err == nil {
		t.Error("there is a .env")
	}
}

// TestUpPromptShows asks who has the port, and then asks again.
func TestUpPromptShows(t *testing.T) {
	x := onTerminal(t, clashingProject(t), nil, "up")
	x.await(askClashing, 1)
	x.press("s")
	x.await(askClashing, 2)
	if !strings.Contains(x.said(), askClashing+"s\n28080/tcp ") {
		t.Error(x.said())
	}
	x.press("a")
	x.ends(run.ExitFindings)
}

// TestUpPromptShowsNames: who has a container name is shown below who has the ports, and f frees both.
func TestUpPromptShowsNames(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx, container_name: front, ports: ['${WEB:-28085}:80']}}\n")
	host := engineThatLists(t, `[{"Id": "b1", "Names": ["/blog-web-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 28085, "Type": "tcp"}],
		"Labels": {"com.docker.compose.project": "blog", "com.docker.compose.service": "web"}}, {"Id": "b2", "Names": ["/front"], "State": "exited"}]`)
	x := onTerminal(t, dir, []string{"DOCKER_HOST=" + host}, "up")
	const asked = "what now (m, w, f, s, a)? "
	x.await("  f  remove container front, stop blog/web\n", 1)
	x.await(asked, 1)
	x.press("s")
	x.await(asked, 2)
	if _, shown, _ := strings.Cut(x.said(), asked+"s\n"); !strings.Contains(shown, "\ncontainer name \"front\" is taken\n  held by: ") {
		t.Error(x.said())
	}
	x.press("a")
	x.ends(run.ExitFindings)
}

// TestUpPromptUseless says why the ports can't be kept, when somebody wants that.
func TestUpPromptUseless(t *testing.T) {
	dir := clashingProject(t)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), strings.ReplaceAll(clashing, "${WEB:-28080}:80", "${WEB:-28080}:${WEB:-28080}"))
	x := onTerminal(t, dir, nil, "up", "web", "api")
	x.await("what now (m, s, a)? ", 1)
	x.press("w")
	x.await("what now (m, s, a)? ", 2)
	if want := "portlint: no value of WEB in an env file helps \"web\": use --move\n"; !strings.Contains(x.said(), want) {
		t.Error(x.said())
	}
	x.press("m")
	x.ends(0)
}

// TestUpPromptLeavesOut does not offer to write what no file can change.
func TestUpPromptLeavesOut(t *testing.T) {
	x := onTerminal(t, clashingProject(t), []string{"WEB=28080"}, "up")
	x.await("  m  web -> 28081 for this run\n  s  show who has them\n  a  abort\nwhat now (m, s, a)? ", 1)
	x.press("w")
	x.await("w\nportlint: no file that can be written gives other values to all that is in the way\nwhat now (m, s, a)? ", 1)
	x.press("m")
	x.ends(0)
	x.await("\ndocker [\"compose\" \"up\"]\nWEB=28081 true\n", 1)
}

// TestUpPromptStops stops the containers that have the ports, once somebody has said yes to the very command.
func TestUpPromptStops(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	const asked, sure = "  f  stop blog/front\n  s  show who has them\n  a  abort\nwhat now (m, w, f, s, a)? ", "f\n  docker compose -p blog stop front\nrun this (y or n)? "
	for _, c := range []struct {
		name   string
		sure   string
		status string
		says   string
		not    string
	}{
		{"yes", "y", "0", sure + "y\ndocker [\"compose\" \"-p\" \"blog\" \"stop\" \"front\"]\ndocker [\"compose\" \"up\"]\n", " moves from "},
		{"no", "n", "0", sure + "n\n  m  web -> 28082 for this run\n", "docker ["},
		{"escape is no", "\x1b", "0", sure + "n\n  m  web -> 28082 for this run\n", "docker ["},
		{"it fails", "y", "3", "portlint: docker compose -p blog stop front has failed: exit status 3\n", "docker [\"compose\" \"up\"]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx, ports: ['${WEB:-28081}:80']}}\n")
			host, list := engineWithList(t, "dockerd", `[{"Id": "b1", "Names": ["/blog-front-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 28081, "Type": "tcp"}],
				"Labels": {"com.docker.compose.project": "blog", "com.docker.compose.service": "front"}}]`)
			x := onTerminal(t, dir, []string{"DOCKER_HOST=" + host, "FAKE_SHOW=", "FAKE_STOPS=" + list, "FAKE_STATUS=" + c.status}, "up")
			x.await("  m  web -> 28082 for this run\n  w  the same, kept in .env\n"+asked, 1)
			x.press("f")
			x.await(sure, 1)
			x.press(c.sure)
			if c.sure == "y" && c.status == "0" {
				x.ends(0)
			} else {
				x.await(asked, 2)
				x.press("a")
				x.ends(run.ExitFindings)
			}
			x.await(c.says, 1)
			if strings.Contains(x.said(), c.not) {
				t.Errorf("%q is there:\n%s", c.not, x.said())
			}
		})
	}
}

// TestUpPromptStopsInterrupted: Ctrl-C while the containers are stopped ends all of it, and starts nothing.
func TestUpPromptStopsInterrupted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx, ports: ['28081:80']}}\n")
	host, list := engineWithList(t, "dockerd", `[{"Id": "b1", "Names": ["/blog-front-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 28081, "Type": "tcp"}],
		"Labels": {"com.docker.compose.project": "blog", "com.docker.compose.service": "front"}}]`)
	x := onTerminal(t, dir, []string{"DOCKER_HOST=" + host, "FAKE_SHOW=", "FAKE_STOPS=" + list, "FAKE_WAIT=1"}, "up")

	x.await("what now (m, w, f, s, a)? ", 1)
	x.press("f")
	x.await("run this (y or n)? ", 1)
	x.press("y")
	x.await("waiting ", 1)
	x.press("\x03")
	x.await("interrupted 1", 1)
	var pid int
	_, waiting, _ := strings.Cut(x.said(), "waiting ")
	if _, err := fmt.Sscan(waiting, &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.ends(int(run.ErrInterrupt))
	if said := x.said(); strings.Contains(said, "panic") || strings.Contains(said, `"up"`) {
		t.Errorf("it goes on:\n%s", said)
	}
}

// TestUpPromptStopsOnPodman: with Podman it is podman that stops the containers, with the address where podman asks another one by itself.
func TestUpPromptStopsOnPodman(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	for name, c := range map[string]struct {
		byVariable bool // CONTAINER_HOST has the address
		choice     string
		sure       string
		runs       string
	}{
		"its own engine": {true, "stop blog/front", "podman compose -p blog stop front", `podman ["compose" "-p" "blog" "stop" "front"]`},
		"another engine": {false, "stop container blog-front-1", "podman --url HOST stop blog-front-1", `podman ["--url" "HOST" "stop" "blog-front-1"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx, ports: ['${WEB:-28087}:80']}}\n")
			host, list := engineWithList(t, "podman", `[{"Id": "b1", "Names": ["/blog-front-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 28087, "Type": "tcp"}],
				"Labels": {"com.docker.compose.project": "blog", "com.docker.compose.service": "front"}}]`)
			env := []string{"DOCKER_HOST=" + host, "FAKE_SHOW=", "FAKE_STOPS=" + list}
			if c.byVariable {
				env = append(env, "CONTAINER_HOST="+host)
			}
			at := func(text string) string { return strings.ReplaceAll(text, "HOST", host) }

			x := onTerminal(t, dir, env, "up")
			x.await("  f  "+c.choice+"\n", 1)
			x.press("f")
			x.await(at("f\n  "+c.sure+"\nrun this (y or n)? "), 1)
			x.press("y")
			x.ends(0)
			x.await(at("y\n"+c.runs+"\ndocker [\"compose\" \"up\"]\n"), 1)
		})
	}
}

// TestUpPromptNames: container names and subnets that would move are told as ports are.
func TestUpPromptNames(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices:\n  web: {image: nginx, container_name: front, networks: [back]}\n"+
		"networks:\n  back: {ipam: {config: [{subnet: 10.213.0.0/24}]}}\n")
	host, list := engineWithList(t, "dockerd", `[{"Id": "b1", "Names": ["/front"], "State": "running"}]`)
	other := `[{"Id": "n1", "Name": "blog_back", "Driver": "bridge", "IPAM": {"Driver": "default", "Config": [{"Subnet": "10.213.0.0/16"}]}}]`
	if err := os.WriteFile(filepath.Join(filepath.Dir(list), "networks.json"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	x := onTerminal(t, dir, []string{"DOCKER_HOST=" + host}, "up")
	x.await("what now (m, w, a)? ", 1)
	x.press("s")
	x.await("s\nportlint: s shows who has ports: none of them is in the way\nwhat now (m, w, a)? ", 1)
	x.press("m")
	x.ends(0)
	x.await("docker [", 1)
	asked := regexp.MustCompile(`\n  m  container front -> front-001, subnet of back -> 10\.[0-9.]+/24 for this run\n  w  .*kept in\s+\.env and compose\.yaml\n  a  abort\n`)
	if !asked.MatchString(strings.ReplaceAll(x.said(), "\n     ", " ")) {
		t.Error(x.said())
	}
}

// TestDocsQuestion: the page of up shows the question as it is asked.
func TestDocsQuestion(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: nginx, ports: ['${WEB_PORT:-28083}:80']}, db: {image: postgres, ports: ['5432']}}\n")
	host := engineThatLists(t, fmt.Sprintf(`[{"Id": "b1", "Names": ["/blog-web-1"], "State": "running", "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 28083, "Type": "tcp"}],
		"Labels": {"com.docker.compose.project": "blog", "com.docker.compose.service": "web", "com.docker.compose.project.working_dir": %q}}]`, t.TempDir()))
	x := onTerminal(t, dir, []string{"DOCKER_HOST=" + host}, "up", "-d")
	x.await("what now (m, w, f, s, a)? ", 1)
	x.press("a")
	x.ends(run.ExitFindings)
	x.await("? a\n", 1)

	_, asked, _ := strings.Cut(x.said(), "portlint: nothing was pulled, built, created or stopped\n")
	asked = strings.NewReplacer("28083", "8080", "28084", "8081", "? a\n", "?\n").Replace(asked)
	if page := docs(t)[filepath.Join(root, ".github/docs/up.md")]; !strings.Contains(page, "\nportlint: nothing was pulled, built, created or stopped\n"+asked+"```\n") {
		t.Errorf("not on the page:\n%s", asked)
	}
}

// TestUpPromptNarrow: what the keys do stays within the terminal, and within 80 columns.
func TestUpPromptNarrow(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	text.WriteString("services:\n  first: {image: nginx, ports: ['28070-28079:1-10']}\n")
	for i := range 8 {
		fmt.Fprintf(&text, "  service-number-%d: {image: nginx, ports: ['${PORT%d:-%d}:80']}\n", i, i, 28070+i)
	}
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), text.String())
	for _, columns := range []uint16{40, 80, 200} {
		cmd := onTerminalCommand(t, dir, nil, "up")
		x := newTerminal(t, cmd)
		if err := pty.Setsize(x.master, &pty.Winsize{Rows: 40, Cols: columns}); err != nil {
			t.Fatal(err)
		}
		x.start("")
		x.await("what now (m, w, s, a)? ", 1)
		x.press("a")
		x.ends(run.ExitFindings)
		x.await("? a\n", 1)
		_, asked, _ := strings.Cut(x.said(), "\n  m  ")
		for line := range strings.Lines("  m  " + asked) {
			if line = strings.TrimSuffix(line, "\n"); len(line) > min(80, int(columns)) {
				t.Errorf("%d columns have no room for %q", columns, line)
			}
		}
		if n := strings.Count(asked, " -> "); n != 8 {
			t.Errorf("%d services move:\n%s", n, asked)
		}
	}
}

// TestUpPromptStopped: Ctrl-Z gives the terminal back to the shell as it was, and in front again the question is asked once more.
func TestUpPromptStopped(t *testing.T) {
	shell, err := exec.LookPath("dash")
	if err != nil {
		t.Skip("needs dash, which leaves the modes of a terminal to its jobs")
	}
	portlint := onTerminalCommand(t, clashingProject(t), nil, "up")
	cmd := exec.Command(shell, "-i")
	cmd.Dir, cmd.Env = portlint.Dir, append(portlint.Env, "PS1=> ", "PATH="+filepath.Dir(portlint.Path)+":"+os.Getenv("PATH"))
	x := startOnTerminal(t, cmd, "")
	x.press("portlint up\n")
	x.await(askClashing, 1)
	x.press("\x1a")
	x.await("Stopped", 1)
	x.press("stty -a | tr ' ' '\\n' | grep -x -e '-*icanon;*' -e '-*isig;*' -e '-*opost;*'; echo told\n")
	x.await("\ntold\n", 1)
	if said := x.said(); !strings.Contains(said, "opost\nisig\nicanon\ntold\n") || strings.Contains(said, "-opost\n") {
		t.Errorf("the terminal is not the shell's:\n%s", x.said())
	}

	x.press("fg\n")
	x.await(askClashing, 2)
	x.press("a")
	x.await("? a\n", 1)
	x.press("exit\n")
	_ = x.cmd.Wait() // with the status of portlint
}

func TestUpPromptTerminated(t *testing.T) {
	x := onTerminal(t, clashingProject(t), nil, "up")
	x.await(askClashing, 1)
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
	if strings.Contains(x.said(), askClashing) {
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
