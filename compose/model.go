package compose

import (
	"go.yaml.in/yaml/v4"
)

// layer is what one mapping of one file says of a service.
type layer struct {
	file *file
	env  *environ
	kind string // lint.Layer.Kind
	key  *yaml.Node
	node *yaml.Node
}

// service is a service as far as the walk follows it: who wrote it, in merge order, and its `ports` items.
type service struct {
	name    string
	layers  []*layer
	items   []*item
	pending *layer // may hold an `extends` that is still to be followed
}

// over returns base with s merged over it, as extends, include and override files do: `ports` are appended.
func (s *service) over(base *service) *service {
	pending := s.pending
	if base.pending != nil && (pending == nil || pending.find("extends") == nil) {
		pending = base.pending // of another document of an extended file
	}
	return &service{
		name:    s.name,
		layers:  append(append([]*layer{}, base.layers...), s.layers...),
		items:   append(append([]*item{}, base.items...), s.items...),
		pending: pending,
	}
}

// services are the services of a load by name.
type services map[string]*service

// merge puts what a later file says over what is there.
func (m services) merge(later services) {
	for name, s := range later {
		if base, ok := m[name]; ok {
			s = s.over(base)
		}
		m[name] = s
	}
}

// maxVisits bounds the nodes that one document may cost, aliases counted as often as they are used: an alias bomb.
const maxVisits = 100_000

// entry is one key of a mapping.
type entry struct {
	key, value *yaml.Node
}

// entries lists the keys of a mapping with YAML merge keys applied: a key of its own wins, then the first merge. One with
// !reset is not there. Aliases are followed. visits is counted down; nothing more is listed below zero.
func entries(n *yaml.Node, visits *int) []entry {
	n = resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	seen := map[string]bool{}
	var out []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		if reset, _ := tagged(n.Content[i+1]); !reset && n.Content[i].Value != "<<" {
			seen[n.Content[i].Value] = true
			out = append(out, entry{n.Content[i], n.Content[i+1]})
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "<<" {
			out = addMerged(out, seen, n.Content[i+1], visits)
		}
	}
	*visits -= len(out)
	return out
}

func addMerged(out []entry, seen map[string]bool, merged *yaml.Node, visits *int) []entry {
	sources := []*yaml.Node{merged}
	if r := resolve(merged); r != nil && r.Kind == yaml.SequenceNode {
		sources = r.Content
	}
	for _, source := range sources {
		if *visits < 0 {
			return out
		}
		for _, e := range entries(source, visits) {
			if !seen[e.key.Value] {
				seen[e.key.Value] = true
				out = append(out, e)
			}
		}
	}
	return out
}

// get finds the value of a key; of a key written twice, the last.
func get(list []entry, key string) *yaml.Node {
	var found *yaml.Node
	for _, e := range list {
		if e.key.Value == key {
			found = e.value
		}
	}
	return found
}

// resolve follows aliases; nil for an alias that leads nowhere.
func resolve(n *yaml.Node) *yaml.Node {
	for range 64 {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}
