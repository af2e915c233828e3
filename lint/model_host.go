package lint

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/portlint/portlint/lint/client"
	"github.com/portlint/portlint/lint/desktop"
	"github.com/portlint/portlint/lint/keeper"
	"github.com/portlint/portlint/lint/pick"
	"github.com/portlint/portlint/lint/subnet"
)

// Host is the machine on which the engine binds ports, as far as it could be looked at. The zero Host was not looked at.
type Host struct {
	Engine     Engine
	Containers []Container // of all projects, running or not
	NotListed  bool        // the engine did not list its containers
	Networks   []EngineNetwork
	// NetworksNotListed: the engine did not list its networks.
	NetworksNotListed bool
	// MissingVolumes are those that somebody expects and that the engine does not have, UnseenVolumes those of which it did not tell.
	MissingVolumes, UnseenVolumes map[string]bool
	Swarm                         []SwarmPort
	Nodes                         int     // of the swarm that this engine manages, those that take tasks; 0: it manages none
	Probes                        []Probe // what the sockets of the engine's machine said, for every endpoint that was asked
	// Forwarded are what the desktop system said of the sockets that the engine's forwarder would open.
	Forwarded []Probe
	Ephemeral Ports // that the system gives to clients; none when not read
	// InUse are host ports that some socket of the machine has, as far as they were listed: suggestions avoid them.
	InUse map[uint16]bool
	// Subnets are those in which the machine has an address, where its engine looks at them.
	Subnets []netip.Prefix
	// Reserved are the ports that the system keeps back, as far as it told: suggestions avoid them.
	Reserved []pick.Reserved
	OS       string // GOOS of the machine whose sockets were asked; "" means linux
	// Blind is what could not be looked at. One that is about BlindEngine makes the verdict unknown as long as `up` binds a
	// port; what sockets could not be asked decides port by port, in Probes.
	Blind []Blind
}

// BlindEngine is what a [Blind] is about when the engine did not tell something that decides.
const BlindEngine = "engine"

// BlindSwarm is what a [Blind] is about when the engine did not tell what the swarm has.
const BlindSwarm = "swarm"

// Engine is what an engine says of itself. The zero Engine did not answer.
type Engine struct {
	Version  string // such as "29.0.1"; "" when no engine answered
	Endpoint string // where it was asked, such as "unix:///var/run/docker.sock"
	Name     string // "Docker Engine", "Docker Desktop", "Podman" …
	System   string // on which its containers run, "linux" or "windows"; "" when it did not say
	Rootless bool
	LowPorts LowPorts // of a rootless engine
	PID      int      // of its process on this machine, 0 when not seen
	Local    bool     // it binds on this kernel's own network, so that this machine's sockets count
	// Forwarder opens its ports on a desktop system, for an engine in a virtual machine, or beside one in a WSL distribution; nil where
	// none is known to.
	Forwarder *desktop.Forwarder
	V4Only    bool // a port without host IP is bound for IPv4 only, as without IPv6
	NoProxy   bool // the userland proxy is off: IPv6 addresses are bound for containers that have one
	// DirsElsewhere says why the directories of containers may be another machine's, or of another file system; "" when
	// they are this one's.
	DirsElsewhere string
	// Client is the program that people drive it with.
	Client client.Client
	// NetworkOptions are those of the networks that the engine will make, where the files give none.
	NetworkOptions map[string]string
	// AddressPools are what it was told to take the subnets of networks from that ask for none; none: those that it has by itself.
	AddressPools []AddressPool
}

// LowPorts says which of the ports below net.ipv4.ip_unprivileged_port_start a rootless engine opens.
type LowPorts int

// What opens the ports of the engine is a user's process, and may have a capability of its own.
const (
	NoLowPorts      LowPorts = iota // none, as any process of a user
	AllLowPorts                     // all: it has the capability CAP_NET_BIND_SERVICE
	UnknownLowPorts                 // whether it has the capability could not be read
)

// AddressPool is a range that an engine cuts into subnets.
type AddressPool = subnet.Pool

// Container is one container of the engine.
type Container struct {
	ID, Name string
	State    string // "running", "paused", "restarting", "created", "exited", "dead"
	Project  string // Compose's labels; "" for a container that Compose did not make
	Service  string
	// SwarmService is the swarm service of which it runs a task, "" for none.
	SwarmService string
	Number       int // Compose's label: which of the containers of its service it is, from 1; 0 when there is none
	OneOff       bool
	Hook         bool   // made by a lifecycle hook
	WorkingDir   string // the project directory, as seen where Compose ran
	RealDir      string // WorkingDir without links; "" where nobody looked
	DirState     DirState
	ProjectGone  bool // the directories of all containers of its project are gone; false unless somebody looked for each
	// projectShared: containers from another directory, which may be there, carry the name of its project too. What Compose does by
	// that name reaches them all. See [MarkSharedProjects].
	projectShared bool
	// Named: portlint gave it its name. Where the project as it is gives another one, Compose makes the container anew.
	Named       bool
	ConfigFiles []string
	Error       string // what kept it from starting the last time, in the engine's words; "" unless it was inspected
	Restart     string // the restart policy: "no", "always", "unless-stopped", "on-failure"
	Retries     bool   // its process failed, and "on-failure" has tries left; false unless it was inspected
	CreatedAt   time.Time
	Volumes     []string // by name, of those that the engine keeps
	StartedAt   time.Time
	PID         int             // of its first process on the engine's machine, 0 when not known
	Client      client.Client   // the program that drives its engine, as in [Engine]
	Pod         string          // the pod of Podman whose ports it has, for all containers of that pod; "" for every other container
	Context     string          // of docker, that names its engine; "" where one engine was asked
	Networks    []string        // by name
	Addresses   []Address       // that it has on networks now, in their order
	NetworkMode string          // HostConfig.NetworkMode
	nameSpan    Span            // where the Compose file of its project gives it its name, see [Container.Locate]; zero when not known
	Bound       []PublishedPort // host ports that it holds now
	Wanted      []PublishedPort // host ports that it asks for when it starts; of stopped ones known only after inspection
}

