package syntax

import (
	"go.yaml.in/yaml/v4"
)

// MaxVisits bounds the nodes that one document may cost, aliases counted as often as they are used: an alias bomb.
const MaxVisits = 100_000

// Entry is one key of a mapping.
type Entry struct {
	Key, Value *yaml.Node
}

// Entries lists the keys of a mapping with YAML merge keys applied: a key of its own wins, then the first merge. One with
// !reset is not there. Aliases are followed. visits is counted down; nothing more is listed below zero.
func Entries(n *yaml.Node, visits *int) []Entry {
	n = Resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}

	seen := map[string]bool{}
	var out []Entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		if reset, _ := Tagged(n.Content[i+1]); !reset && n.Content[i].Value != "<<" {
			seen[n.Content[i].Value] = true
			out = append(out, Entry{n.Content[i], n.Content[i+1]})
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

func addMerged(out []Entry, seen map[string]bool, merged *yaml.Node, visits *int) []Entry {
	sources := []*yaml.Node{merged}
	if r := Resolve(merged); r != nil && r.Kind == yaml.SequenceNode {
		sources = r.Content
	}

	for _, source := range sources {
		if *visits < 0 {
			return out
		}
		for _, e := range Entries(source, visits) {
			if !seen[e.Key.Value] {
				seen[e.Key.Value] = true
				out = append(out, e)
			}
		}
	}
	return out
}

// Get finds the value of a key; of a key written twice, the last.
func Get(list []Entry, key string) *yaml.Node {
	var found *yaml.Node
	for _, e := range list {
		if e.Key.Value == key {
			found = e.Value
		}
	}
	return found
}

// Lookup is Get of all Entries. A key of the mapping's own is found without a list of them, so that looking up each of many keys
// costs no lists.
func Lookup(n *yaml.Node, key string, visits *int) *yaml.Node {
	n = Resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}

	var found *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if reset, _ := Tagged(n.Content[i+1]); n.Content[i].Value == key && !reset && key != "<<" {
			found = n.Content[i+1]
		}
	}
	if found != nil {
		return found
	}
	return Get(Entries(n, visits), key)
}

// Resolve follows aliases; nil for an alias that leads nowhere.
func Resolve(n *yaml.Node) *yaml.Node {
	for range 64 {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// Tagged reports whether a node, or what its alias means, carries !reset or !override.
func Tagged(n *yaml.Node) (reset, override bool) {
	for _, m := range []*yaml.Node{n, Resolve(n)} {
		if m != nil {
			reset = reset || m.Tag == "!reset"
			override = override || m.Tag == "!override"
		}
	}
	return reset, override
}
