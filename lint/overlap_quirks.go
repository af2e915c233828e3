package lint

// Engines differ, and in nothing but what stands here: each difference that decides over a port, a subnet or an address is
// one question to the Engine, with the source that says so and with what was tried. Nobody else asks for a name or a version.
//
// The lines are Docker's by release, rootless Docker, which opens its ports through RootlessKit, and Podman, as root (conmon
// keeps the sockets) and as a user (rootlessport does). Whoever asks hands over facts alone: [Engine.Name], [Engine.Version],
// [Engine.Rootless].
//
// Tried: 20.10.24, 26.1.5, 27.5.0, 28.0.4, 28.2.2, 28.5.2 and 29 as root, with `ip6tables: false` too, 20.10.24, 28.5.2 and 29 rootless, Podman 4.3.1
// and 5.4.2 as root and as a user.

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint/client"
	"github.com/portlint/portlint/lint/desktop"
	"github.com/portlint/portlint/lint/subnet"
)

// ---- which line an engine is of

// PodmanName is the Name of an Engine that is Podman.
const PodmanName = "Podman"

// release is a version such as 28.2.1.
type release struct{ major, minor, patch int }

func (r release) before(o release) bool {
	return cmp.Or(cmp.Compare(r.major, o.major), cmp.Compare(r.minor, o.minor), cmp.Compare(r.patch, o.patch)) < 0
}

// readRelease reads a version; there is none in a text that does not begin with two numbers.
func readRelease(version string) (r release, ok bool) {
	for i, number := range [...]*int{&r.major, &r.minor, &r.patch} {
		digits := len(version) - len(strings.TrimLeft(version, "0123456789"))
		n, err := strconv.Atoi(version[:digits])
		if err != nil {
			return r, i >= 2
		}
		*number = n

		rest, more := strings.CutPrefix(version[digits:], ".")
		if !more {
			return r, i >= 1
		}
		version = rest
	}
	return r, true
}

// release is that of Docker's engine; there is none when no engine answered, or one that is not Docker's.
func (e Engine) release() (release, bool) {
	r, ok := readRelease(e.Version)
	return r, ok && r.major >= 17 && !e.Podman()
}

// Podman reports whether the engine is Podman.
func (e Engine) Podman() bool { return strings.Contains(e.Name, PodmanName) }

// DockerDesktop reports whether the engine is Docker Desktop's, in its virtual machine.
func (e Engine) DockerDesktop() bool { return e.Name == desktop.DockerDesktopName }

// RootlessKit reports whether the engine opens its ports through RootlessKit, as Docker's does that runs as a user.
func (e Engine) RootlessKit() bool { return e.Rootless && !e.Podman() }

// atLeast reports whether the engine is Docker's and at least that new.
func (e Engine) atLeast(major, minor int) bool {
	r, ok := e.release()
	return ok && !r.before(release{major, minor, 0})
}

// olderThan reports whether the engine is Docker's and older than that major version.
func (e Engine) olderThan(major int) bool {
	r, ok := e.release()
	return ok && r.before(release{major, 0, 0})
}

// podmanFrom reports whether the engine is a Podman known to be that new.
func (e Engine) podmanFrom(major, minor int) bool {
	r, ok := readRelease(e.Version)
	return e.Podman() && ok && !r.before(release{major, minor, 0})
}

// podmanBefore reports whether the engine is a Podman older than that.
func (e Engine) podmanBefore(major, minor int) bool {
	r, ok := readRelease(e.Version)
	return e.Podman() && ok && r.before(release{major, minor, 0})
}

// within reports whether the engine is one of [from, before), and says why that is open when its version is not known.
// What a rootless engine's kernel lets pass, RootlessKit refuses; Podman is stricter than all of Docker's.
func (e Engine) within(from, before release, why string) (yes bool, open string) {
	r, ok := e.release()
	switch {
	case e.Rootless, e.Podman():
		return false, ""
	case !ok:
		return false, why
	}
	return !r.before(from) && r.before(before), ""
}

// ---- which sockets it binds

// binder is who opens the sockets of an engine's ports.
type binder int

