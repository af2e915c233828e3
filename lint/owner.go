package lint

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/desktop"
)

// OwnerKind is one of the values of `owner.kind` in the JSON format.
type OwnerKind string

// The kinds of what can have a host port.
const (
	OwnerContainer  OwnerKind = "container"
	OwnerProcess    OwnerKind = "process"
	OwnerSwarm      OwnerKind = "swarm"
	OwnerConnection OwnerKind = "connection" // a live connection uses the port as its local port
	OwnerClosing    OwnerKind = "closing"    // such a connection that has no process any more
	OwnerKernel     OwnerKind = "kernel"     // no process that can be seen
	OwnerUnknown    OwnerKind = "unknown"
	OwnerNetwork    OwnerKind = "network" // of the engine, which keeps a subnet or an address
)

// Owner is who has a host port, as far as it could be seen: what is not known is zero.
type Owner struct {
	Kind      OwnerKind
	Container *Container     // of ByContainer
	Span      Span           // where the Compose file of the container's project writes the port
	Network   *EngineNetwork // of OwnerNetwork
	Swarm     string         // the service of BySwarm
	Seen      Seen           // how the process is known
	Process   Process        // of ByProcess and ByConnection; what serves the port for ByContainer and BySwarm
	Origin    ProcessOrigin  // where the process was started, and by what
	Unit      string         // the systemd unit of the process
	UID       int            // of the socket, -1 when not known
	User      string         // the name of that user, "" when not known
	Local     netip.AddrPort // the socket's own address; zero when no socket was seen
	V6Only    bool           // that address is an IPv6 one, which leaves IPv4 alone
	Remote    netip.AddrPort // of ByConnection
	State     HolderState
	hiding    []Process      // where Seen is Hidden: the processes that may have it
	proxy     netip.AddrPort // what docker-proxy forwards to
	parent    Process        // of docker-proxy: who started it
	engine    int            // pid of the engine that was asked, 0 when not seen
	unasked   bool           // no engine answered, or told of its containers, so that they are not known
	back      bool           // a container that the next up starts again, see [PortUse.BackWithUp]
	checkout  string         // the directory of a container that has the project's own name, and is another checkout's; "" elsewhere
	Outgoing  bool           // of OwnerConnection: the port is one of those that the machine gives to outgoing connections
	taskNodes bool           // of OwnerSwarm: it has the port on the nodes that run a task, and not on every node
	pool      string         // the range of which a stopped container takes one port, "" for the port itself
}

// newOwner says who stands behind a socket that is no container's of the engine that was asked.
func newOwner(h Holder, host *Host) Owner {
	e := host.Engine
	b := Owner{Kind: OwnerProcess, Seen: h.Owner.Seen, Process: h.Owner.Process, Origin: h.Owner.Origin, Unit: h.Owner.Unit, UID: h.Owner.UID, User: h.Owner.User,
		Local: h.Local, V6Only: h.V6Only, State: h.State, hiding: h.Owner.Hiding, proxy: h.Owner.Proxy, parent: h.Owner.Parent, engine: e.PID, unasked: e.Version == "" || host.NotListed}
	switch {
	case h.State == Connection:
		b.Kind, b.Remote, b.Outgoing = OwnerConnection, h.Remote, host.ephemeral().Contains(h.Local.Port())
	case h.State == Closing, h.Owner.Seen == Gone:
		b.Kind = OwnerClosing
	case h.Owner.ContainerID != "":
		b.Kind, b.Container = OwnerContainer, &Container{ID: h.Owner.ContainerID, PID: h.Owner.Process.PID}
	case h.Owner.Seen == KernelOrElse:
		b.Kind = OwnerKernel
	case h.Owner.Seen == NotSeen && h.Owner.Process.Name == "" && h.Owner.Unit == "":
		b.Kind = OwnerUnknown
	}
	return b
}

// swarmOwner is the service of a swarm that has a port.
func swarmOwner(p SwarmPort) Owner {
	return Owner{Kind: OwnerSwarm, Swarm: p.Service, taskNodes: !p.Ingress, UID: -1}
}

// ownerKey tells owners apart: what has one key is said once.
type ownerKey struct {
	kind             OwnerKind
	container, swarm string
	pid, uid         int
	process, unit    string
}

func (o *Owner) key() ownerKey {
	k := ownerKey{kind: o.Kind, swarm: o.Swarm}
	if o.Container != nil {
		k.container = o.Container.ID + o.Container.Name
	}
	if o.Kind == OwnerContainer || o.Kind == OwnerSwarm { // each of its addresses may have a process of its own
		k.uid = -1
		return k
	}
	k.pid, k.uid, k.process, k.unit = o.Process.PID, o.UID, o.Process.Name, o.Unit
	return k
}

