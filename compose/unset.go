package compose

import (
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint"
)

// unsetNames are the variables of a text that nothing gives a value, and for which nothing stands in, each once.
func unsetNames(raw string, env *environ) []string {
	segments, _ := split(raw)
	x := env.expander()
	var names []string
	for _, s := range segments {
		if s.name == "" || s.op == "+" || s.op == ":+" {
			continue
		}
		value, set := x.get(s.name)
		empty := value == "" && (s.op == ":-" || s.op == ":?")
		switch {
		case set && !empty:
		case s.hasDefault():
			names = append(names, unsetNames(s.arg, env)...)
		default:
			names = append(names, s.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// addUnset notes the variables without a value on which a host port rests that `up` would publish, each once.
func (r *reader) addUnset() {
	seen := map[string]bool{}
	for _, s := range r.project.Services {
		if !s.Active || s.Network.Publishing != lint.Published {
			continue
		}
		for _, b := range s.Bindings {
			for _, name := range b.Unset {
				if b.Unknown && !seen[name] {
					seen[name] = true
					value := "..."
					if name == b.Var && b.From.Unused.Text != "" {
						value = b.From.Unused.Text
					}
					r.project.Blind = append(r.project.Blind, lint.Blind{What: "${" + name + "}", Span: b.Span(),
						Why: fmt.Sprintf("nothing gives it a value; write %s=%s in .env", name, value)})
				}
			}
		}
	}
}

// addHostNetworks notes the services that open ports on the machine itself: which ones is in no file.
func (r *reader) addHostNetworks() {
	for _, s := range r.project.Services {
		if s.Active && s.Network.Host {
			r.project.Blind = append(r.project.Blind, lint.Blind{What: fmt.Sprintf("ports of %q", s.Name), Span: s.Network.Span, AfterUp: true,
				Why: "in the network of the host its processes open ports that no file names"})
		}
	}
}