const (
	dockerBinds       binder = iota // dockerd or its docker-proxy; RootlessKit, which opens what these ask for
	podmanBinds                     // Podman as root: conmon keeps what it has opened
	rootlessportBinds               // for Podman as a user
)

func (e Engine) binder() binder {
	switch {
	case !e.Podman():
		return dockerBinds
	case e.Rootless:
		return rootlessportBinds
	}
	return podmanBinds
}

// Addresses are those at which the engine binds a port that it was asked to publish on ip; the zero Addr is none.
func (e Engine) Addresses(ip netip.Addr) []netip.Addr { return e.binder().addresses(ip) }

// addresses: where none is written Docker binds both families, Podman as root IPv4 alone. rootlessport opens one socket for
// both families, whichever wildcard is written. Any other address is bound as it is.
// Source: moby daemon/libnetwork/drivers/bridge, configurePortBindingIPv4 and IPv6; podman libpod/oci_util.go, bindPorts;
// podman cmd/rootlessport, exposePorts, with rootlesskit pkg/port/builtin/parent/tcp, Run.
// Tried: `ss -ltnu` after a start on "", 0.0.0.0 and ::, and a start beside sockets of each family, over TCP and UDP.
func (b binder) addresses(ip netip.Addr) []netip.Addr {
	v4, v6 := netip.IPv4Unspecified(), netip.IPv6Unspecified()
	switch ip = ip.Unmap(); {
	case b == rootlessportBinds && (!ip.IsValid() || ip.IsUnspecified()), b == dockerBinds && !ip.IsValid():
		return []netip.Addr{v4, v6}
	case !ip.IsValid():
		return []netip.Addr{v4}
	}
	return []netip.Addr{ip}
}

// binds reports whether a host port of a protocol is a socket: Podman forwards SCTP without one.
// Source: podman libpod/oci_util.go, bindPort. Tried: two containers with one SCTP port both start on 5.4.2.
func (b binder) binds(proto string) bool { return b == dockerBinds || proto != "sctp" }

// Publishes reports whether the engine binds the ports of a service on such a network, as the files have it.
func (e Engine) Publishes(n Network) bool {
	return n.Publishing == Published || n.Publishing == Ignored && n.Silent && e.publishesOnEach()
}

// publishesOnEach reports whether the engine binds the ports of containers on networks where Docker binds none: internal
// ones, macvlan and ipvlan. Podman binds them before it asks which networks the container is on.
// Source: podman libpod/oci_conmon_common.go, createOCIContainer, and libpod/oci_util.go, bindPorts.
// Tried: `internal: true` as root and as a user on 4.3.1, as root on 5.4.2; macvlan on 5.4.2.
func (e Engine) publishesOnEach() bool { return e.Podman() }

// ListsFirstOfRun reports whether the engine's list of containers names, of host ports that follow one another and go to container
// ports that do, the first alone; asked about the container by itself, it names all.
// Source: podman pkg/api/handlers/compat/containers.go, LibpodToContainer, which leaves PortMapping.Range out. Tried: 18301:81
// beside 18302:82 on 4.3.1 and 5.4.2.
func (e Engine) ListsFirstOfRun() bool { return e.Podman() }

// ReadsBridgeOptions reports whether the engine knows the options of Docker's bridge driver that say at which address ports are
// bound, and whether: Podman answers that they are no recognized options, and binds as without them.
// Source: podman pkg/api/handlers/compat/networks.go, CreateNetwork. Tried: host_binding_ipv4 and gateway_mode_ipv4 on 4.3.1
// as root and as a user, and on 5.4.2.
func (e Engine) ReadsBridgeOptions() bool { return !e.Podman() }

// routes reports whether the engine binds no host port for a family in which a network's gateway mode is "routed", and whether that is
// known: from 27 on it binds none, and before it knows no such mode. Of a network that is routed for IPv4 alone docker-proxy still binds
// the IPv6 wildcard of a port without host IP.
// Source: moby daemon/libnetwork/drivers/bridge, configurePortBindingIPv4 and IPv6. Tried on 20.10.24, 27.5.0 and 29.
func (e Engine) routes() (routes, known bool) {
	_, docker := e.release()
	return e.atLeast(27, 0), e.Podman() || docker
}

