// Package desktop knows the programs that open the published ports of an engine in a virtual machine on the desktop's own system:
// how such an engine is recognised, which sockets its forwarder opens and when, and what a refusal there means.
//
// All of it is derived from documentation, public sources and reports of people. It was not seen on a real desktop.
package desktop

import (
	"net/netip"
	"path"
	"slices"
	"strings"
)

// Kind is which program forwards ports.
type Kind int

// The forwarders.
const (
	DockerDesktop Kind = iota
	OrbStack
	Colima
	Lima
	RancherDesktop
	PodmanMachine
	WSL // Windows' own relay, for an engine in a WSL distribution
)

// Forwarder opens the ports of one engine on one desktop system.
type Forwarder struct {
	Kind   Kind
	System string // GOOS of the system on which it opens them
	// Early: it opens a port while the container starts, and a refusal is the engine's error. Else it does so afterwards, and a refusal
	// stands in a log alone: the container runs, and its port is dead.
	Early bool
	// Beyond: it opens them on Windows, and this is a WSL distribution, from which they can be listed but not tried.
	Beyond bool
	// Mirrored: Windows and the distribution have one network, and Windows refuses ports in it.
	Mirrored bool
	User     int  // who opens the sockets and tries them here: a uid, 0 for root, -1 where the system has none
	deaf     bool // it opens nothing at all
}

// Facts are what an engine says of itself, and what this system is.
type Facts struct {
	System          string // GOOS of this system
	Kernel          string // of this system, as uname -r; "" when not known
	Endpoint        string // where the engine was asked
	OperatingSystem string // of the engine, as it says
	OSType          string // "linux" or "windows"
	Name            string // of the engine's machine
	EngineKernel    string
	Labels          []string
	Podman          bool
	Version         string // of the engine
}

// DockerDesktopName is what Docker Desktop calls itself.
const DockerDesktopName = "Docker Desktop"

// addressLabel is the label in which Docker Desktop names the socket of its engine.
const addressLabel = "com.docker.desktop.address="

// Of recognises the forwarder of an engine that was asked at a socket of this system, nil for none that is known. Sources: `docker info`
// in reports on each program; lima templates/docker.yaml; colima config/files.go; rancher-desktop backend/lima.ts, backend/wsl.ts; podman
// pkg/api/handlers/compat/info.go.
func Of(f Facts) *Forwarder {
	here := strings.HasPrefix(f.Endpoint, "unix://") || strings.HasPrefix(f.Endpoint, "npipe://")
	onDesktop := f.System == "darwin" || f.System == "windows"

	switch {
	case !here, f.OSType == "windows": // Windows' own containers: WinNAT opens their ports in the kernel, where no table shows them
		return nil
	case f.IsDockerDesktop() && IsWSL(f.System, f.Kernel):
		return &Forwarder{Kind: DockerDesktop, System: "windows", Early: true, Beyond: true, User: -1}
	case f.IsDockerDesktop():
		return &Forwarder{Kind: DockerDesktop, System: f.System, Early: true}
	case !onDesktop && f.EngineKernel == f.Kernel: // an engine of this very system
		return nil

	case f.OperatingSystem == "OrbStack" && f.System == "darwin":
		return &Forwarder{Kind: OrbStack, System: f.System}
	case strings.HasPrefix(f.OperatingSystem, "Rancher Desktop"), f.Name == "lima-rancher-desktop", strings.Contains(f.Endpoint, "/.rd/"):
		return &Forwarder{Kind: RancherDesktop, System: f.System}
	case f.Name == "colima", strings.HasPrefix(f.Name, "colima-"), strings.Contains(f.Endpoint, "/colima/"), strings.Contains(f.Endpoint, "/.colima/"):
		return &Forwarder{Kind: Colima, System: f.System}
	case strings.HasPrefix(f.Name, "lima-"), strings.Contains(f.Endpoint, "/.lima/"):
		return &Forwarder{Kind: Lima, System: f.System}

	case f.Podman && onDesktop && !ofWSL(f.EngineKernel):
		return &Forwarder{Kind: PodmanMachine, System: f.System, Early: true}
	case f.Podman && f.System == "windows":
		return &Forwarder{Kind: WSL, System: f.System, deaf: strings.HasPrefix(f.Version, "6.0.")}
	case f.System == "windows" && ofWSL(f.EngineKernel):
		return &Forwarder{Kind: WSL, System: f.System}
	}
	return nil
}

