package dockerapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/api/types/system"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// answers is what the engine told.
type answers struct {
	hello     hello
	list      []container.Summary
	stopped   []inspected // what was asked of containers of the list, each by itself
	networks  []network.Summary
	services  []swarm.Service
	nodes     int           // of the swarm, those that take tasks
	info      system.Info   // not asked of an engine that is proven to run here
	version   types.Version // asked only of one whose ping does not tell its version
	pid       int           // of dockerd on this machine, 0 when not seen
	settings  daemonSettings
	rootless  bool          // as its process shows, where info was not asked
	lowPorts  lint.LowPorts // of one behind a RootlessKit
	elsewhere string        // why this machine's sockets say nothing of the engine's ports, "" when they do
	forwarder *desktop.Forwarder
	dirs      string                                   // why the directories that containers name may not be this machine's, "" when they are
	pods      map[string]string                        // of Podman, by the ID of the container that has the ports of all of a pod
	leases    map[string]map[netip.Prefix]netip.Prefix // of Podman, see [conn.leases]
	blind     []lint.Blind
}

// ask makes all calls at once, but those of an engine behind ssh, where they take turns: the containers come first there. What
// has not come when the time is up is a blind spot, and the rest counts. /info and /version take an engine some 10 ms each, or
// seconds, because it runs its helpers for their versions: where the ping says what it is and the process behind the socket proves
// that it is local, they are not asked.
func (c *conn) ask(ctx context.Context, said hello, project string) *answers {
	a := &answers{hello: said}
	seen := c.view(c)
	if seen.daemon.command == "dockerd" {
		a.pid, a.settings = seen.daemon.pid, seen.daemon.settings()
	}
	proven := seen.proves(said)
	a.rootless, a.lowPorts = seen.asUser(said), seen.lowPorts

	var all calls
	containers := func() { // one after the other: the version tells which of those listed are asked by themselves
		answered := all.call(c, ctx, blindEngine, "its containers", func() (err error) {
			a.list, err = listed(c.api.ContainerList(ctx, container.ListOptions{All: true}))
			return err
		})
		if versionOf(said.server) == "" {
			all.call(c, ctx, blindEngine, "its version", func() (err error) { a.version, err = c.api.ServerVersion(ctx); return err })
		}
		if answered {
			a.stopped = c.inspect(ctx, &all, a.list, lint.Engine{Name: a.maker()}, project)
		}
	}
	if c.takesTurns() {
		containers()
	} else {
		all.Go(containers)
	}

	all.Go(func() {
		all.call(c, ctx, blindEngine, "its networks", func() (err error) {
			a.networks, err = listed(c.api.NetworkList(ctx, network.ListOptions{}))
			return err
		})
	})
	all.Go(func() { all.add(c.swarm(ctx, a)...) })
	if said.podman() {
		all.Go(func() { a.pods = c.pods(ctx) })
		all.Go(func() { a.leases = c.leases(ctx) })
	}
	if !proven {
		decides := blindEngine
		if seen.rootless { // where it binds and how is known
			decides = blindSettings
		}
		all.Go(func() { all.call(c, ctx, decides, "what it is", func() error { return c.info(ctx, &a.info) }) })
	}

	all.Wait()
	a.blind = all.blind
	if !proven {
		a.elsewhere = elsewhere(c.at.Host, a, seen)
	}
	a.dirs = dirsElsewhere(c.at.Host, a, seen)
	a.forwarder = forwarderOf(ctx, c.at.Host, a, seen)
	return a
}

// calls collects the blind spots of calls that run at the same time.
type calls struct {
	sync.WaitGroup
	mu    sync.Mutex
	blind []lint.Blind
}

func (all *calls) add(blind ...lint.Blind) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.blind = append(all.blind, blind...)
}

// call makes one call, and reports whether the engine told what it was asked. about is what a blind spot about it is about.
func (all *calls) call(c *conn, ctx context.Context, about, what string, do func() error) bool { //nolint:revive // ctx follows what it belongs to
	err := do()
	if err != nil {
		all.add(lint.Blind{What: about, Why: fmt.Sprintf("the engine did not tell %s: %s", what, c.why(ctx, err))})
	}
	return err == nil
}

// info asks what the engine says of itself.
func (c *conn) info(ctx context.Context, into *system.Info) error {
	got, err := c.api.Info(ctx)
	if errdefs.IsInvalidArgument(err) && c.moved(ctx, into) {
		return nil
	}
	if err == nil {
		*into = got
	}
	return err
}

// moved reads what Docker Desktop answers at an address that it has left: an error whose body is empty but for a label with the
// new one, which tells what it is.
func (c *conn) moved(ctx context.Context, into *system.Info) bool {
	var answered system.Info
	if c.read(ctx, "v"+c.api.ClientVersion()+"/info", &answered) != nil || !(desktop.Facts{Labels: answered.Labels}).IsDockerDesktop() {
		return false
	}
	*into = answered
	return true
}

// mostText bounds an answer that is read without the docker client, in bytes.
const mostText = 16 << 20

// read reads what the engine answers to a GET, with whatever status.
func (c *conn) read(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.ping, "_ping")+path, nil)
	if err != nil {
		return err
	}
	for name, value := range c.at.headers {
		req.Header.Set(name, value)
	}
	res, err := c.api.HTTPClient().Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(io.LimitReader(res.Body, mostText)).Decode(into)
}