// refusesRouted reports whether the engine refuses a host port on a network whose gateway mode is "routed": 27 wants no address there,
// and no host port where both families are; newer ones pass over what they can't do.
// Source: moby libnetwork/drivers/bridge/port_mapping_linux.go of 27, validatePortBindings. Tried on 27.5.0.
func (e Engine) refusesRouted(b *Binding, on Network) bool {
	if !e.atLeast(27, 0) || !e.olderThan(28) {
		return false
	}

	ip := b.HostIP.Unmap()
	exact := ip.IsValid() && !ip.IsUnspecified()
	switch {
	case exact && ip.Is4():
		return on.routedIPv4
	case exact:
		return on.routedIPv6 && on.IPv6
	default:
		return on.routedIPv4 && on.routedIPv6 && !b.Ephemeral()
	}
}

// SharesUDP reports whether the engine gives its UDP sockets SO_REUSEADDR, so that it shares a port with a socket that has
// it too: 28 alone does. RootlessKit sets no option, whatever the engine behind it does.
// Source: moby pull request 48132, taken back in 50669; rootlesskit pkg/port/builtin/parent/udp, Run.
// Tried: a socket with SO_REUSEADDR on 28.5.2, as root (starts) and rootless (refused).
func (e Engine) SharesUDP() bool {
	shares, _ := e.sharesUDP()
	return shares
}

// mayShareUDP is SharesUDP, and true too where the version is not known.
func (e Engine) mayShareUDP() bool {
	shares, open := e.sharesUDP()
	return shares || open != ""
}

func (e Engine) sharesUDP() (yes bool, open string) {
	return e.within(release{28, 0, 0}, release{29, 0, 0}, "unknown")
}

// UserPorts reports whether the engine opens ports as a user, who may not bind the low ones. A RootlessKit that was given the capability
// CAP_NET_BIND_SERVICE may. Whether Podman's rootlessport has it, which is started with each container, is not looked at.
// Source: rootlesskit pkg/port/portutil, and podman's cmd/rootlessport: "cannot expose privileged port".
// Tried: port 81 rootless on 20.10.24 and 28.5.2, on the latter after `setcap cap_net_bind_service=ep` too, and as a user on Podman 4.3.1.
func (e Engine) UserPorts() bool { return e.Rootless && e.LowPorts != AllLowPorts }

// unreadLowPorts says why it is open whether the engine may bind low ports, "" where it is known.
func (e Engine) unreadLowPorts() string {
	if e.RootlessKit() && e.LowPorts == UnknownLowPorts {
		return "whether its RootlessKit has the capability CAP_NET_BIND_SERVICE could not be read"
	}
	return ""
}

// ---- what it refuses whoever has the port

// refusesBinding says why the engine makes no container that publishes this binding, "" when it does, and what to write instead.
//
// Podman reads a host port as one number, on whatever network the container is.
// Source: podman pkg/api/handlers/compat/containers_create.go, cliOpts. Tried: "18100-18102:80" on 4.3.1 and 5.4.2.
//
// It takes no SCTP port before 5.3, because it does not take one that is exposed, and Compose exposes what it publishes.
// Source: podman pkg/specgen/generate/ports.go, checkProtocol. Tried: 4.3.1 (refused), 5.4.2 (starts).
//
// As root it writes an IPv4 address in the form for IPv6 without brackets, and can't read it then.
// Source: podman libpod/oci_util.go, bindPorts. Tried: "::ffff:127.0.0.1" on 4.3.1 and 5.4.2; as a user it is taken.
func (e Engine) refusesBinding(b *Binding, on Network) (why, instead string) {
	switch {
	case e.refusesRouted(b, on):
		return "Docker 27 takes no host address where the network's gateway mode is routed, and no host port where both families are routed",
			"leave it out, or use Docker 28 or newer"
	case !e.Podman() || on.Publishing == Refused:
	case b.Pool():
		return "Podman takes no range of host ports for one container port", "write one host port, none, or as many container ports as host ports"
	case b.Proto == "sctp" && e.podmanBefore(5, 3):
		return "Podman before 5.3 takes no SCTP ports from Compose", "use Podman 5.3 or newer"
	case b.HostIP.Is4In6() && !e.Rootless && on.Publishing == Published:
		return fmt.Sprintf("Podman can't read the address %s", b.HostIP), fmt.Sprintf("write %s", b.HostIP.Unmap())
	}
	return "", ""
}

