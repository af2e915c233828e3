package dockerapi

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// desktops are engines in virtual machines as they answer /info in public reports, on the system to which each belongs. Here they answer
// before the real sockets of this machine, whose rules are Linux's: what only another system's rules decide is in the table of package
// desktop. Each is what `docker info` printed, or its sources, as package desktop names them.
var desktops = []struct {
	name, system, info string
	early              bool
	udp                lint.Verdict // about a free udp port
	ipv6               lint.Verdict // about a port that a program has for IPv6 alone
}{
	{"Docker Desktop", "darwin", `{"OSType":"linux","OperatingSystem":"Docker Desktop","Name":"docker-desktop","KernelVersion":"6.12.72-linuxkit",
		"Labels":["com.docker.desktop.address=unix:///Users/u/Library/Containers/com.docker.docker/Data/docker-cli.sock"]}`, true, "clear", "conflict"},
	{"Docker Desktop", "windows", `{"OSType":"linux","OperatingSystem":"Docker Desktop","Name":"docker-desktop","KernelVersion":"6.18.33.2-microsoft-standard-WSL2",
		"Labels":["com.docker.desktop.address=npipe://\\\\.\\pipe\\docker_cli"]}`, true, "clear", "possible"},
	{"Docker Desktop", "linux", `{"OSType":"linux","OperatingSystem":"Docker Desktop","Name":"docker-desktop","KernelVersion":"6.10.14-linuxkit",
		"Labels":["com.docker.desktop.address=unix:///home/u/.docker/desktop/docker-cli.sock"]}`, true, "clear", "conflict"},
	{"OrbStack", "darwin", `{"OSType":"linux","OperatingSystem":"OrbStack","Name":"orbstack","KernelVersion":"6.17.8-orbstack-00308","Labels":[]}`, false, "clear", "possible"},
	{"Colima", "darwin", `{"OSType":"linux","OperatingSystem":"Ubuntu 24.04.2 LTS","Name":"colima","KernelVersion":"6.8.0-64-generic"}`, false, "possible", "clear"},
	{"Lima", "darwin", `{"OSType":"linux","OperatingSystem":"Ubuntu 24.04.2 LTS","Name":"lima-docker","KernelVersion":"6.8.0-64-generic"}`, false, "clear", "clear"},
	{"Rancher Desktop", "darwin", `{"OSType":"linux","OperatingSystem":"Alpine Linux v3.24","Name":"lima-rancher-desktop","KernelVersion":"6.18.37-0-virt"}`, false, "possible", "clear"},
	{"Rancher Desktop", "windows", `{"OSType":"linux","OperatingSystem":"Rancher Desktop WSL Distribution (containerized)","Name":"pc","KernelVersion":"6.18.40.1-microsoft-standard-WSL2"}`, false, "clear", "possible"},
	{"WSL", "windows", `{"OSType":"linux","OperatingSystem":"Ubuntu 24.04.2 LTS","Name":"pc","KernelVersion":"6.18.40.1-microsoft-standard-WSL2"}`, false, "possible", "clear"},
}

