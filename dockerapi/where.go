package dockerapi

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/docker/docker/api/types"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// dockerEngine is the name of an engine that is neither Podman nor Docker Desktop.
const dockerEngine = "Docker Engine"

// hostView is what this machine shows of itself and of the process that serves the engine's socket.
type hostView struct {
	system      string // runtime.GOOS
	kernel      string // as uname -r, "" when not known
	name        string // of this machine
	inContainer bool
	sameFiles   bool          // the daemon has this process's own file system
	rootless    bool          // the daemon is dockerd below a RootlessKit that opens its ports on this process's own network
	lowPorts    lint.LowPorts // which low ones that RootlessKit opens
	peer        process       // who listens on the socket
	daemon      process       // dockerd behind a socket of systemd; the same as peer without systemd
}

// process is what could be seen of a process.
type process struct {
	pid     int // 0 when it can't be seen
	command string
	root    bool // owned by root
	network netnsMatch
}

// netnsMatch says whether a process uses the network namespace of this one.
type netnsMatch int

const (
	notSeen netnsMatch = iota
	same
	other
)

// look looks at the other end of the connection.
func look(c *conn) hostView {
	name, _ := os.Hostname()
	s := hostView{system: runtime.GOOS, kernel: kernel(), name: name, inContainer: inContainer()}
	pid, _ := c.dialer.state()
	s.peer = processOf(pid)
	s.daemon = s.peer
	if s.peer.activates() {
		for _, pid := range activated(c.at.Host) {
			if p := processOf(pid); p.command == "dockerd" || p.command == "podman" {
				s.daemon = p
			}
		}
	}

	if s.daemon.command == "dockerd" && s.daemon.network == other {
		if kit := rootlessKit(s.daemon.pid); kit != 0 {
			s.rootless, s.lowPorts = true, lowPortsOf(kit)
		}
	}
	s.sameFiles = sharesRoot(s.daemon.pid)
	return s
}

// activates reports whether the process opens sockets for others, and so says nothing about who answers.
func (p process) activates() bool { return p.command == "systemd" || p.command == "init" }

// proves reports whether the engine that said hello serves the socket itself and binds its ports on this process's own network,
// root's dockerd or anybody's podman: then nothing that the engine says of itself could change that.
func (s hostView) proves(said hello) bool {
	here := s.daemon.pid != 0 && s.daemon.network == same
	switch s.daemon.command {
	case "dockerd":
		return here && s.daemon.root && strings.HasPrefix(said.server, "Docker/")
	case "podman":
		return here && said.podman()
	}
	return false
}

// asUser reports whether the process shows that the engine that said hello runs as a user.
func (s hostView) asUser(said hello) bool {
	return s.rootless || said.podman() && s.proves(said) && !s.daemon.root
}

// elsewhere says why this machine's sockets tell nothing of the engine's ports, "" when they do.
func elsewhere(host string, a *answers, s hostView) string {
	if scheme, _, _ := strings.Cut(host, "://"); scheme != "unix" && scheme != "npipe" {
		return fmt.Sprintf("the engine is remote (%s)", host)
	}
	if a.facts().IsDockerDesktop() {
		return "Docker Desktop binds ports in its virtual machine first"
	}
	if s.rootless && a.info.OSType == "" {
		return "" // it tells the rest too late
	}
	if a.info.OSType == "" {
		return "the engine did not tell on which machine it runs"
	}
	if a.info.OSType != "linux" || s.system != "linux" {
		return fmt.Sprintf("the engine runs in a virtual machine (%q, %s)", a.info.Name, a.info.OSType)
	}
	if s.kernel != "" && a.info.KernelVersion != s.kernel {
		return fmt.Sprintf("the engine runs on another kernel (%q, %s) behind the socket", a.info.Name, a.info.KernelVersion)
	}
	return s.outside(a.info.Name)
}