// refusesPortsOnOthersNetwork reports whether the engine makes no container that publishes ports on the network of another container: Podman
// makes it, and binds nothing.
// Source: podman pkg/specgen/generate/namespaces.go, namespaceOptions. Tried: `network_mode: service:b` on 4.3.1 and 5.4.2.
func (e Engine) refusesPortsOnOthersNetwork() bool { return !e.Podman() }

// refusesLinks reports whether the engine makes no container that is linked to another one.
// Source: podman pkg/api/handlers/compat/containers_create.go, CreateContainer. Tried: `links` and `external_links` on 4.3.1, `links` on 5.8.6.
func (e Engine) refusesLinks() bool { return e.Podman() }

// stopsPaused reports whether the engine stops a container that is paused, which Podman refuses, as it refuses to start one.
// Source: podman libpod/container_api.go, Cleanup and Start. Tried: `up` with a container of its own paused, which it changes or leaves as
// it is, on 4.3.1 and 5.4.2: "is running or paused, refusing to clean up".
func (e Engine) stopsPaused() bool { return !e.Podman() }

// RefusesContainerPort0 is the first release of Docker's engine that takes no container port 0.
const RefusesContainerPort0 = "29.2"

// ---- which of its own ports it can't have twice

// compare reports whether the engine can't tell two sockets apart, whether they are the same to it, and what that rests
// on. An engine behind RootlessKit binds in a network of its own as well, where all addresses of a family are one.
// Source: moby daemon/libnetwork/drivers/bridge/internal/rlkclient from 28 on; before, rootlesskit
// cmd/rootlesskit-docker-proxy, childIP. Tried: 127.0.0.1 beside 127.0.0.2 on 20.10.24 and 28.5.2.
func (e Engine) compare(x, y Endpoint) (overlap, same bool) {
	if x.Overlaps(y) || !e.RootlessKit() {
		return x.Overlaps(y), x == y
	}
	collapsed := e.inside(x).Overlaps(e.inside(y))
	return collapsed, collapsed
}

// inside is the socket that a rootless engine binds in its own network: from 29.6 on loopback addresses stay distinct.
// Source: moby daemon/libnetwork/drivers/bridge/internal/rlkclient.
func (e Engine) inside(x Endpoint) Endpoint {
	a := x.Addr.Addr().Unmap()
	switch {
	case a.IsLoopback() && e.atLeast(29, 6):
	case a.Is4():
		a = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	default:
		a = netip.IPv6Loopback()
	}
	return Endpoint{Proto: x.Proto, Addr: netip.AddrPortFrom(a, x.Addr.Port())}
}

// allowsBoth says whether the engine lets two overlapping sockets of its own live, and why that is open where it is.
// Engine 28 alone sets SO_REUSEADDR on UDP sockets, and up to 28.2 its allocator compares addresses as text.
// Source: moby libnetwork/portallocator, RequestPortsInRange.
func (e Engine) allowsBoth(proto string, inOne, same bool) (yes bool, open string) {
	switch {
	case proto == "tcp":
		return false, ""
	case proto == "udp" && inOne:
		return e.within(release{28, 0, 0}, release{29, 0, 0}, "only engine 28 lets it pass")
	case same:
		return false, ""
	case proto == "udp":
		return e.within(release{28, 0, 0}, release{28, 3, 0}, "only engines 28.0 to 28.2 let it pass")
	default:
		return false, "whether the engine tells SCTP addresses apart is not known"
	}
}

// mergesEqual reports whether the engine makes one port of two that are written alike in every part, as Compose can send them.
// Source: podman pkg/specgen/generate/ports.go, ParsePortMapping. Tried: 4.3.1 and 5.4.2 as root, 4.3.1 as a user.
func (e Engine) mergesEqual(a, b *Binding) bool {
	return e.Podman() && a.HostIP == b.HostIP && a.Ports == b.Ports && a.Target == b.Target && a.Proto == b.Proto
}