// TestDesktops: an engine in a virtual machine, and a project that publishes a port which nobody has, a program has, or a container has.
func TestDesktops(t *testing.T) {
	played := 0
	for _, d := range desktops {
		held := map[bool]lint.Verdict{true: lint.VerdictConflict, false: lint.VerdictPossible}[d.early]
		for name, c := range map[string]struct {
			serve      []string // addresses of TCP
			proto      string
			containers string // of the engine; PORT is the port
			want       lint.Verdict
		}{
			"nobody":                {want: lint.VerdictClear},
			"nobody, udp":           {proto: "udp", want: d.udp},
			"a program for all":     {serve: []string{"0.0.0.0", "[::]"}, want: held},
			"a program for IPv6":    {serve: []string{"[::]"}, want: d.ipv6},
			"a program on loopback": {serve: []string{"127.0.0.1"}, want: lint.VerdictPossible},
			"another project's container": {containers: `[{"Id":"a1","Names":["/blog-web-1"],"State":"running","Labels":{"com.docker.compose.project":"blog","com.docker.compose.service":"web"},
				"Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":PORT,"Type":"tcp"},{"IP":"::","PrivatePort":80,"PublicPort":PORT,"Type":"tcp"}]}]`, want: lint.VerdictConflict},
			"our own container": {containers: `[{"Id":"a1","Names":["/shop-web-1"],"State":"running","Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"web","com.docker.compose.container-number":"1"},
				"Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":PORT,"Type":"tcp"},{"IP":"::","PrivatePort":80,"PublicPort":PORT,"Type":"tcp"}]}]`, want: lint.VerdictClear},
		} {
			if name == "a program on loopback" && d.early && d.system == "linux" {
				c.want = lint.VerdictConflict // where every overlap refuses
			}
			played++
			t.Run(fmt.Sprintf("%s on %s, %s", d.name, d.system, name), func(t *testing.T) {
				port := heldPort(t, c.serve)
				h := desktopHost(t, d.system, d.info, strings.ReplaceAll(c.containers, "PORT", fmt.Sprint(port)))
				if h.Engine.Forwarder == nil || h.Engine.Forwarder.Name() != d.name || h.Engine.Forwarder.Early != d.early || h.Engine.Local {
					t.Fatalf("%+v", h.Engine)
				}
				project := publishing(port, c.proto)
				up := lint.UpOptions{}
				Probe(t.Context(), &h, h.EndpointsNeeded([]*lint.Project{project}, up))
				got := lint.VerdictOf([]*lint.Project{project}, &h, up, nil)
				if got != c.want {
					t.Errorf("%s, want %s: %+v", got, c.want, h.Forwarded)
				}
				for _, f := range lint.Run([]*lint.Project{project}, lint.Settings{Host: &h}).Findings {
					if f.Rule == "port-in-use" && f.Certainty == lint.Possible && !slices.ContainsFunc(f.Notes, func(n lint.Note) bool { return n.Label == lint.NotePossible }) {
						t.Errorf("no reason: %s", f.Message)
					}
				}
			})
		}
	}
	if played < 60 {
		t.Errorf("%d situations", played)
	}
}

// heldPort is a port that a program has at the addresses, or that nobody has.
func heldPort(t *testing.T, at []string) uint16 {
	t.Helper()
	port := unusedPort(t)
	for _, addr := range at {
		network := map[bool]string{true: "tcp6", false: "tcp4"}[strings.HasPrefix(addr, "[")]
		l, err := net.Listen(network, fmt.Sprintf("%s:%d", addr, port))
		if err != nil {
			t.Skipf("somebody else took the port meanwhile, or there is no IPv6: %v", err)
		}
		t.Cleanup(func() { l.Close() })
	}
	return port
}

// unusedPort is a port that nobody has, of those that no other package's tests use. The system gives them to nobody, as it does with a port
// that was had from it and given back.
func unusedPort(t *testing.T) uint16 {
	t.Helper()
	const first, count = 22000, 2000
	for range 100 {
		port := uint16(first + rand.IntN(count))
		tcp, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		udp, err := net.ListenPacket("udp", fmt.Sprintf(":%d", port))
		if _ = tcp.Close(); err != nil {
			continue
		}
		_ = udp.Close()
		return port
	}

	t.Fatal("no port is free")
	return 0
}