// InWSL is what decides on Windows over the ports of an engine in this distribution: its relay, or Windows itself where it mirrors the
// network. Source: WSL doc/localhost.md, src/linux/init/GnsPortTracker.cpp.
func InWSL(mirrored bool) *Forwarder {
	return &Forwarder{Kind: WSL, System: "windows", Early: mirrored, Beyond: true, Mirrored: mirrored, User: -1}
}

// IsDockerDesktop reports whether the engine is Docker Desktop's.
func (f Facts) IsDockerDesktop() bool {
	return strings.Contains(f.OperatingSystem, DockerDesktopName) ||
		slices.ContainsFunc(f.Labels, func(l string) bool { return strings.HasPrefix(l, addressLabel) })
}

// IsWSL reports whether a system, with that kernel, is a WSL distribution, around which Windows has ports of its own.
func IsWSL(system, kernel string) bool { return system == "linux" && ofWSL(kernel) }

// ofWSL reports whether a kernel is WSL's. Source: it names itself so.
func ofWSL(kernel string) bool { return strings.Contains(strings.ToLower(kernel), "microsoft") }

// Name is what people call the program.
func (f *Forwarder) Name() string {
	return [...]string{DockerDesktopName, "OrbStack", "Colima", "Lima", "Rancher Desktop", "Podman's machine", "WSL"}[f.Kind]
}

// Place is the system whose sockets decide, in words.
func (f *Forwarder) Place() string {
	switch f.System {
	case "darwin":
		return "this Mac"
	case "windows":
		return "Windows"
	}
	return "this machine"
}

// Socket is one that a forwarder opens.
type Socket struct {
	Proto string // "tcp" or "udp"
	Addr  netip.AddrPort
	// Dual: it is of [::] and serves IPv4 as well, as programs in Go open the wildcard.
	Dual bool
	// uncertainty says why it may be another one, "" where it is this one.
	uncertainty string
}

// Opens are the sockets that the forwarder opens for one that the engine publishes; without any, why says so. Sources: lsof and netstat
// in docker/for-mac#4640, docker/for-win#12474, orbstack#2547, orbstack#2682, abiosoft/colima#42, crc#2613; lima pkg/hostagent/port.go and
// pkg/portfwd/forward.go, forwardingAddresses, pkg/portfwd/listener_darwin.go, Listen; colima environment/vm/lima/yaml.go; rancher-desktop
// lima-config.yaml, apitracker.go; WSL init/localhost.cpp; go net/ipsock_posix.go favoriteAddrFamily.
func (f *Forwarder) Opens(proto string, at netip.AddrPort) (sockets []Socket, why string) {
	addr, port := at.Addr().Unmap(), at.Port()
	if why := f.leavesOut(proto, addr); why != "" {
		return nil, why
	}

	one := func(a netip.Addr) []Socket { return []Socket{{Proto: proto, Addr: netip.AddrPortFrom(a, port)}} }
	dual := []Socket{{Proto: proto, Addr: netip.AddrPortFrom(netip.IPv6Unspecified(), port), Dual: true}}
	v4, loopback := one(netip.IPv4Unspecified()), netip.AddrFrom4([4]byte{127, 0, 0, 1})
	low := f.System == "darwin" && port < 1024 // where only the wildcard is open to everybody
	any := addr.IsUnspecified()

	switch f.Kind {
	case OrbStack:
		if any {
			return append(v4, one(netip.IPv6Unspecified())...), ""
		}
		if addr.Is4() && low {
			v4[0].uncertainty = "some versions of OrbStack open ports below 1024 on all addresses"
			return v4, ""
		}
	case Lima:
		if low {
			return dual, ""
		}
		return one(loopback), "" // its default rule maps all addresses to this one
	case Colima, RancherDesktop:
		switch {
		case f.Kind == RancherDesktop && f.System == "windows" && any:
			dual[0].uncertainty = "Rancher Desktop opens all ports on 127.0.0.1 where it was installed without an administrator"
			return dual, ""
		case any: // ssh, which forwards unless it was told otherwise, opens IPv4 alone
			return v4, ""
		case low:
			return dual, ""
		}
		return one(loopback), ""
	case WSL:
		if f.Mirrored {
			return one(addr), ""
		}

		relayed := one(loopback)
		if !any && addr != loopback {
			relayed = one(netip.IPv6Loopback())
		}
		relayed[0].uncertainty = "Windows' relay opens it a second later, and says nothing where it can't"
		return relayed, ""
	}
	if any {
		return dual, ""
	}
	return one(addr), ""
}

