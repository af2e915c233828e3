package compose

import (
	"github.com/portlint/portlint/compose/syntax"
	"go.yaml.in/yaml/v4"
)

// layer is what one mapping of one file says of a service.
type layer struct {
	file *syntax.File
	env  *environ
	kind string // lint.Layer.Kind
	key  *yaml.Node
	node *yaml.Node
}

// service is what the walk follows of a service: who wrote it, in merge order, and its `ports` items.
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

// reset drops what a document resets. Source: compose-go loader/reset.go, ResetProcessor.Apply.
func (m services) reset(r syntax.Resets) {
	for name := range m {
		if r.All || r.Services[name] {
			delete(m, name)
			continue
		}
		m[name] = m[name].under(r, name)
	}
}

// under is a service that the one of that name extends, or is included below it: the tag of a whole service does not
// reach it. Source: compose-go loader/extends.go, applyServiceExtends; include.go, importResource.
func (s *service) under(r syntax.Resets, name string) *service {
	if !r.Ports[name] {
		return s
	}
	return &service{name: s.name, layers: s.layers, pending: s.pending}
}