// ---- who drives it

// PodmanReach is how the program podman comes to an engine. The zero PodmanReach is an engine that it asks by itself.
type PodmanReach struct {
	Flags        []string // of podman, that reach it
	FromVariable bool     // a variable names it, in place of the flags
	Foreign      bool     // DOCKER_HOST names another one, which `podman compose` asks
}

// ClientWith is the program that people drive the engine with, with the flags of docker that reach it, or as podman reaches it.
// `podman compose` came with 4.7, and goes where podman itself goes from 5.4 on; `podman update` has --restart from 5.1 on.
// Source: podman cmd/podman/compose.go, composeDockerHost, which was in compose_local.go before; cmd/podman/containers/update.go.
// Tried: the commands that portlint proposes, with --url and with CONTAINER_HOST, on 4.3.1 and 5.4.2.
func (e Engine) ClientWith(docker []string, podman PodmanReach) client.Client {
	if !e.Podman() {
		return client.Client{Flags: docker}
	}
	composes := e.podmanFrom(5, 4) || e.podmanFrom(4, 7) && !podman.FromVariable
	return client.Client{Podman: true, Flags: podman.Flags, NoRestart: !e.podmanFrom(5, 1), NoCompose: !composes || podman.Foreign || len(podman.Flags) > 0}
}

// ---- what it gives where the choice is its own

// picksInOrder reports whether the engine gives out ports that nobody asked for one after another from the first, so that it
// may well meet one that a container needs. Podman lets the kernel choose one at random.
// Source: moby daemon/libnetwork/portallocator; podman pkg/specgen/generate/ports.go, getRandomPort and its successor.
func (e Engine) picksInOrder() bool { return !e.Podman() }

// bindsExactPortsFirst reports whether the engine, inside one container, binds exact ports before it picks some: from 27 on.
// Source: moby daemon/libnetwork/drivers/bridge/port_mapping_linux.go, sortAndNormPBs.
func (e Engine) bindsExactPortsFirst() bool { return e.atLeast(27, 0) }

// knowsOtherAddresses reports whether the engine, as it picks a port of a pool, knows what its containers have on other
// addresses: from 27 on. Up to 26 it tries such a port, and gives up. Source: moby libnetwork/portallocator RequestPortsInRange.
func (e Engine) knowsOtherAddresses() bool { return e.atLeast(27, 0) }

// listensLast reports whether the engine binds all TCP ports of a container before it listens on one, so that it may choose one host port
// for two addresses that meet, and fails as it listens: 28.0 to 28.2.
// Source: moby libnetwork/drivers/bridge/port_mapping_linux.go of 28.0, addPortMappings. Tried: pools on 0.0.0.0 and 127.0.0.1 on 28.0.4.
func (e Engine) listensLast() bool {
	yes, _ := e.within(release{28, 0, 0}, release{28, 3, 0}, "unknown")
	return yes
}

// mayTryHeldPort reports whether the engine may choose, for a pool, a host port that another binding has on another address, and fail.
func (e Engine) mayTryHeldPort(pool, other Bound) bool {
	inOne := pool.Service == other.Service && pool.Binding.Proto == "tcp"
	return !e.knowsOtherAddresses() || inOne && e.listensLast()
}

// countsOtherAddresses reports whether the engine passes over such a port for free, and not as one that it tried: from 28.3
// on. Source: moby libnetwork/portallocator/portallocator.go, RequestPortsInRange.
func (e Engine) countsOtherAddresses() bool { return e.atLeast(28, 3) }

// needsOnePort reports whether the engine may look for one host port that all addresses of a container port have: from 27
// on; unless says for which engines that is open. Podman picks a port for each.
// Source: moby daemon/libnetwork/drivers/bridge/port_mapping_linux.go, needSamePort; podman pkg/specgen/generate/ports.go, getRandomPort.
// Tried: "80" beside "127.0.0.1::80" on Podman 4.3.1 as root and as a user.
func (e Engine) needsOnePort() (may bool, unless string) {
	if e.Podman() {
		return false, ""
	}
	if !e.atLeast(27, 0) {
		unless = "engines up to 26 may find a port for each"
	}
	return !e.olderThan(27), unless
}

