package compose

import (
	"cmp"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/mention"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

const hostBinding = "com.docker.network.bridge.host_binding_ipv4"

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
		return lint.Network{Publishing: lint.Ignored, Why: "only internal networks", Span: at, Silent: true, Name: engineName(project, names[0])}
	}

	switch driver := cmp.Or(gateway.Driver, builtin(gateway)); driver {
	case "macvlan", "ipvlan":
		return lint.Network{Publishing: lint.Ignored, Why: "network driver " + driver, Span: at, Silent: true, Name: engineName(project, names[0])}
	case "host", "none", "null":
		return lint.Network{Publishing: lint.Ignored, Why: "network driver " + driver, Span: at, Host: driver == "host"}
	}

	return lint.Network{Name: engineName(project, names[0]), HostIP: gateway.DriverOpts[hostBinding], IPv6: ipv6(gateway)}.WithModes(gateway.DriverOpts)
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

// addNetworks adds the networks and volumes of the project, and which of them its services use. A network or a volume is to the
// walk what a service is: a key that several files write below.
func (r *reader) addNetworks(project *types.Project) {
	written := sectionOfLayers(r.nets)
	for _, key := range slices.Sorted(maps.Keys(project.Networks)) {
		r.project.Networks = append(r.project.Networks, r.networkOf(key, project, written.named(key)))
	}

	written = sectionOfLayers(r.walker.volumes)
	for _, key := range slices.Sorted(maps.Keys(project.Volumes)) {
		found, v := written.named(key), project.Volumes[key]
		r.project.Volumes = append(r.project.Volumes, lint.ProjectVolume{Key: key, Span: found.key(), External: bool(v.External),
			Name: r.nameOf(cmp.Or(v.Name, project.Name+"_"+key), found), Device: r.value(v.DriverOpts["device"], found, "driver_opts", "device")})
	}
}

// sectionOfLayers are the keys below a top-level section, each with the mappings that write it.
func sectionOfLayers(layers []*layer) services {
	all := services{}
	for _, l := range layers {
		visits := syntax.MaxVisits
		for _, e := range syntax.Entries(l.node, &visits) {
			one := &service{name: e.Key.Value, layers: []*layer{{file: l.file, env: l.env, kind: l.kind, key: e.Key, node: e.Value}}}
			all.merge(services{one.name: one})
		}
	}
	return all
}

// named is what is written under a key, nothing where no file has it.
func (m services) named(key string) *service {
	if s := m[key]; s != nil {
		return s
	}
	return &service{name: key}
}

// nameOf is the name that a network or a volume has on the engine. An old way to write it is {external: {name: x}}.
func (r *reader) nameOf(final string, found *service) lint.Value {
	name := r.value(final, found, "name")
	if old := r.value(final, found, "external", "name"); !name.Span.Known() && old.Span.Known() {
		return old
	}
	return name
}

func (r *reader) networkOf(key string, project *types.Project, found *service) lint.ProjectNetwork {
	n := project.Networks[key]
	out := lint.ProjectNetwork{Key: key, Span: found.key(), Name: r.nameOf(engineName(project, key), found), External: bool(n.External),
		Driver: n.Driver, IPAM: n.Ipam.Driver, IPv6: ipv6(n), NoIPv4: n.EnableIPv4 != nil && !*n.EnableIPv4, Internal: n.Internal}
	for _, config := range n.Ipam.Config {
		if config != nil {
			out.Subnets = append(out.Subnets, r.subnetOf(config, found))
		}
	}
	return out
}

// subnetOf is an entry of `ipam.config` with its places. Files that write the same subnet write one entry.
// Source: compose-go override/merge.go, mergeIPAMConfig.
func (r *reader) subnetOf(config *types.IPAMPool, found *service) lint.Subnet {
	entry := &service{name: found.name}
	for _, l := range found.layers {
		list := l.find("ipam", "config")
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for _, n := range list.Content {
			one := &layer{file: l.file, env: l.env, kind: l.kind, key: l.key, node: n}
			if subnet := one.find("subnet"); subnet != nil && loadedText(l.env.expander().expandAll(subnet.Value)) == config.Subnet {
				entry.layers = append(entry.layers, one)
			}
		}
	}

	s := lint.Subnet{Subnet: r.value(config.Subnet, entry, "subnet"), Range: r.value(config.IPRange, entry, "ip_range"),
		Gateway: r.value(config.Gateway, entry, "gateway")}
	if len(config.AuxiliaryAddresses) > 0 {
		s.Reserved = map[string]lint.Value{}
	}
	for name, address := range config.AuxiliaryAddresses {
		s.Reserved[name] = r.value(address, entry, "aux_addresses", name)
	}
	return s
}

