package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/lint"
)

// Override writes a Compose file that, as the last of the project's files, gives it the host ports, names and subnets of another
// EngineShape of it, and changes nothing else. It replaces the ports of each service and the `ipam.config` of each network as a whole,
// because a list in an override file only adds to what is there: compose-go understands that from version 2.1 on, and Compose from
// 2.24.4 on. The head becomes a comment.
func (l Loaded) Override(head string, to Shape) ([]byte, error) {
	ports, err := l.movedPorts(to)
	if err != nil {
		return nil, err
	}

	body := mappings{}
	for _, name := range slices.Sorted(maps.Keys(ports)) {
		list, err := overriding(ports[name])
		if err != nil {
			return nil, fmt.Errorf("cannot write the ports of %q: %w", name, err)
		}
		body.set(list, "services", name, "ports")
	}
	if err := l.moveTexts(body, to); err != nil {
		return nil, err
	}
	if len(body) == 0 {
		body["services"] = mappings{}
	}
	return yaml.Marshal(&yaml.Node{Kind: yaml.DocumentNode, HeadComment: head, Content: []*yaml.Node{body.node()}})
}

// movedPorts are all ports of the services of which some are others in the EngineShape.
func (l Loaded) movedPorts(to Shape) (map[string][]types.ServicePortConfig, error) {
	services := map[string][]types.ServicePortConfig{}
	for name, ports := range l.EngineShape().partial.ports {
		moved := to.partial.ports[name]
		if len(moved) != len(ports) {
			return nil, fmt.Errorf("other host ports for %q: it has %d ports, not %d", name, len(ports), len(moved))
		}
		loaded := l.portsOf(name)
		list := slices.Clone(loaded)
		for nth, b := range l.bindings(name) {
			if moved[nth].published == ports[nth].published {
				continue
			}
			at := slices.IndexFunc(loaded, func(p types.ServicePortConfig) bool { return isOf(p, &b) })
			if at < 0 {
				return nil, fmt.Errorf("the port %s of %q is not among those that Compose loads", b.Want(), name)
			}
			list[at].Published, services[name] = moved[nth].published, list
		}
	}
	return services, nil
}

// moveTexts adds the names and subnets that are others in the EngineShape.
func (l Loaded) moveTexts(body mappings, to Shape) error {
	pools := map[string][]types.IPAMPool{}
	for _, t := range l.Project.AllTexts() {
		moved, known := to.partial.names[t.Path]
		if !known || moved.text == t.Text {
			continue
		}
		switch text := literal(moved.text); {
		case t.Service != "" && t.Network != "":
			body.set(text, "services", t.Service, "networks", t.Network, t.Key)
		case t.Service != "":
			body.set(text, "services", t.Service, t.Key)
		case t.Kind == lint.NameOfNetwork:
			body.set(text, "networks", t.Network, t.Key)
		case t.Kind == lint.NameOfVolume:
			body.set(text, "volumes", t.Volume, t.Key)
		default:
			if pools[t.Network] == nil {
				pools[t.Network] = l.poolsOf(t.Network)
			}
			setIn(&pools[t.Network][t.Entry], t.Key, moved.text)
		}
	}

	for _, key := range slices.Sorted(maps.Keys(pools)) {
		list, err := overriding(pools[key])
		if err != nil {
			return fmt.Errorf("cannot write the subnets of network %q: %w", key, err)
		}
		body.set(list, "networks", key, "ipam", "config")
	}
	return nil
}

// poolsOf are the entries of `ipam.config` of a network, to be changed.
func (l Loaded) poolsOf(key string) []types.IPAMPool {
	var out []types.IPAMPool
	for _, config := range l.model.Networks[key].Ipam.Config {
		if config != nil {
			pool := *config
			pool.AuxiliaryAddresses = maps.Clone(pool.AuxiliaryAddresses)
			out = append(out, pool)
		}
	}
	return out
}

// setIn gives an entry of `ipam.config` another text; what is no other key is a host of `aux_addresses`.
func setIn(pool *types.IPAMPool, key, text string) {
	switch key {
	case "subnet":
		pool.Subnet = text
	case "ip_range":
		pool.IPRange = text
	case "gateway":
		pool.Gateway = text
	default:
		pool.AuxiliaryAddresses[key] = text
	}
}

// overriding is a list that stands in the place of the one below it.
func overriding[T any](items []T) (*yaml.Node, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!override"}
	for _, item := range items {
		var n yaml.Node
		if err := n.Encode(item); err != nil {
			return nil, err
		}
		withoutVariables(&n)
		list.Content = append(list.Content, &n)
	}
	return list, nil
}

// mappings are mappings below mappings: what is no other one is a node.
type mappings map[string]any

// set puts a node at the end of a path.
func (s mappings) set(n *yaml.Node, path ...string) {
	for _, key := range path[:len(path)-1] {
		below, ok := s[key].(mappings)
		if !ok {
			below = mappings{}
			s[key] = below
		}
		s = below
	}
	s[path[len(path)-1]] = n
}

// node is all of it, by key.
func (s mappings) node() *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		n, ok := s[key].(*yaml.Node)
		if !ok {
			n = s[key].(mappings).node()
		}
		out.Content = append(out.Content, word(key), n)
	}
	return out
}

// literal is a text in which Compose finds no variable.
func literal(text string) *yaml.Node {
	n := word(text)
	withoutVariables(n)
	return n
}

func (l Loaded) portsOf(service string) []types.ServicePortConfig {
	if s, ok := l.model.Services[service]; ok {
		return s.Ports
	}
	return l.model.DisabledServices[service].Ports
}

// isOf reports whether a loaded port is a binding.
func isOf(p types.ServicePortConfig, b *lint.Binding) bool {
	var loaded lint.Binding
	set(&loaded, p.HostIP, p.Published, p.Target, p.Protocol)
	return loaded.Ports == b.Ports && loaded.Target == b.Target && loaded.Proto == b.Proto && loaded.HostIP == b.HostIP
}

func word(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	return n
}

// withoutVariables writes a dollar sign so that Compose reads a dollar sign.
func withoutVariables(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		n.Value = strings.ReplaceAll(n.Value, "$", "$$")
	}
	for _, c := range n.Content {
		withoutVariables(c)
	}
}