// leavesOut says why the forwarder opens nothing for a published port, "" where it does.
func (f *Forwarder) leavesOut(proto string, addr netip.Addr) string {
	if f.Kind == WSL && f.Mirrored {
		return ""
	}

	any, loopback := addr.IsUnspecified(), addr.IsLoopback()
	first := addr == netip.AddrFrom4([4]byte{127, 0, 0, 1})
	onlyLoopback := f.Kind == Lima || f.Kind == Colima || f.Kind == WSL
	rancherOnWindows := f.Kind == RancherDesktop && f.System == "windows"
	switch {
	case proto == "udp" && f.Kind == WSL:
		return "WSL forwards TCP alone"
	case proto == "udp" && f.ssh():
		return f.Name() + " forwards TCP alone, unless it was told to forward by gRPC"
	case rancherOnWindows && addr.Is6() && !any:
		return "Rancher Desktop forwards IPv4 alone on Windows"
	case f.Kind == RancherDesktop && !any && !first:
		return "Rancher Desktop forwards 0.0.0.0 and 127.0.0.1 alone"
	case onlyLoopback && !any && !loopback:
		return f.Name() + " forwards loopback addresses and the wildcard alone"
	case f.Kind == WSL && f.deaf:
		return "Podman 6.0 in a WSL distribution opens no socket that Windows would forward"
	}
	return ""
}

// ssh reports whether an ssh process forwards ports, unless a setting says otherwise.
func (f *Forwarder) ssh() bool {
	return f.Kind == Colima || f.Kind == RancherDesktop && f.System != "windows"
}

// HeldInside says which program of the virtual machine has a port before any container may, "" where none is known to. Sources: lima
// pkg/hostagent/hostagent.go, New, whose first rules leave out its ssh server; the log in lima#3981; podman#17690.
func (f *Forwarder) HeldInside(proto string, at netip.AddrPort) string {
	hasServer := f.Kind == Lima || f.Kind == Colima || f.Kind == RancherDesktop && f.System != "windows"
	hasNames := f.Kind == Lima || f.Kind == Colima || f.Kind == PodmanMachine
	switch {
	case hasServer && proto == "tcp" && at.Port() == 22:
		return "the ssh server of its virtual machine"
	case hasNames && at.Port() == 53 && at.Addr().IsUnspecified():
		return "the name server of its virtual machine"
	}
	return ""
}

// ours are the processes that open ports for each forwarder, in lower case and without ".exe", as tables may cut them. ssh is told by
// its command.
var ours = [...][]string{
	DockerDesktop:  {"com.docker.backend", "com.docker.vpnkit", "vpnkit"},
	OrbStack:       {"orbstack", "orbstack helper", "macvmgr"},
	Colima:         {"limactl"},
	Lima:           {"limactl"},
	RancherDesktop: {"limactl", "host-switch"},
	PodmanMachine:  {"gvproxy"},
	WSL:            {"wslrelay", "wslhost"},
}

// IsOwn reports whether a process is the forwarder's own. Names are cut to 15 bytes by Linux, and to 9 by lsof.
func (f *Forwarder) IsOwn(name, command string) bool {
	name = strings.TrimSuffix(strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:]), ".exe")
	for _, own := range ours[f.Kind] {
		cut := (len(name) == 15 || len(name) == 9) && strings.HasPrefix(own, name)
		if name == own || cut {
			return true
		}
	}
	return name == "ssh" && (f.ssh() || f.Kind == Lima) && LimaConnection(command)
}

// LimaConnection reports whether the command of an ssh process names the control socket of an instance of Lima: the connection over
// which Lima, Colima and Rancher Desktop forward ports. People keep control sockets of that name elsewhere, too.
// Source: lima pkg/limatype/filenames/filenames.go, SSHSock; the homes in lima pkg/limatype/dirnames/dirnames.go, LimaDir, colima
// config/files.go, limaDir, and rancher-desktop src/go/rdctl/pkg/paths/paths_darwin.go.
func LimaConnection(command string) bool {
	for rest := strings.ReplaceAll(command, `\`, "/"); ; {
		instance, after, found := strings.Cut(rest, "/ssh.sock")
		if !found {
			return false
		}
		home := path.Dir(instance)
		for _, of := range []string{"/_lima", "/.lima", "/rancher-desktop/lima"} {
			if strings.HasSuffix(home, of) {
				return true
			}
		}
		rest = after
	}
}