// dirsElsewhere says why the directories that containers name may be another machine's, or lie in another file system, ""
// when they are this process's: Compose writes down what it sees where it runs.
func dirsElsewhere(host string, a *answers, s hostView) string {
	scheme, _, _ := strings.Cut(host, "://")
	local := scheme == "unix" || scheme == "npipe"
	onDesktop := local && a.facts().IsDockerDesktop()
	switch {
	case local && s.sameFiles:
		return ""
	case local && s.inContainer:
		return "portlint runs in a container, which has files of its own"
	case onDesktop && s.inWSL():
		return "Docker Desktop serves Windows and all distributions of WSL"
	case onDesktop:
		return ""
	}

	return a.elsewhere
}

// outside goes on where the engine speaks of a kernel like ours: its process has the last word, its name the second last.
func (s hostView) outside(name string) string {
	p := s.daemon
	if p.network == same && p.command == "dockerd" {
		return ""
	}

	switch {
	case s.peer.pid == 0 && s.inContainer:
		return "portlint runs in a container, which has a network of its own"
	case s.peer.pid == 0:
		return fmt.Sprintf("the process that serves the engine's socket can't be seen from here (the engine calls its machine %q)", name)
	case p.network == other && !s.rootless:
		return fmt.Sprintf("the engine binds ports in another network namespace (%s, pid %d)", p.command, p.pid)
	case !slices.Contains([]string{"dockerd", "podman", "systemd", "init", "rootlesskit"}, s.peer.command):
		return fmt.Sprintf("the engine's socket is served by %q (pid %d), which may forward it from anywhere", s.peer.command, s.peer.pid)
	case name != s.name:
		return fmt.Sprintf("the engine calls its machine %q, this one is %q", name, s.name)
	}

	return ""
}

// rootlessKit is the RootlessKit above a process that opens its ports on this process's own network, 0 for none. It is the outermost one
// that counts: a RootlessKit starts itself anew in its own user namespace.
func rootlessKit(pid int) (kit int) {
	for range 8 {
		if pid = parentOf(pid); pid <= 1 {
			break
		}
		if p := processOf(pid); p.command == "rootlesskit" && p.network == same {
			kit = pid
		}
	}
	return kit
}

// facts are what the engine says of itself that tells which one it is, and on what it runs.
func (a *answers) facts() desktop.Facts {
	return desktop.Facts{OperatingSystem: a.info.OperatingSystem, OSType: a.info.OSType, Name: a.info.Name, EngineKernel: a.info.KernelVersion,
		Labels: a.info.Labels, Podman: a.maker() == lint.PodmanName, Version: a.versionText()}
}

// versionText is the version of the engine, "" where it was not told.
func (a *answers) versionText() string {
	return cmp.Or(a.version.Version, a.info.ServerVersion, versionOf(a.hello.server))
}

// engine says which engine answered.
func (a *answers) engine() lint.Engine {
	e := lint.Engine{Name: a.maker(), System: a.hello.system, PID: a.pid, NoProxy: a.settings.noProxy, NetworkOptions: a.settings.network,
		Version: a.versionText()}
	if e.Name == dockerEngine && a.facts().IsDockerDesktop() {
		e.Name = desktop.DockerDesktopName
	}

	if e.AddressPools = a.settings.pools; len(e.AddressPools) == 0 {
		var answered daemonSettings
		for _, p := range a.info.DefaultAddressPools {
			answered.addPool(p.Base, p.Size)
		}
		e.AddressPools = answered.pools
	}

	e.Rootless = a.rootless || slices.ContainsFunc(a.info.SecurityOptions, func(o string) bool {
		return o == "name=rootless" || strings.HasPrefix(o, "name=rootless,")
	})

	if e.Rootless {
		e.LowPorts = a.lowPorts
	}
	return e
}

// maker is the name of the engine as its ping and its version tell it: /info, which is asked at the same time as much else, adds
// whether Docker's is Docker Desktop.
func (a *answers) maker() string {
	if a.hello.podman() || slices.ContainsFunc(a.version.Components, isPodman) {
		return lint.PodmanName
	}
	return dockerEngine
}

func isPodman(c types.ComponentVersion) bool { return c.Name == "Podman Engine" }

// versionOf reads the version from "Docker/29.0.1 (linux)".
func versionOf(server string) string {
	_, rest, _ := strings.Cut(server, "/")
	version, _, _ := strings.Cut(rest, " ")
	return version
}