// MarkSharedProjects notes of the containers of an engine, or of several, whether other ones of the same project's name come from
// another directory. One that is known to be gone does not count: nobody works there.
func MarkSharedProjects(all []Container) {
	type project struct{ context, name string }
	dirs := map[project]map[string]bool{}
	for i := range all {
		c := &all[i]
		if of := (project{c.Context, c.Project}); c.Project != "" && c.WorkingDir != "" && c.DirState != DirGone {
			if dirs[of] == nil {
				dirs[of] = map[string]bool{}
			}
			dirs[of][c.otherDir()] = true
		}
	}

	for i := range all {
		c := &all[i]
		others := dirs[project{c.Context, c.Project}]
		c.projectShared = len(others) > 1 || len(others) == 1 && !others[c.otherDir()]
	}
}

// DirState says what was found of the directory in which a container was made.
type DirState int

// A directory that nobody looked for, or that this user may not see, is there.
const (
	DirThere    DirState = iota
	DirGone              // it is not there any more
	DirNotKnown          // it is not here, and may be on another machine: see Engine.DirsElsewhere
)

// PublishedPort is one host port of a container. Of a request without host IP the address may be the zero Addr, of one
// without host port the port is 0.
type PublishedPort struct {
	Endpoint
	Last   uint16 // the end of a range that it asks for, 0 or the port itself for a single one
	Target uint16
	Span   Span // where the Compose file of the container's project writes it, see [Container.Locate]; zero when not known
}

// Ports are the host ports of which the container has, or asks for, one; none where it leaves the choice to the engine.
func (p PublishedPort) Ports() Ports {
	return Ports{First: p.Addr.Port(), Last: max(p.Last, p.Addr.Port())}
}

// Running reports whether the container holds its ports now.
func (c *Container) Running() bool { return c.State == "running" || c.State == "paused" }

// Address is what a container has, or asks for, on a network of the engine.
type Address struct {
	Network string // its name
	IP      netip.Addr
}

// EngineNetwork is a network that exists on the engine. Engines before 25 may have several of one name.
type EngineNetwork struct {
	ID, Name string
	Driver   string
	Internal bool
	IPv6     bool
	Swarm    bool // it is known in a whole swarm, which has subnets of its own
	Options  map[string]string
	Project  string // Compose's labels; "" for a network that Compose did not make
	Key      string
	// Subnets are what the engine keeps for it, of both families, in use or not; of another IPAM driver than the engine's own there
	// are none.
	Subnets []ExistingSubnet
	// Reserved are the addresses in them that no container gets, as far as the engine lists them: gateways and `aux_addresses`.
	Reserved []netip.Addr
	// Compared: Compose has written down how it was defined, and makes it anew once the files define it otherwise.
	Compared bool
}

// ExistingSubnet is a subnet that an engine keeps for a network.
type ExistingSubnet = subnet.Existing

// Network returns a network of that name, nil when there is none.
func (h *Host) Network(name string) *EngineNetwork {
	if h == nil || name == "" {
		return nil
	}
	i := slices.IndexFunc(h.Networks, func(n EngineNetwork) bool { return n.Name == name })
	if i < 0 {
		return nil
	}
	return &h.Networks[i]
}

// SwarmPort is a port of a swarm service: an ingress port is taken on every node, on all addresses, another one on the
// nodes that run a task of the service.
type SwarmPort struct {
	Service string
	Stack   string // that it was deployed with, "" for none
	Proto   string
	Port    uint16
	Ingress bool
	Global  bool // a task on every node
	Tasks   int  // that the swarm should run, of a service that is not global
}

// ProbeResult says what a trial bind said.
type ProbeResult int

// A trial bind is never turned into a bool: only Free was bound, and only InUse is a port conflict.
const (
	NotTested  ProbeResult = iota // it could not be tried, Reason says why
	Free                          // bound and released just now
	InUse                         // EADDRINUSE
	NotLocal                      // the address is not on this machine
	NotAllowed                    // this user may not bind it
	Excluded                      // in a range that the system keeps for itself
)

