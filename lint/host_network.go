package lint

const (
	hostBindingIPv4 = "com.docker.network.bridge.host_binding_ipv4"
	gatewayModeIPv4 = "com.docker.network.bridge.gateway_mode_ipv4"
)

// network is a service's network as the engine has it: what the files don't say, an existing network does, and the
// engine's settings for one that is still to be made.
func (h *Host) network(n Network) Network {
	if h == nil || n.Publishing != Published {
		return n
	}
	options, ipv6 := h.Engine.NetworkOptions, n.IPv6
	if on, exists := h.Networks[n.Name]; exists && n.Name != "" {
		if why := on.silent(); why != "" {
			n.Publishing, n.Why = Ignored, why
		}
		options, ipv6 = on.Options, on.IPv6
	}
	if n.HostIP == "" {
		n.HostIP = options[hostBindingIPv4]
	}
	if options[gatewayModeIPv4] == "routed" {
		n.Varies = Routed
	}
	n.NoIPv6 = h.Engine.NoProxy && !ipv6
	n.V4Only = h.Engine.V4Only && !ipv6 || n.NoIPv6
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
