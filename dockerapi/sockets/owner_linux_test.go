package sockets

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// holderOf checks an endpoint that has one holder.
func holderOf(t *testing.T, e lint.Endpoint) lint.Holder {
	t.Helper()
	probes, blind := Check(t.Context(), []lint.Endpoint{e}, Options{})
	if len(blind) > 0 {
		t.Errorf("blind spots: %v", blind)
	}
	return only(t, probes)
}

func only(t *testing.T, probes []lint.Probe) lint.Holder {
	t.Helper()
	if len(probes) != 1 || probes[0].Result != lint.InUse || len(probes[0].Holders) != 1 {
		t.Fatalf("want one holder: %+v", probes)
	}
	return probes[0].Holders[0]
}

func listenHelper(t *testing.T, proto string, port uint16) *exec.Cmd {
	t.Helper()
	return helper(t, "listen", proto, fmt.Sprintf("127.0.0.1:%d", port))
}

func TestOwnerIsTheServer(t *testing.T) {
	for _, proto := range []string{"tcp", "udp"} {
		t.Run("go "+proto, func(t *testing.T) {
			port := freePort(t, proto)
			before := time.Now()
			pid := start(t, listenHelper(t, proto, port))
			o := holderOf(t, endpoint(proto, "0.0.0.0", port)).Owner
			p := o.Process
			if o.Seen != lint.Known || p.PID != pid || p.Name != filepath.Base(os.Args[0]) || o.UID != os.Getuid() {
				t.Errorf("owner %+v", o)
			}
			if !strings.HasSuffix(p.Command, fmt.Sprintf(" %s 127.0.0.1:%d", proto, port)) || p.User == "" {
				t.Errorf("process %+v", p)
			}
			if d := p.StartedAt.Sub(before).Abs(); d > 3*time.Second {
				t.Errorf("started %s away from when it was", d)
			}
		})
	}
	for _, server := range []struct{ program, name, code string }{
		{"python3", "python", "import http.server,sys; http.server.HTTPServer(('127.0.0.1', %d), http.server.BaseHTTPRequestHandler).serve_forever()"},
		{"node", "node", "require('http').createServer().listen(%d, '127.0.0.1')"},
	} {
		t.Run(server.program, func(t *testing.T) {
			path, err := exec.LookPath(server.program)
			if err != nil {
				t.Skipf("%s is not installed", server.program)
			}
			port, flag := freePort(t, "tcp"), "-c"
			if server.program == "node" {
				flag = "-e"
			}
			cmd := exec.Command(path, flag, fmt.Sprintf(server.code, port))
			launch(t, cmd)
			e := endpoint("tcp", "0.0.0.0", port)
			for range 1000 {
				if try(t.Context(), e, Options{}).Result == lint.InUse {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			o := holderOf(t, e).Owner
			if o.Seen != lint.Known || o.Process.PID != cmd.Process.Pid || !strings.HasPrefix(o.Process.Name, server.name) {
				t.Errorf("owner %+v", o)
			}
		})
	}
}

// TestOwnerIsTheOldest: a descriptor that a child inherited is its parent's.
func TestOwnerIsTheOldest(t *testing.T) {
	port := freePort(t, "tcp")
	fd := made{proto: "tcp", addr: "127.0.0.1"}.socket(t)
	must(t, "bind", syscall.Bind(fd, testAddr("127.0.0.1", port)))
	must(t, "listen", syscall.Listen(fd, 1))
	dup, err := syscall.Dup(fd)
	must(t, "dup", err)
	file := os.NewFile(uintptr(dup), "socket")
	defer file.Close()
	cmd := helper(t, "wait")
	cmd.ExtraFiles = []*os.File{file}
	start(t, cmd)
	if o := holderOf(t, endpoint("tcp", "0.0.0.0", port)).Owner; o.Process.PID != os.Getpid() {
		t.Errorf("owner %+v", o)
	}
}

func TestOwnerOfAnotherUser(t *testing.T) {
	needRoot(t)
	port := freePort(t, "tcp")
	pid := start(t, as(t, listenHelper(t, "tcp", port), stranger+1))
	e := endpoint("tcp", "0.0.0.0", port)
	if o := holderOf(t, e).Owner; o.Seen != lint.Known || o.Process.PID != pid || o.UID != stranger+1 || o.Process.User != strconv.Itoa(stranger+1) {
		t.Errorf("root sees %+v", o)
	}
	if o := only(t, asStranger(t, "check", e)).Owner; o.Seen != lint.NoPrivilege || o.Process.PID != 0 || o.UID != stranger+1 {
		t.Errorf("a stranger sees %+v", o)
	}
	own := freePort(t, "tcp")
	pid = start(t, as(t, listenHelper(t, "tcp", own), stranger))
	if o := only(t, asStranger(t, "check", endpoint("tcp", "0.0.0.0", own))).Owner; o.Seen != lint.Known || o.Process.PID != pid {
		t.Errorf("its user sees %+v", o)
	}
}

// TestOwnerThatHidesFromRoot: root that may not look into a process, as in a container, learns that, and which ones these are.
func TestOwnerThatHidesFromRoot(t *testing.T) {
	needRoot(t)
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("setpriv is not installed")
	}
	port := freePort(t, "tcp")
	pid := start(t, as(t, listenHelper(t, "tcp", port), stranger+1))
	cmd := helper(t, "check")
	cmd.Args = append([]string{setpriv, "--bounding-set=-all", "--inh-caps=-all", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = setpriv
	o := only(t, answered(t, cmd, endpoint("tcp", "0.0.0.0", port))).Owner
	hides := func(p lint.Process) bool { return p.PID == pid && p.Name != "" }
	if o.Seen != lint.Hidden || o.UID != stranger+1 || !slices.ContainsFunc(o.Hiding, hides) {
		t.Errorf("root without capabilities sees %+v", o)
	}
}

func TestOwnerDockerProxy(t *testing.T) {
	for _, tt := range []struct{ proto, hostIP, wildcard, target string }{
		{"tcp", "127.0.0.1", "0.0.0.0", "172.18.0.2:80"},
		{"tcp", "::1", "::", "172.18.0.2:80"},
		{"udp", "127.0.0.1", "0.0.0.0", "172.18.0.3:53"},
	} {
		t.Run(tt.proto+" "+tt.hostIP, func(t *testing.T) {
			port := freePort(t, tt.proto)
			target := netip.MustParseAddrPort(tt.target)
			cmd := helper(t, "proxy", "-proto", tt.proto, "-host-ip", tt.hostIP, "-host-port", strconv.Itoa(int(port)),
				"-container-ip", target.Addr().String(), "-container-port", strconv.Itoa(int(target.Port())), "-use-listen-fd")
			cmd.Path = copyOf(t, cmd.Path, proxyName)
			cmd.Args[0] = "/usr/bin/" + proxyName
			pid := start(t, cmd)
			e := endpoint(tt.proto, tt.wildcard, port)
			o := holderOf(t, e).Owner
			if o.Seen != lint.Known || o.Process.PID != pid || o.Process.Name != proxyName || o.Proxy != target || o.Parent.PID != os.Getpid() {
				t.Errorf("owner %+v", o)
			}
			if os.Geteuid() != 0 {
				t.Skip("needs root to look as another user")
			}
			o = only(t, asStranger(t, "check", e)).Owner
			if o.Seen != lint.Inferred || o.Process.PID != pid || o.Proxy != target {
				t.Errorf("a stranger sees %+v", o)
			}
		})
	}
}

// TestOwnerDockerProxyInItsUnit: a stranger finds docker-proxy among the processes of the engine's unit.
func TestOwnerDockerProxyInItsUnit(t *testing.T) {
	port := freePort(t, "tcp")
	cmd := helper(t, "proxy", "-proto", "tcp", "-host-ip", "127.0.0.1", "-host-port", strconv.Itoa(int(port)),
		"-container-ip", "172.18.0.2", "-container-port", "80")
	cmd.Path = copyOf(t, cmd.Path, proxyName)
	cmd.Args[0] = proxyName
	engine := helper(t, "wait")
	inCgroup(t, "portlint-docker.service", cmd, engine)
	start(t, engine)
	pid := start(t, cmd)
	o := only(t, asStranger(t, "check", endpoint("tcp", "0.0.0.0", port))).Owner
	if o.Seen != lint.Inferred || o.Process.PID != pid || o.Proxy.String() != "172.18.0.2:80" || o.Unit != "portlint-docker.service" {
		t.Errorf("a stranger sees %+v", o)
	}
}

// inCgroup makes a cgroup and has a command start in it.
func inCgroup(t *testing.T, name string, cmds ...*exec.Cmd) {
	t.Helper()
	needRoot(t)
	dir := filepath.Join(cgroupRoot(), name)
	if cgroupRoot() == "" {
		t.Skip("there is no cgroup v2")
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("cgroups can't be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	d, err := os.Open(dir)
	must(t, "open the cgroup", err)
	t.Cleanup(func() { d.Close() })
	for _, cmd := range cmds {
		cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(d.Fd())}
	}
}

func TestOwnerUnit(t *testing.T) {
	port := freePort(t, "tcp")
	server, other := listenHelper(t, "tcp", port), helper(t, "wait")
	inCgroup(t, "portlint-test.service", server, other)
	pid := start(t, server)
	e := endpoint("tcp", "0.0.0.0", port)
	if o := holderOf(t, e).Owner; o.Seen != lint.Known || o.Process.PID != pid || o.Unit != "portlint-test.service" {
		t.Errorf("owner %+v", o)
	}
	o := only(t, asStranger(t, "check", e)).Owner
	if o.Seen != lint.Inferred || o.Process.PID != pid || o.Unit != "portlint-test.service" {
		t.Errorf("a stranger sees %+v of a unit with one process", o)
	}
	start(t, other)
	o = only(t, asStranger(t, "check", e)).Owner
	if o.Seen != lint.NoPrivilege || o.Process.PID != 0 || o.Unit != "portlint-test.service" {
		t.Errorf("a stranger sees %+v of a unit with two processes", o)
	}
}

func TestOwnerHostNetworkContainer(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	port := freePort(t, "tcp")
	server := listenHelper(t, "tcp", port)
	inCgroup(t, "docker-"+id+".scope", server)
	pid := start(t, server)
	if o := holderOf(t, endpoint("tcp", "0.0.0.0", port)).Owner; o.Seen != lint.Known || o.Process.PID != pid || o.ContainerID != id || o.Unit != "" {
		t.Errorf("owner %+v", o)
	}
}

// TestOwnerKernelOrElse: a process that this one can't see holds the port, as with a kernel socket.
func TestOwnerKernelOrElse(t *testing.T) {
	needRoot(t)
	port := freePort(t, "tcp")
	start(t, listenHelper(t, "tcp", port))
	rows, _ := sockets(t.Context(), servers, []uint16{port})
	f := &finder{proc: procDir(t.TempDir()), root: true}
	if owners, _ := f.owners(t.Context(), rows); len(owners) != 1 || owners[0].Seen != lint.KernelOrElse {
		t.Errorf("owners %+v of %+v", owners, rows)
	}
}

// TestOwnersWhileProcessesVanish looks while processes come and go.
func TestOwnersWhileProcessesVanish(t *testing.T) {
	program, err := exec.LookPath("true")
	if err != nil {
		t.Skip("true is not installed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			exec.Command(program).Run()
		}
	}()
	defer func() { cancel(); <-ended }()
	port := freePort(t, "tcp")
	pid := start(t, listenHelper(t, "tcp", port))
	for range 30 {
		if o := holderOf(t, endpoint("tcp", "0.0.0.0", port)).Owner; o.Process.PID != pid {
			t.Fatalf("owner %+v", o)
		}
	}
}

func TestOwnersInBoundedTime(t *testing.T) {
	port := made{proto: "tcp", addr: "127.0.0.1"}.open(t)
	rows, _ := sockets(t.Context(), servers, []uint16{port})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	owners, blind := findOwners(ctx, rows)
	if len(blind) != 1 || owners[0].Seen == lint.Known || owners[0].Seen == lint.KernelOrElse {
		t.Errorf("owners %+v, blind %v", owners, blind)
	}
}

// TestWatchedContainer: a container without a cgroup is that of the conmon above its process.
func TestWatchedContainer(t *testing.T) {
	id, proc := strings.Repeat("0a", 32), t.TempDir()
	for _, p := range []struct {
		pid, parent   int
		comm, cmdline string
	}{
		{40, 1, "conmon", "/usr/bin/conmon --api-version 1 -c " + id + " -u " + id},
		{41, 40, "sh", "sh"},
		{42, 41, "server", "server -c 5"},
		{50, 1, "conmon", "/usr/bin/conmon --version"},
		{51, 50, "server", "server"},
		{60, 1, "sh", "sh -c " + id},
		{61, 60, "server", "server"},
	} {
		dir := filepath.Join(proc, strconv.Itoa(p.pid))
		must(t, "mkdir", os.Mkdir(dir, 0o755))
		stat := fmt.Sprintf("%d (%s) S %d %d %d 0 -1"+strings.Repeat(" 0", 44)+"\n", p.pid, p.comm, p.parent, p.pid, p.pid)
		for name, text := range map[string]string{"stat": stat, "comm": p.comm + "\n", "cmdline": strings.ReplaceAll(p.cmdline, " ", "\x00") + "\x00"} {
			must(t, "write", os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
	}

	for pid, want := range map[int]string{40: "", 41: id, 42: id, 51: "", 61: "", 99: ""} {
		if got := procDir(proc).watchedContainer(pid); got != want {
			t.Errorf("process %d is in %q, want %q", pid, got, want)
		}
	}
}
