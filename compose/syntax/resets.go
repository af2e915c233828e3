package syntax

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// Document is one document of a file.
type Document struct {
	Root *yaml.Node
	Drop Resets
}

// Resets are the places of one document that carry !reset or !override: what was there before is dropped.
type Resets struct {
	All      bool
	Services map[string]bool
	Ports    map[string]bool
}

// newDocument reads the tags of a document. Source: compose-go loader/reset.go, ResetProcessor.
func newDocument(root *yaml.Node) Document {
	if !isTagged(root) {
		return Document{Root: root}
	}

	t := tags{below: map[*yaml.Node][]place{}}
	drop := Resets{Services: map[string]bool{}, Ports: map[string]bool{}}
	for _, at := range t.read(root) {
		switch {
		case at[0] != "services" || len(at) == 3 && at[2] != "ports":
		case len(at) == 1:
			drop.All = true
		case len(at) == 2:
			drop.Services[at[1]] = true
		default:
			drop.Ports[at[1]] = true
		}
	}
	t.forget(root, map[*yaml.Node]bool{})
	return Document{root, drop}
}

// isTagged reports whether any value below a node carries !reset or !override.
func isTagged(n *yaml.Node) bool {
	return n.Tag == "!reset" || n.Tag == "!override" || slices.ContainsFunc(n.Content, isTagged)
}

// place is the keys that lead to a value, without those of merges.
type place []string

// tags finds what carries a tag; below are the places below each mapping or sequence that was read.
type tags struct {
	below map[*yaml.Node][]place
}

// read lists the places below a node that carry a tag and can be those of `ports`.
func (t tags) read(n *yaml.Node) []place {
	if places, done := t.below[n]; done {
		return places
	}

	t.below[n] = nil // an alias inside its own anchor
	var places []place
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			places = append(places, t.child(strconv.Itoa(i), c)...)
		case n.Kind == yaml.MappingNode && i%2 == 1:
			places = append(places, t.child(n.Content[i-1].Value, c)...)
		}
	}
	t.below[n] = places
	return places
}

func (t tags) child(key string, value *yaml.Node) []place {
	if reset, override := Tagged(value); reset || override {
		return []place{{key}} // what is below is not read
	}

	value = Resolve(value)
	if value == nil {
		return nil
	}

	var places []place
	for _, p := range t.read(value) {
		switch {
		case key == "<<":
			places = append(places, p)
		case len(p) < 3:
			places = append(places, slices.Concat(place{key}, p))
		}
	}
	return places
}

// forget gives a tag that is never read, for it stands below an !override, a name that means nothing.
func (t tags) forget(n *yaml.Node, done map[*yaml.Node]bool) {
	if done[n] {
		return
	}

	done[n] = true
	_, read := t.below[n]
	for _, c := range n.Content {
		if !read && (c.Tag == "!reset" || c.Tag == "!override") {
			c.Tag = "!unread"
		}
		t.forget(c, done)
	}
}