// attachments are the networks of the project that a service is on.
func (r *reader) attachments(config types.ServiceConfig, found *service) []lint.Attachment {
	if config.NetworkMode != "" || config.Provider != nil {
		return nil
	}

	keys := slices.Sorted(maps.Keys(config.Networks))
	if len(keys) == 0 {
		keys = []string{"default"}
	}
	out := make([]lint.Attachment, len(keys))
	for i, key := range keys {
		out[i].Network = key
		if on := config.Networks[key]; on != nil {
			out[i].IPv4 = r.value(on.Ipv4Address, found, "networks", key, "ipv4_address")
			out[i].IPv6 = r.value(on.Ipv6Address, found, "networks", key, "ipv6_address")
		}
	}
	return out
}

// volumesOf are the keys of the project's volumes that a service uses.
func volumesOf(config types.ServiceConfig, project *types.Project) []string {
	keys := map[string]bool{}
	for _, v := range config.Volumes {
		if _, defined := project.Volumes[v.Source]; v.Type == types.VolumeTypeVolume && defined {
			keys[v.Source] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// pathsOf are the absolute paths of the machine that a service mounts and may write to. What is written as a relative path is another one
// in every checkout.
func (r *reader) pathsOf(config types.ServiceConfig, found *service) []lint.Value {
	var out []lint.Value
	for _, v := range config.Volumes {
		if v.Type != types.VolumeTypeBind || v.ReadOnly {
			continue
		}
		at, absolute := found.bindOf(v)
		known := slices.ContainsFunc(out, func(o lint.Value) bool { return o.Text == v.Source })
		if !absolute || known {
			continue
		}
		value := at.value()
		if value.Text = v.Source; strings.Contains(v.Source, placeholder) {
			value.Text = ""
		}
		if said := r.secrets.written(value.Text, value.Written); said != value.Text {
			value.Title = said
		}
		out = append(out, value)
	}
	return out
}

// bindOf is the item that mounts a path of the machine, and whether the path is absolute there.
func (s *service) bindOf(v types.ServiceVolumeConfig) (at scalar, absolute bool) {
	for _, l := range slices.Backward(s.layers) {
		list := l.find("volumes")
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for _, n := range list.Content {
			n = syntax.Resolve(n)
			visits := syntax.MaxVisits
			long := n != nil && n.Kind == yaml.MappingNode
			if long {
				n = syntax.Resolve(syntax.Lookup(n, "source", &visits))
			}
			if n == nil || n.Kind != yaml.ScalarNode {
				continue
			}

			written := newScalar(l.file, l.env, n)
			source, rest, _ := strings.Cut(written.loaded(), ":")
			target, _, _ := strings.Cut(rest, ":")
			home, fromHome := strings.CutPrefix(source, "~")

			isIt := strings.HasPrefix(source, "/") && path.Clean(source) == path.Clean(v.Source) ||
				fromHome && strings.HasSuffix(v.Source, path.Clean("/"+home))
			if isIt && (long || path.Clean(target) == path.Clean(v.Target)) {
				return written, true
			}
		}
	}
	return scalar{}, false
}

// maxAddresses bounds the places that are kept.
const maxAddresses = 100

// addAddresses finds the places of the Compose files and env files that name an address in a subnet of the project, other than
// the subnets and fixed addresses themselves. Comments are left out.
func (r *reader) addAddresses() {
	subnets := r.project.OwnSubnets()
	if len(subnets) == 0 {
		return
	}

	var known []lint.Span
	for _, n := range r.project.Networks {
		for _, s := range n.Subnets {
			for _, v := range slices.AppendSeq([]lint.Value{s.Subnet, s.Range, s.Gateway}, maps.Values(s.Reserved)) {
				known = append(known, v.Span)
			}
		}
	}
	for _, s := range r.project.Services {
		for _, a := range s.Networks {
			known = append(known, a.IPv4.Span, a.IPv6.Span)
		}
	}
	texts := maps.Clone(r.project.EnvTexts)
	for _, path := range r.order {
		if f := r.walker.files[path]; !f.Private {
			texts[path] = f.Text
		}
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		r.addAddressesOf(path, texts[path], subnets, coverOf(known))
	}
}

func (r *reader) addAddressesOf(path string, text []byte, subnets []netip.Prefix, known cover) {
	for _, m := range mention.Addresses(path, text, subnets) {
		noted := known.has(m.Span) || slices.ContainsFunc(r.project.Addresses, func(o lint.AddressMention) bool { return o.Span == m.Span })
		if !noted && len(r.project.Addresses) < maxAddresses {
			r.project.Addresses = append(r.project.Addresses, m)
		}
	}
}