// givesUpAtHeld reports whether the engine is known to give up at the first port of a pool that it can't bind: up to 26.
// Source: moby libnetwork/drivers/bridge/port_mapping.go, allocatePort.
func (e Engine) givesUpAtHeld() bool { return e.olderThan(27) }

// upTo26 limits a sentence about a pool that takes the loser's port, in one container, to the engines that it is true for.
func (e Engine) upTo26(loser Bound) string {
	if e.olderThan(27) || loser.Binding.Pool() {
		return ""
	}
	return ", on engines up to 26"
}

// triesOfPool is how many host ports of a pool the engine tries that it did not know to be held. Where to begin it remembers for each range
// since it was started, and shows nowhere. A rootless engine finds out from RootlessKit that a port is held: inside the attempts from 28.3
// to 28.5, behind them from 28.0 to 28.2 and in 29.
// Source: moby daemon/libnetwork/drivers/bridge, maxAllocatePortAttempts; the calls of configPortDriver in libnetwork/drivers/bridge of 28.3
// and 28.5, and in daemon/libnetwork/portmappers/nat of 29 (moby issue 53153). Tried: one range beside a socket, several times, on 20.10.24
// (refused and started in turn), on 28.5.2 rootless (starts each time) and on 29 rootless (in turn).
func (e Engine) triesOfPool() (n int, who string) {
	triesAtRootlessKit := e.atLeast(28, 3) && e.olderThan(29)
	switch {
	case e.RootlessKit() && !triesAtRootlessKit:
		return 1, "a rootless engine may give up at the first one that is held"
	case e.atLeast(27, 0):
		return 10, ""
	case e.olderThan(27):
		return 1, "this engine gives up at the first one that is held"
	default:
		return 1, "engines up to 26 give up at the first one that is held"
	}
}

// ---- networks, their subnets and addresses

// comparesSubnets reports whether it is known how an engine decides about subnets.
func (e Engine) comparesSubnets() bool { return e.Version != "" && e.System != "windows" }

// refusesSubnet reports whether the engine refuses a subnet beside one that it keeps: Podman, whatever `ip_range` and driver
// they have. Docker as [subnet.Request.Refused] says.
// Source: containers/common libnetwork/internal/util/validate.go, ValidateSubnet. Tried: the same, around, inside, with ip_range,
// and for IPv6, on 4.3.1 as root and as a user, and on 5.4.2.
func (e Engine) refusesSubnet(r subnet.Request, k subnet.Existing) bool {
	if e.Podman() {
		return r.Prefix.Overlaps(k.Prefix)
	}
	return r.Refused(k)
}

// ComparesHostSubnets reports whether the engine refuses a subnet in which the machine itself has an address.
// Source: containers/common libnetwork/internal/util/interfaces.go, getLiveNetworkSubnets. Tried: 127.0.5.0/24, and the subnet of
// a veth, on 4.3.1 and 5.4.2.
func (e Engine) ComparesHostSubnets() bool { return e.Podman() }

// keepsNetworkOfStopped reports whether the engine refuses to remove a network that a stopped container is on.
// Source: podman pkg/domain/infra/abi/network.go, NetworkRm. Tried on 4.3.1: "has associated containers with it".
func (e Engine) keepsNetworkOfStopped() bool { return e.Podman() }

// secondOfName says what comes of a network that Compose makes beside another one of its name, "" where the engine says that there is one, which
// Compose then takes. Tried with Compose 5.5.1 on 20.10, 24, 25, 29, Podman 4.3.1 and 5.4.2.
func (e Engine) secondOfName() string {
	switch {
	case e.olderThan(25):
		return "engines before 25 then have two of that name and connect a container to neither"
	case e.podmanBefore(4, 4):
		return "this Podman refuses it"
	}
	return ""
}