// desktopHost is what an engine tells that answers so on a system.
func desktopHost(t *testing.T, system, info, containers string) lint.Host {
	t.Helper()
	f := newFake(t, func(f *fake) {
		f.bodies["/info"] = info
		if containers != "" {
			f.bodies["/containers/json"] = containers
		}
	})
	c, err := connectTo(t.Context(), Options{Host: "unix://" + f.socket, Env: map[string]string{"HOME": t.TempDir()}}, DefaultTimeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	c.view = func(*conn) hostView { return hostView{system: system, kernel: "6.1.0-host", name: "desktop"} }
	return c.look(t.Context(), "shop")
}

func publishing(port uint16, proto string) *lint.Project {
	if proto == "" {
		proto = "tcp"
	}
	return &lint.Project{Name: "shop", Dir: "/shop", Services: []lint.Service{{Name: "web", Active: true, Replicas: 1,
		Bindings: []lint.Binding{{Service: "web", Proto: proto, Ports: lint.PortsFrom(port, 1), Target: 80}}}}}
}

// TestWindowsSide: what Windows has, as its programs list it from inside a WSL distribution.
func TestWindowsSide(t *testing.T) {
	const netstat = "\r\nAktive Verbindungen\r\n\r\n  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n" +
		"  TCP    0.0.0.0:8080           0.0.0.0:0              ABHÖREN         4332\r\n" +
		"  TCP    [::]:8080              [::]:0                 ABHÖREN         4332\r\n" +
		"  TCP    [::1]:3000             [::]:0                 ABHÖREN         2672\r\n" +
		"  TCP    10.0.0.2:8081          10.0.0.9:443           HERGESTELLT     4332\r\n" +
		"  UDP    0.0.0.0:5353           *:*                                    1700\r\n"
	const tasks = "\"node.exe\",\"4332\",\"Console\",\"1\",\"48.532 K\"\r\n\"wslrelay.exe\",\"2672\",\"Console\",\"1\",\"9.000 K\"\r\n"
	run := func(_ context.Context, name string, _ ...string) ([]byte, error) {
		if name == "netstat.exe" {
			return []byte(netstat), nil
		}
		return []byte(tasks), nil
	}
	var wanted []desktop.Socket
	for _, at := range []string{"tcp 0.0.0.0:8080", "tcp 127.0.0.1:3000", "tcp 0.0.0.0:8081", "udp 0.0.0.0:5353"} {
		proto, addr, _ := strings.Cut(at, " ")
		wanted = append(wanted, desktop.Socket{Proto: proto, Addr: netip.MustParseAddrPort(addr)})
	}
	probes, blind := onWindows(t.Context(), wanted, run)
	var got []string
	for _, p := range probes {
		for _, h := range p.Holders {
			got = append(got, fmt.Sprintf("%s %s %s", p.Endpoint, h.Local, h.Owner.Process.Name))
		}
	}
	want := "0.0.0.0:8080/tcp 0.0.0.0:8080 node.exe; 0.0.0.0:8080/tcp [::]:8080 node.exe; 127.0.0.1:3000/tcp [::1]:3000 wslrelay.exe; " +
		"0.0.0.0:5353/udp 0.0.0.0:5353 process 1700 of Windows"
	if strings.Join(got, "; ") != want || len(blind) > 0 {
		t.Errorf("got  %s, %v\nwant %s", strings.Join(got, "; "), blind, want)
	}

	off := func(context.Context, string, ...string) ([]byte, error) { return nil, errors.New("exec format error") }
	if probes, blind := onWindows(t.Context(), wanted, off); probes != nil || len(blind) != 1 || !strings.Contains(blind[0].Why, "netstat.exe could not be run") {
		t.Errorf("%v %v", probes, blind)
	}
}

// TestMirroredIsNotTried: in a distribution whose network Windows mirrors nothing is bound for a trial, and a listener is seen all the same.
func TestMirroredIsNotTried(t *testing.T) {
	port := heldPort(t, []string{"127.0.0.1"})
	h := lint.Host{Engine: lint.Engine{Local: true, Endpoint: "unix:///x", Version: "29.0.1", Forwarder: desktop.InWSL(true)}}
	Probe(t.Context(), &h, []lint.Endpoint{{Proto: "tcp", Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}})
	if len(h.Probes) != 1 || h.Probes[0].Result != lint.NotTested || len(h.Probes[0].Holders) != 1 || !h.Probes[0].Listed && os.Getuid() == 0 {
		t.Errorf("%#v", h.Probes)
	}
	if why := strings.Join(reasons(h, blindSockets), "; "); !strings.Contains(why, "Windows mirrors the network of this distribution") {
		t.Errorf("nobody says why it is not known whether the port can be had: %+v", h.Blind)
	}
	Who(t.Context(), &h, []Port{{Number: port, Proto: "tcp"}})
	if len(h.Probes) != 1 || h.Probes[0].Result != lint.NotTested || len(h.Probes[0].Holders) != 1 {
		t.Errorf("%#v", h.Probes)
	}
}

// TestOutputOf: a child that keeps the output of a program open does not keep portlint.
func TestOutputOf(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close() // and the child ends

	cmd := exec.Command(sh, "-c", "cat <&3 & echo nat")
	cmd.ExtraFiles = []*os.File{in}
	done := make(chan error, 1)
	go func() { _, err := outputOf(cmd); done <- err }()
	select {
	case err := <-done:
		if !errors.Is(err, exec.ErrWaitDelay) {
			t.Errorf("%v, want %v", err, exec.ErrWaitDelay)
		}
	case <-time.After(20 * time.Second):
		t.Error("it waits for the child")
	}
}

// TestWindowsIsAskedAboutEveryPort: in a WSL distribution the list of all ports asks Windows as the question about one port does, and
// where Windows does not answer no port is free.
func TestWindowsIsAskedAboutEveryPort(t *testing.T) {
	if _, err := windowsPrograms(t.Context(), "netstat.exe", "-ano"); err == nil {
		t.Skip("Windows answers here")
	}
	port := heldPort(t, nil)
	for name, look := range map[string]func(context.Context, *lint.Host, []Port){"one port": Who, "every port": Everyone} {
		h := lint.Host{Engine: lint.Engine{Local: true, Endpoint: "unix:///x", Version: "29.0.1", Forwarder: desktop.InWSL(false)}}
		look(t.Context(), &h, []Port{{Number: port, Proto: "tcp"}})
		if free, known := h.Who(port, "tcp").Free(); free || known {
			t.Errorf("%s: free %t, known %t", name, free, known)
		}
		if why := reasons(h, "sockets of Windows"); len(why) != 1 || !strings.Contains(why[0], "netstat.exe could not be run") {
			t.Errorf("%s: %+v", name, h.Blind)
		}
	}
}

// TestAddWindows: a port that Windows has is not free in the distribution, and one that it does not list stays as it was tried.
func TestAddWindows(t *testing.T) {
	run := func(_ context.Context, name string, _ ...string) ([]byte, error) {
		if name == "netstat.exe" {
			return []byte("  TCP    0.0.0.0:8080           0.0.0.0:0              LISTENING       4332\r\n"), nil
		}
		return []byte("\"node.exe\",\"4332\",\"Console\",\"1\",\"48.532 K\"\r\n"), nil
	}
	h := lint.Host{Engine: lint.Engine{Local: true, Version: "29.0.1"}}
	for _, at := range []string{"0.0.0.0:8080", "0.0.0.0:8081"} {
		h.Probes = append(h.Probes, lint.Probe{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort(at)}, Result: lint.Free, Listed: true})
	}
	if blind := addWindows(t.Context(), h.Probes, desktop.InWSL(false), run); len(blind) > 0 {
		t.Error(blind)
	}
	if on := h.Who(8080, "tcp").Holders; len(on) != 1 || on[0].Process.Name != "node.exe" {
		t.Errorf("%+v", on)
	}
	if free, known := h.Who(8081, "tcp").Free(); !free || !known {
		t.Errorf("8081: free %t, known %t", free, known)
	}
}

// TestSilentInWSL: where no engine answers in a WSL distribution, Windows is asked all the same.
func TestSilentInWSL(t *testing.T) {
	for kernel, want := range map[string]bool{"5.15.90.1-microsoft-standard-WSL2": true, "6.8.0": false} {
		f := hostView{system: "linux", kernel: kernel}.silentInWSL(t.Context())
		if (f != nil) != want || want && (!f.Beyond || f.System != "windows") {
			t.Errorf("%s: %+v", kernel, f)
		}
	}
}