// forwarder is a program that holds ports for others: ended, it takes all of them along.
type forwarder struct {
	name  string // of the process, in lower case and without ".exe"
	what  string // what stands behind it, after the name and a comma
	where string // where to look
	// engine: it belongs to a Docker engine of this machine.
	engine bool
	// containers: it may have ports for containers.
	containers bool
}

var forwarders = []forwarder{
	{"docker-proxy", "for a container of another engine, or a leftover", "look in the other engines of this machine (`docker context ls`), or restart docker.service", true, true},
	{"dockerd", "for a container or a swarm service", "look in `docker ps` and `docker service ls` of every engine of this machine", true, true},
	{"com.docker.backend", "for a container of Docker Desktop", "look in `docker --context desktop-linux ps`", false, true},
	{"com.docker.vpnkit", "for a container of Docker Desktop", "look in `docker --context desktop-linux ps`", false, true},
	{"rootlesskit", "for a container of a rootless engine", "look in `docker --context rootless ps` as the user of that engine", false, true},
	{"rootlessport", "for a container of rootless Podman", "look in `podman ps` as that user", false, true},
	{"limactl", "for a container of Lima, Colima or Rancher Desktop", "look in `docker ps` of its context (`docker context ls`)", false, true},
	{"host-switch", "for a container of Rancher Desktop", "look in `docker ps`", false, true},
	{"orbstack", "for a container or a Linux machine of OrbStack", "look in `docker --context orbstack ps` and `orb list`", false, true},
	{"orbstack helper", "for a container or a Linux machine of OrbStack", "look in `docker --context orbstack ps` and `orb list`", false, true},
	{"vpnkit", "for a container of Docker Desktop", "look in `docker --context desktop-linux ps`", false, true},
	{"gvproxy", "for a container in Podman's machine", "look in `podman ps`", false, true},
	{"wslrelay", "for a program in a WSL distribution", "look for the listener inside the distribution, with `ss -ltnp`", false, true},
	{"wslhost", "for a program in a WSL distribution", "look for the listener inside the distribution, with `ss -ltnp`", false, true},
	{"controlcenter", "that is AirPlay Receiver", "turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff", false, false},
	{"controlce", "that is AirPlay Receiver", "turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff", false, false},
	{"svchost", "for a Windows service", "stop that service in services.msc; `tasklist /svc` names it", false, false},
}

// proxyOwner is whose a docker-proxy is.
type proxyOwner int

const (
	anyEngine   proxyOwner = iota // not seen
	otherEngine                   // of an engine that was not asked
	leftByThis                    // of the engine that was asked
	leftByGone                    // of one that runs no more
)

func (o Owner) proxyOwner() proxyOwner {
	unknownEngine := o.parent.Name == "dockerd" && o.engine == 0
	switch {
	case o.parent.PID == 0 || o.unasked || unknownEngine:
		return anyEngine
	case o.parent.Name != "dockerd":
		return leftByGone
	case o.parent.PID == o.engine:
		return leftByThis
	default:
		return otherEngine
	}
}

// forwarder finds the program that a process is, nil for one that may be ended.
func (p Process) forwarder() *forwarder {
	name := strings.ToLower(path.Base(strings.ReplaceAll(p.Name, `\`, "/")))
	name = strings.TrimSuffix(name, ".exe")
	if name == "ssh" && desktop.LimaConnection(p.Command) {
		name = "limactl"
	}
	for i, f := range forwarders {
		// the kernel cuts names to 15 bytes
		if name == f.name || len(name) == 15 && strings.HasPrefix(f.name, name) {
			return &forwarders[i]
		}
	}

	return nil
}

// ForUnknownContainer reports whether a program has the port that opens ports for containers, and no engine told of its own: it may be
// anybody's.
func (o Owner) ForUnknownContainer() bool {
	f := o.Process.forwarder()
	return o.Kind == OwnerProcess && o.unasked && f != nil && f.containers
}

// stoppable reports whether `systemctl stop` of the unit frees the port and touches nothing else: not a login, not a
// user's own manager, not an engine.
func stoppable(unit string) bool {
	name, kind, _ := cutLast(unit, ".")
	if kind != "service" && kind != "socket" {
		return false
	}
	bad := []string{"docker", "containerd", "podman", "init", "user@", "session-", "app-", "snap.docker.dockerd", "dbus",
		"cron", "crond", "atd", "ssh", "sshd", "getty@", "serial-getty@", "gdm", "gdm3", "sddm", "lightdm", "gnome-terminal-server", "tmux", "screen"}
	return !slices.ContainsFunc(bad, func(p string) bool {
		isPrefix := strings.HasSuffix(p, "@") || strings.HasSuffix(p, "-")
		return name == p || isPrefix && strings.HasPrefix(name, p)
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