// needsNetworkMode reports whether a container can't start without the network that it was made with, whatever it was connected to since.
func (e Engine) needsNetworkMode() bool { return e.atLeast(25, 0) }

// KeepsIPv6 reports whether a network has the IPv6 subnets that are written for it without `enable_ipv6`.
// Source: podman pkg/api/handlers/compat/networks.go, CreateNetwork. Tried: 4.3.1 as root and as a user, 5.4.2.
func (e Engine) KeepsIPv6() bool { return e.Podman() }

// keepsAddressesBack reports whether the engine gives no container the first, the last and the gateway's address of a subnet:
// netavark gives whatever is asked for.
// Source: podman libpod/networking_common.go; containers/common libnetwork/netavark/ipam.go, getFreeIPFromBucket and allocIPs.
// Tried: .0, .1 and .255 of a /24 on 4.3.1 as root and as a user, and on 5.4.2.
func (e Engine) keepsAddressesBack() bool { return !e.Podman() }

// refusesGateway reports whether a container that asks for the gateway's address can't start all the same: netavark gives it a default
// route there, and for IPv6 the kernel refuses one over an address of its own. An internal network has no such route.
// Source: netavark src/network/core_utils.go, add_default_routes; linux net/ipv6/route.c, ip6_route_check_nh. Tried: bridges and macvlan, with
// and without ip_range and gateway, on 4.3.1, 5.4.2 and 5.8.6: "add default route … Invalid argument".
func (e Engine) refusesGateway(ip netip.Addr, internal bool) bool {
	return e.Podman() && ip.Is6() && !internal
}

// routesNothing reports whether a container with the address can't start in a subnet whose gateway is the last address, as that of two
// addresses is by itself: the kernel gives no route over an address for broadcasts, but for the container that has it.
// Source: netavark src/network/core_utils.go, add_default_routes; linux net/ipv4/fib_semantics.c, fib_check_nh. Tried: both addresses of a /31 on
// 4.3.1 and 5.4.2.
func (e Engine) routesNothing(of netip.Prefix, ip netip.Addr, internal bool) bool {
	return e.Podman() && ip.Is4() && !internal && !of.IsSingleIP() && ip != subnet.Last(of)
}

// takesSubnetsOfOneFamily reports whether a bridge may have several subnets of one family, of each of which a container gets an address:
// Podman's, whether they overlap or not.
// Source: containers/common libnetwork/internal/util/validate.go, ValidateSubnets, and libnetwork/netavark/ipam.go, allocIPs.
// Tried on 4.3.1: two /24, and one /25 in a /24.
func (e Engine) takesSubnetsOfOneFamily() bool { return e.Podman() }

// givesInTurn reports whether the engine gives a container that asks for no address the one behind that which it gave last, without
// telling it, and not the lowest free one. made is whether this `up` makes the network: before 5.1 those that are gone are remembered by name.
// Source: containers/common libnetwork/netavark/ipam.go, getFreeIPFromBucket; removeNetworkIPAMBucket since 0.59. Tried on 4.3.1 and 5.4.2.
func (e Engine) givesInTurn(made bool) bool {
	return e.Podman() && (!made || e.podmanBefore(5, 1))
}

// keepsAskedAddress reports whether a container goes on asking for its address when Compose puts it on its network again, which asks for
// none. Tried: Podman 4.3.1 does ("requested static ip … not in any subnet"), 5.4.2 and Docker do not.
func (e Engine) keepsAskedAddress() bool { return e.podmanBefore(4, 4) }

// gateway is the one that the engine chooses for a subnet: of Podman the first address behind the subnet's own, whatever range it gives out.
// Source: containers/common libnetwork/util/ip.go, FirstIPInSubnet. Tried: /24, /31 and /32, /127 and /128 on 4.3.1.
func (e Engine) gateway(of, part netip.Prefix) netip.Addr {
	switch {
	case !e.Podman():
		return subnet.Gateway(of, part)
	case of.IsSingleIP():
		return of.Addr()
	}
	return of.Addr().Next()
}

// choosesGateway reports whether the engine gives a network a gateway that asks for none: Podman gives an internal one none.
// Source: containers/common libnetwork/internal/util/validate.go, ValidateSubnets.
func (e Engine) choosesGateway(internal bool) bool { return !e.Podman() || !internal }

