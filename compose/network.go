package compose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/lint"
)

const (
	hostBinding = "com.docker.network.bridge.host_binding_ipv4"
	gatewayMode = "com.docker.network.bridge.gateway_mode_ipv4"
)

// network decides what becomes of the ports of a service.
// Source: moby daemon/libnetwork/sandbox.go, Endpoint.Less; daemon/libnetwork/drivers/bridge/port_mapping_linux.go;
// runconfig/hostconfig.go, validateNetContainerMode.
func network(c types.ServiceConfig, project *types.Project, found *service) lint.Network {
	mode := c.NetworkMode
	switch {
	case c.Provider != nil:
		return lint.Network{Publishing: lint.Ignored, Why: "provider", Span: found.span("provider")}
	case mode == "host" || mode == "none":
		return lint.Network{Publishing: lint.Ignored, Why: "network_mode: " + mode, Span: found.span("network_mode"), Host: mode == "host"}
	case strings.HasPrefix(mode, types.ServicePrefix) || strings.HasPrefix(mode, types.ContainerPrefix):
		return lint.Network{Publishing: lint.Refused, Why: "network_mode: " + mode, Span: found.span("network_mode")}
	case strings.Contains(mode, placeholder):
		return lint.Network{Varies: "network_mode rests on a variable that nothing gives a value"}
	case mode != "":
		return lint.Network{Name: mode}
	}
	return attached(c, project, found)
}

// attached looks at the network that is the container's gateway, the one that publishes its ports.
func attached(c types.ServiceConfig, project *types.Project, found *service) lint.Network {
	names := slices.Collect(maps.Keys(c.Networks))
	if len(names) == 0 {
		names = []string{"default"}
	}

	slices.SortFunc(names, func(a, b string) int {
		x, y := project.Networks[a], project.Networks[b]
		return cmp.Or(
			cmp.Compare(priority(c, b), priority(c, a)),
			compareBool(x.Internal, y.Internal),
			compareBool(!ipv6(x), !ipv6(y)),
			cmp.Compare(engineName(project, a), engineName(project, b)),
			cmp.Compare(a, b),
		)
	})

	gateway := project.Networks[names[0]]
	at := found.span("networks")
	if gateway.Internal {
		return lint.Network{Publishing: lint.Ignored, Why: "only internal networks", Span: at}
	}

	switch driver := cmp.Or(gateway.Driver, builtin(gateway)); driver {
	case "macvlan", "ipvlan", "host", "none", "null":
		return lint.Network{Publishing: lint.Ignored, Why: "network driver " + driver, Span: at, Host: driver == "host"}
	}

	n := lint.Network{Name: engineName(project, names[0]), HostIP: gateway.DriverOpts[hostBinding], IPv6: ipv6(gateway)}
	if gateway.DriverOpts[gatewayMode] == "routed" {
		n.Varies = lint.Routed
	}
	return n
}

// builtin is the driver of the engine's own networks, which an external network may name.
func builtin(n types.NetworkConfig) string {
	if bool(n.External) && (n.Name == "host" || n.Name == "none") {
		return n.Name
	}
	return ""
}

// engineName is the name of a network in the engine, its own or one made of the project's.
func engineName(project *types.Project, key string) string {
	return cmp.Or(project.Networks[key].Name, project.Name+"_"+key)
}

func priority(c types.ServiceConfig, name string) int {
	if n := c.Networks[name]; n != nil {
		return n.GatewayPriority
	}
	return 0
}

func ipv6(n types.NetworkConfig) bool { return n.EnableIPv6 != nil && *n.EnableIPv6 }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
