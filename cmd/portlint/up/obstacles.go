package up

import (
	"slices"

	"github.com/portlint/portlint/lint"
)

// What is in the way of an `up` are its findings that are certain. Each is about one thing that may have another value: the project's name,
// an item of ports, a container name, a network's name, a subnet.

// certain are the findings with which this `up` would fail whatever happens.
func (s *state) certain() []lint.Finding {
	return slices.DeleteFunc(slices.Clone(s.found), func(f lint.Finding) bool { return f.Certainty != lint.Certain })
}

// blocked reports whether there are any.
func (s *state) blocked() bool { return len(s.certain()) > 0 }

// isSameName reports whether a finding is about the containers of another checkout with the project's name.
func isSameName(f lint.Finding) bool { return f.Rule == "same-project-name" }

// sameName reports whether this `up` would make the containers of another checkout its own.
func (s *state) sameName() bool { return slices.ContainsFunc(s.certain(), isSameName) }

// portsOnly reports whether nothing but ports is in the way.
func (s *state) portsOnly() bool {
	return !slices.ContainsFunc(s.certain(), func(f lint.Finding) bool { return f.Name != nil })
}

// isImplied reports whether a finding is about a name that Compose makes of the project's.
func isImplied(f lint.Finding) bool {
	return (f.Rule == "name-in-use" || f.Rule == "network-in-use") && f.Name != nil && !f.Name.Span.Known()
}

// itemOf is the item of the files that a finding is about: a port that only a stopped container asks for is in no file.
func (s *state) itemOf(f lint.Finding) (lint.Item, bool) {
	if f.Binding == nil || f.Rule == "unusable-ports" || len(s.project.Defects) > 0 {
		return lint.Item{}, false
	}
	service := s.project.Service(f.Binding.Service)
	if service == nil {
		return lint.Item{}, false
	}
	it := service.Item(f.Binding)
	for i := range service.Bindings {
		if it.Written() && slices.Contains(it.Bindings, &service.Bindings[i]) {
			return it, true
		}
	}
	return lint.Item{}, false
}

// textRules are the rules about names and subnets that somebody else has.
var textRules = [...]string{"name-in-use", "subnet-in-use", "network-in-use"}

// textOf is the container name, the name of a network or the subnet that a finding says somebody else has, written or made by Compose. Of
// a service with several containers none can be named.
func (s *state) textOf(f lint.Finding) (lint.EngineText, bool) {
	if !slices.Contains(textRules[:], f.Rule) || f.Name == nil || len(s.project.Defects) > 0 {
		return lint.EngineText{}, false
	}

	for _, t := range s.project.AllTexts() {
		container := t.Kind == lint.NameOfContainer
		at := t.Kind == f.Name.Kind && t.Span == f.Name.Span
		switch {
		case !at || container && t.Service != f.Service:
		case t.Implied() && container && s.plan.Named(f.Service) > 1:
		case t.Implied() && !container && t.Text != f.Name.Text:
		default:
			return t, true
		}
	}
	return lint.EngineText{}, false
}

// textAt is the text of a project at a path.
func textAt(p *lint.Project, path string) lint.EngineText {
	for _, t := range p.AllTexts() {
		if t.Path == path {
			return t
		}
	}
	return lint.EngineText{}
}
