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

// Override writes a Compose file that, as the last of the project's files, gives it the host ports of another EngineShape of it, and
// changes nothing else. It replaces the ports of each service as a whole, because a list in an override file only adds to what is
// there: compose-go understands that from version 2.1 on, and Compose from 2.24.4 on. The head becomes a comment.
func (l Loaded) Override(head string, to Shape) ([]byte, error) {
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

	body := mapping()
	for _, name := range slices.Sorted(maps.Keys(services)) {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!override"}
		for _, p := range services[name] {
			var item yaml.Node
			if err := item.Encode(p); err != nil {
				return nil, fmt.Errorf("cannot write the ports of %q: %w", name, err)
			}
			withoutVariables(&item)
			list.Content = append(list.Content, &item)
		}
		body.Content = append(body.Content, word(name), mapping(word("ports"), list))
	}
	return yaml.Marshal(&yaml.Node{Kind: yaml.DocumentNode, HeadComment: head, Content: []*yaml.Node{mapping(word("services"), body)}})
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

func mapping(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: content}
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
