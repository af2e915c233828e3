package dockerapi

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/portlint/portlint/lint"
)

// TestNetworkOf compares with a process that has a network of its own, and with one that is not there.
func TestNetworkOf(t *testing.T) {
	if got := networkOf(os.Getpid()); got != same {
		t.Errorf("with itself: %d", got)
	}
	if got := networkOf(1 << 30); got != notSeen {
		t.Errorf("with a process that is not there: %d", got)
	}
	if got := networkOf(inOtherNetwork(t)); got != other {
		t.Errorf("with another network: %d", got)
	}
}

// TestNetworkOfMostThreads: the first thread of a process may have stayed in another network, as Podman's does in a container's.
func TestNetworkOfMostThreads(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a network namespace")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestStrayed$")
	cmd.Env = append(os.Environ(), strayEnv+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}

	if got := threadNetwork(fmt.Sprintf("/proc/%d", cmd.Process.Pid)); got != other {
		t.Errorf("the first thread: %d", got)
	}
	if got := networkOf(cmd.Process.Pid); got != same {
		t.Errorf("the process: %d", got)
	}
}

const strayEnv = "PORTLINT_TEST_STRAY"

// strayed is set on the first thread of the process, which runs this alone, before any other goroutine.
var strayed = os.Getenv(strayEnv) != "" && func() error {
	runtime.LockOSThread()
	return syscall.Unshare(syscall.CLONE_NEWNET)
}() == nil

// TestStrayed is run by TestNetworkOfMostThreads.
func TestStrayed(t *testing.T) {
	if !strayed {
		t.Skip("is run by TestNetworkOfMostThreads")
	}
	fmt.Print("\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// inOtherNetwork is a process that has a network namespace of its own, until the test ends.
func inOtherNetwork(t *testing.T) int {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a network namespace")
	}
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process.Pid
}

// TestOtherUser: a user who may not open the socket, and who may not read the links of other processes' namespaces.
func TestOtherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	f := newFake(t, nil)
	if err := os.Chmod(f.socket, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(f.socket), 0o755); err != nil {
		t.Fatal(err)
	}
	out := asNobody(t, "PORTLINT_TEST_NOBODY="+f.socket, fmt.Sprintf("PORTLINT_TEST_ELSEWHERE=%d", inOtherNetwork(t)))
	want := fmt.Sprintf("permission denied at the socket %q", f.socket)
	if !strings.Contains(out, want) || !strings.Contains(out, "parent=1 self=1 elsewhere=2") {
		t.Errorf("%s, want %s", out, want)
	}
}

// TestNobody is run by TestOtherUser.
func TestNobody(t *testing.T) {
	socket := os.Getenv("PORTLINT_TEST_NOBODY")
	if socket == "" {
		t.Skip("is run by TestOtherUser")
	}
	t.Log(reasons(Look(t.Context(), Options{Host: "unix://" + socket}), blindEngine))
	pid, err := strconv.Atoi(os.Getenv("PORTLINT_TEST_ELSEWHERE"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("parent=%d self=%d elsewhere=%d", processOf(os.Getppid()).network, processOf(os.Getpid()).network, processOf(pid).network)
}

func asNobody(t *testing.T, env ...string) string {
	t.Helper()
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(shortDir(t), "test")
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^TestNobody$", "-test.v")
	cmd.Dir, cmd.Env = "/", append(env, "HOME=/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String()
}

// TestPodmanUnit: only the sockets that Podman's own units open lead to them.
func TestPodmanUnit(t *testing.T) {
	for host, want := range map[string]string{
		"unix:///run/podman/podman.sock":               "system.slice/podman.service",
		"unix:///run/user/1000/podman/podman.sock":     "user.slice/user-1000.slice/user@1000.service/app.slice/podman.service",
		"unix:///run/user/1000/docker.sock":            "",
		"unix:///run/user/1000/podman/podman.sock.old": "",
		"unix:///run/user/01000/podman/podman.sock":    "",
		"unix:///run/user/podman/podman.sock":          "",
		"unix:///tmp/run/user/1000/podman/podman.sock": "",
	} {
		if got := podmanUnit(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

// TestCommandOf: a program that has started itself anew through a link is known by its own name.
func TestCommandOf(t *testing.T) {
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Skip(err)
	}
	link := filepath.Join(t.TempDir(), "exe")
	if err := os.Symlink(cat, link); err != nil {
		t.Fatal(err)
	}
	for want, word := range map[string]string{"podman": "/usr/bin/podman", "cat": "cat"} {
		cmd := &exec.Cmd{Path: link, Args: []string{word}}
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(in, "x")
		_, _ = out.Read(make([]byte, 1)) // it has its own command line by now
		got := commandOf(cmd.Process.Pid)
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestLowPorts: a process may bind low ports where the kernel counts the capability among its effective ones.
func TestLowPorts(t *testing.T) {
	want := lint.NoLowPorts
	caps := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&caps, &data[0]); err != nil {
		t.Skip(err)
	}
	if data[0].Effective>>netBindService&1 == 1 {
		want = lint.AllLowPorts
	}
	if got := lowPortsOf(os.Getpid()); got != want {
		t.Errorf("this process: %d, want %d", got, want)
	}
	if got := lowPortsOf(0); got != lint.UnknownLowPorts {
		t.Errorf("no process: %d", got)
	}
}
