package plugin

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// ensure is the object at a key, which is added at the end when it is not there. Depth is how many braces it is in.
func ensure(o *hujson.Object, key string, depth int) *hujson.Object {
	if i := find(o, key); i >= 0 {
		if c, ok := o.Members[i].Value.Value.(*hujson.Object); ok {
			return c
		}
	}

	c := &hujson.Object{}
	m := add(o, key, c, depth)
	if lines(m.Name.BeforeExtra) {
		c.AfterExtra = slices.Clone(m.Name.BeforeExtra)
	}
	return c
}

// set adds a string at the end.
func set(o *hujson.Object, key, text string, depth int) {
	add(o, key, hujson.String(text), depth)
}

// add writes a member at the end of an object in the style of the members before it, or of the braces around it.
func add(o *hujson.Object, key string, v hujson.ValueTrimmed, depth int) hujson.ObjectMember {
	m := hujson.ObjectMember{Name: hujson.Value{Value: hujson.String(key)}, Value: hujson.Value{BeforeExtra: []byte(" "), Value: v}}
	switch {
	case len(o.Members) > 0:
		last := o.Members[len(o.Members)-1]
		m.Name.BeforeExtra = slices.Clone(last.Name.BeforeExtra)
		if len(o.Members) == 1 && len(m.Name.BeforeExtra) == 0 {
			m.Name.BeforeExtra = slices.Clone(last.Value.BeforeExtra) // {"a": 1, "b": 2}, but {"a":1,"b":2}
		}
		m.Value.BeforeExtra = slices.Clone(last.Value.BeforeExtra)
	case lines(o.AfterExtra):
		m.Name.BeforeExtra = deeper(o.AfterExtra, depth)
	}

	o.Members = append(o.Members, m)
	return m
}

func lines(extra hujson.Extra) bool { return bytes.ContainsRune(extra, '\n') }

// deeper is the line break before a member, made of the one before the closing brace: one step further in.
func deeper(closing hujson.Extra, depth int) hujson.Extra {
	at := bytes.LastIndexByte(closing, '\n') + 1
	indent := closing[at:]
	step := []byte("\t")
	if outer := depth - 1; outer > 0 && len(indent) >= outer {
		step = indent[:len(indent)/outer]
	}
	return slices.Concat(closing[max(0, bytes.LastIndexByte(closing[:at-1], '\n')+1):at], indent, step)
}

// remove takes a member away, with the line break and the comma that came with it.
func remove(o *hujson.Object, key string) {
	i := find(o, key)
	if i < 0 {
		return
	}

	o.Members = slices.Delete(o.Members, i, i+1)
	if n := len(o.Members); n > 0 && o.Members[n-1].Value.AfterExtra != nil { // else a comma would be left
		o.AfterExtra = slices.Concat(o.Members[n-1].Value.AfterExtra, o.AfterExtra)
		o.Members[n-1].Value.AfterExtra = nil
	}
}

// find is the place of a key, -1 for none. Like docker, it takes the last one, in capitals or not.
func find(o *hujson.Object, key string) int {
	if o == nil {
		return -1
	}

	for i := len(o.Members) - 1; i >= 0; i-- {
		if name, ok := o.Members[i].Name.Value.(hujson.Literal); ok && strings.EqualFold(name.String(), key) {
			return i
		}
	}
	return -1
}
