package lint

import "slices"

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

// busy are the host ports that something on the machine has or will take.
func (h *Host) busy() map[uint16]bool {
	out := map[uint16]bool{}
	if h == nil {
		return out
	}
	for p, is := range h.InUse {
		out[p] = is
	}
	for i := range h.Containers {
		for _, p := range append(slices.Clone(h.Containers[i].Bound), h.Containers[i].Wanted...) {
			out[p.Addr.Port()] = true
		}
	}
	for _, p := range h.Probes {
		out[p.Addr.Port()] = out[p.Addr.Port()] || p.Result != Free
	}
	for _, s := range h.Swarm {
		out[s.Port] = true
	}
	return out
}