// listed refuses a list that is not there: an engine without containers answers [], so that null is no answer at all.
func listed[T any](list []T, err error) ([]T, error) {
	if err == nil && list == nil {
		return nil, errNoList
	}
	return list, err
}

// swarm asks for the services that hold ports on every node. Only managers know them; an engine before API 1.42 does not
// say in its ping whether it is one.
func (c *conn) swarm(ctx context.Context, a *answers) []lint.Blind {
	worker := lint.Blind{What: blindSwarm, Why: "this node is a swarm worker, only managers know the ports of services"}
	state, role, _ := strings.Cut(a.hello.swarm, "/")
	if state == "inactive" || a.hello.podman() {
		return nil
	}
	if state != "" && role != "manager" {
		return []lint.Blind{worker}
	}

	list, err := c.api.ServiceList(ctx, swarm.ServiceListOptions{})
	switch {
	case err == nil:
		a.services = list
		return c.nodes(ctx, a)
	case errdefs.IsUnavailable(err) && strings.Contains(err.Error(), "Worker nodes"):
		return []lint.Blind{worker}
	case errdefs.IsUnavailable(err): // "This node is not a swarm manager"
	default:
		return []lint.Blind{{What: blindSwarm, Why: "the engine did not tell its swarm services: " + c.why(ctx, err)}}
	}

	return nil
}

// nodes counts the nodes of the swarm that take tasks.
func (c *conn) nodes(ctx context.Context, a *answers) []lint.Blind {
	list, err := c.api.NodeList(ctx, swarm.NodeListOptions{})
	if err != nil {
		return []lint.Blind{{What: blindSwarm, Why: "the engine did not tell the nodes of its swarm: " + c.why(ctx, err)}}
	}

	for _, n := range list {
		if n.Spec.Availability == swarm.NodeAvailabilityActive && n.Status.State == swarm.NodeStateReady {
			a.nodes++
		}
	}

	return nil
}

// swarmPorts are the ports of the services: as the swarm gave them, and before it has, as they were asked for. A number that is no
// port is a blind spot.
func swarmPorts(services []swarm.Service) (ports []lint.SwarmPort, blind []lint.Blind) {
	for _, s := range services {
		list := s.Endpoint.Ports
		if len(list) == 0 && s.Spec.EndpointSpec != nil {
			list = s.Spec.EndpointSpec.Ports
		}

		for _, p := range list {
			if p.PublishedPort >= 1<<16 {
				blind = append(blind, lint.Blind{What: blindSwarm, Why: fmt.Sprintf("the swarm named a port of %q that can't be read: %d", s.Spec.Name, p.PublishedPort)})
				continue
			}
			if p.PublishedPort == 0 {
				continue
			}

			port := lint.SwarmPort{Service: s.Spec.Name, Stack: s.Spec.Labels["com.docker.stack.namespace"], Proto: string(p.Protocol),
				Port: uint16(p.PublishedPort), Ingress: p.PublishMode != swarm.PortConfigPublishModeHost,
				Global: s.Spec.Mode.Global != nil || s.Spec.Mode.GlobalJob != nil}
			if r := s.Spec.Mode.Replicated; r != nil && r.Replicas != nil {
				port.Tasks = int(*r.Replicas)
			}
			ports = append(ports, port)
		}
	}
	return ports, blind
}

// networksOf are the networks of the list, with the subnets that the engine's own IPAM driver keeps for them. One that does not use
// IPv6 has no IPv6 subnet, even where engines before 27 list the one that was asked for. leases are those of Podman.
func networksOf(list []network.Summary, leases map[string]map[netip.Prefix]netip.Prefix, e lint.Engine) []lint.EngineNetwork {
	all := make([]lint.EngineNetwork, 0, len(list))
	for _, n := range list {
		one := lint.EngineNetwork{ID: n.ID, Name: n.Name, Driver: n.Driver, Internal: n.Internal, IPv6: n.EnableIPv6, Options: n.Options,
			Swarm: n.Scope == "swarm", Project: n.Labels[label+"project"], Key: n.Labels[label+"network"],
			Compared: n.Labels[label+"config-hash"] != ""}
		for _, c := range n.IPAM.Config {
			subnet, err := netip.ParsePrefix(c.Subnet)
			usesFamily := n.EnableIPv6 || e.KeepsIPv6() || subnet.Addr().Is4()
			if err == nil && n.IPAM.Driver == "default" && usesFamily {
				part, _ := netip.ParsePrefix(c.IPRange) // most have none
				part = cmp.Or(part.Masked(), leases[n.ID][subnet.Masked()])
				one.Subnets = append(one.Subnets, lint.ExistingSubnet{Driver: n.Driver, Prefix: subnet.Masked(), Range: part})
				one.Reserved = append(one.Reserved, reservedIn(c)...)
			}
		}

		all = append(all, one)
	}

	slices.SortFunc(all, func(a, b lint.EngineNetwork) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all
}

// reservedIn are the addresses that a network keeps from its containers, as the list names them.
func reservedIn(c network.IPAMConfig) []netip.Addr {
	var all []netip.Addr
	for _, written := range append([]string{c.Gateway}, slices.Sorted(maps.Values(c.AuxAddress))...) {
		bare, _, _ := strings.Cut(written, "/") // old engines write the prefix as well
		if ip, err := netip.ParseAddr(bare); err == nil {
			all = append(all, ip.Unmap())
		}
	}
	return all
}