// Probe is what the sockets of the machine say of one endpoint.
type Probe struct {
	Endpoint
	Result ProbeResult
	Reason string // for NotTested; for Excluded the range, such as "5357-5456", when it is known
	// Administered: of Excluded, an administrator keeps the range, and programs of the administrator may use it.
	Administered bool
	Holders      []Holder
	// Listed: the socket table was read for it, so that no Holders means that no socket is in the way.
	Listed bool
}

// HolderState is what a socket does with its port.
type HolderState int

// The states of a socket that holds a port.
const (
	Listening  HolderState = iota
	BoundOnly              // bound, but not listening: in no ordinary socket list
	Datagram               // UDP
	Connection             // a live connection uses the port as its local port
	Closing                // no process any more, goes away by itself within a minute
)

// Holder is one socket that holds an endpoint.
type Holder struct {
	Local, Remote netip.AddrPort
	V6Only        bool
	State         HolderState
	Owner         SocketOwner
}

// Seen says how far an owner could be seen.
type Seen int

// How an owner is known.
const (
	NotSeen      Seen = iota // nothing on this system explains it
	Known                    // the process was proven by a file descriptor
	Inferred                 // from the cgroup, or from docker-proxy's command line
	NoPrivilege              // another user's process; root would be told
	Gone                     // the socket has no process any more
	KernelOrElse             // root looked at every process that it can see: the kernel, or another pid namespace
	Hidden                   // root looked, too, but Hiding did not show their descriptors
)

// SocketOwner is who holds a port.
type SocketOwner struct {
	Seen        Seen
	Process     Process
	Unit        string         // systemd unit, such as "postgresql@16-main.service"
	ContainerID string         // a container whose own process holds the socket, as with host networking
	Proxy       netip.AddrPort // what docker-proxy forwards to
	Parent      Process        // of docker-proxy: the engine that started it, or who took it over when that ended
	Hiding      []Process      // of Hidden: those that may have it
	Origin      ProcessOrigin  // of Process: where it was started, and by what
	UID         int            // of the socket, -1 when not known
	User        string         // the name of that user, "" when not known
}

// ProcessOrigin is what the system tells of how a process came to be. The zero ProcessOrigin tells nothing.
type ProcessOrigin = keeper.Facts

// Process is a process of this machine.
type Process struct {
	PID       int // 0 when not known
	Name      string
	Command   string
	User      string
	StartedAt time.Time
}

const hostBindingIPv4 = "com.docker.network.bridge.host_binding_ipv4"

// WithModes is the network with the gateway modes among the options of its driver.
func (n Network) WithModes(options map[string]string) Network {
	n.routedIPv4 = n.routedIPv4 || options["com.docker.network.bridge.gateway_mode_ipv4"] == "routed"
	n.routedIPv6 = n.routedIPv6 || options["com.docker.network.bridge.gateway_mode_ipv6"] == "routed"
	if n.routedIPv4 {
		n.Varies = routed
	}
	return n
}

// network is a service's network as the engine has it: what the files don't say, an existing network does, and the
// engine's settings for one that is still to be made.
func (h *Host) network(n Network) Network {
	if h == nil {
		return n
	}
	n.binder = h.Engine.binder()
	if !h.Engine.Publishes(n) {
		return n
	}
	if n.Publishing == Ignored {
		n.Publishing, n.Why = Published, ""
	}

	options, ipv6 := h.Engine.NetworkOptions, n.IPv6
	if on := h.Network(n.Name); on != nil {
		if why := on.silent(); why != "" && !h.Engine.publishesOnEach() {
			n.Publishing, n.Why = Ignored, why
		}
		options, ipv6 = on.Options, on.IPv6
	}

	n.HostIP = cmp.Or(n.HostIP, options[hostBindingIPv4])
	if !h.Engine.ReadsBridgeOptions() {
		n.HostIP = ""
	}
	n = n.WithModes(options)
	routes, known := h.Engine.routes()
	if known && n.Varies == routed {
		n.Varies = ""
	}
	n.noIPv4 = routes && n.routedIPv4
	n.noIPv6 = routes && n.routedIPv6 || h.Engine.NoProxy && !ipv6
	n.v4Only = h.Engine.V4Only && !ipv6 || n.noIPv6
	return n
}

// silent says why no port of a network is bound, "" when they are.
func (n EngineNetwork) silent() string {
	switch n.Driver {
	case "macvlan", "ipvlan", "host", "none", "null":
		return "network driver " + n.Driver
	}
	if n.Internal {
		return "only internal networks"
	}
	return ""
}

// Replicas are the containers of a service that `up` reconciles, running or not, in the order of the engine.
func (h *Host) Replicas(project, service string) []*Container { return h.replicas(project)[service] }

// Unpublished are the bindings of the service that ask for a host port and have none among ports, those that its running
// containers hold. It is nil where the engine publishes nothing of the service.
func (s *Service) Unpublished(ports []PublishedPort) []*Binding {
	var out []*Binding
	for _, b := range s.bound() {
		if !slices.ContainsFunc(ports, func(p PublishedPort) bool { return b.Binding.gives(p, p.Addr.Addr().Unmap()) }) && !b.Binding.Unknown {
			out = append(out, b.Binding)
		}
	}
	return out
}