// gives are the lowest and the highest address that the engine gives to containers that ask for none, but for those that are kept back:
// Podman leaves out the first of an `ip_range`, and the first and the last of a subnet without one; for IPv6 the first alone.
// Source: containers/common libnetwork/netavark/ipam.go, getFreeIPFromBucket; podman pkg/api/handlers/compat/networks.go, CreateNetwork.
// Tried: subnets and ranges of one to eight addresses on 4.3.1 and 5.4.2: "failed to find free IP in range".
func (e Engine) gives(of, part netip.Prefix) (lowest, highest netip.Addr) {
	from := of
	if part.IsValid() {
		from = part
	}
	lowest, highest = from.Addr(), subnet.Last(from)

	if e.Podman() && !part.IsSingleIP() {
		lowest = lowest.Next()
	}
	if e.Podman() && !part.IsValid() && of.Addr().Is4() {
		highest = highest.Prev()
	}
	return lowest, highest
}

// bridgeSetting is where the engine is told the subnet of its own network.
func (e Engine) bridgeSetting() string {
	if e.Podman() {
		return "`default_subnet` in its containers.conf"
	}
	return "`bip` in its daemon.json"
}

// readsAnyFamily reports whether the engine takes an address of one family in the place of the other's: both are addresses to it.
// Source: podman pkg/api/handlers/compat/networks.go, Connect. Tried: an IPv6 address as `ipv4_address` on 5.4.2 as a user.
func (e Engine) readsAnyFamily() bool { return e.Podman() }

// comparesUnusedSubnets reports whether the engine takes an IPv6 address of a subnet that is written for a network without IPv6, though it
// gives the container none: 25 to 28 compare with what is written.
// Source: moby daemon/container_operations.go of 25 to 28, validateEndpointSettings, and libnetwork/network.go, IpamConfig. Tried on 28.5.2 and 29.
func (e Engine) comparesUnusedSubnets() bool { return e.atLeast(25, 0) && e.olderThan(29) }

// ignoresIPv6Address reports whether the engine takes any fixed IPv6 address on a network without IPv6: Docker up to 24. refuses
// is true where it is known to refuse one.
// Source: moby daemon/container_operations.go, validateEndpointIPAddress. Tried: Podman 4.3.1 and 5.4.2 say "not in any subnet".
func (e Engine) ignoresIPv6Address() (ignores, refuses bool) {
	return e.olderThan(25), e.atLeast(25, 0) || e.Podman()
}

// gatewayForAll reports whether the engine gives a network of any driver a gateway: from 28 on only bridges have one that asks
// for none. Source: moby daemon/libnetwork/network.go, and the drivers' capabilities. Tried: macvlan on Podman 4.3.1 and 5.4.2 has one.
func (e Engine) gatewayForAll() bool { return e.olderThan(28) || e.Podman() }

// takesAnyAddress reports whether the engine gives a fixed address in a subnet that it chose itself, too: from 29 on. Older ones
// do in subnets alone that somebody asked for; may is false where it is known to be one. Tried on 20.10.24 and 29.
// Source: moby api/types/network/endpoint.go of 25 to 28, validateEndpointIPAddress.
func (e Engine) takesAnyAddress() (takes, may bool) {
	return e.atLeast(29, 0), !e.olderThan(29) && !e.Podman()
}

// refusesEntry reports whether the engine may refuse an entry of `ipam.config`, and whether that is known. Tried on 20.10.24, 29, and Podman
// 4.3.1 and 5.4.2.
func (e Engine) refusesEntry(f subnet.Fault) (may, certain bool) {
	switch {
	case f.ByAll:
		return true, true
	case e.Podman():
		return f.Podman, f.Podman
	}
	since := f.Since == 0 || e.atLeast(f.Since, 0)
	before := f.Before == 0 || e.olderThan(cmp.Or(f.Maybe, f.Before))
	over := f.Before > 0 && e.atLeast(f.Before, 0) || f.Since > 0 && e.olderThan(f.Since)
	return !over, since && before
}
