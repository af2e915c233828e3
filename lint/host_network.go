package lint

const hostBindingIPv4 = "com.docker.network.bridge.host_binding_ipv4"

// network is a service's network as the engine has it: what the files don't say, an existing network does.
func (h *Host) network(n Network) Network {
	if h == nil || n.Publishing != Published {
		return n
	}
	on, exists := h.Networks[n.Name]
	if exists && n.Name != "" {
		if why := on.silent(); why != "" {
			n.Publishing, n.Why = Ignored, why
		}
		if n.HostIP == "" {
			n.HostIP = on.Options[hostBindingIPv4]
		}
	}
	n.V4Only = h.Engine.V4Only && !on.IPv6
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
