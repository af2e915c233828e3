package lint

import (
	"fmt"
	"slices"
)

var fixedSubnet = Rule{
	Name: "fixed-subnet", Severity: Info, Certainty: Certain,
	Summary: "a literal subnet that keeps a second checkout from starting",
	Check:   checkFixedSubnet,
}

// checkFixedSubnet looks at the networks that each checkout makes for itself. One with a literal `name:` is made once: the next
// checkout uses it as it is, and its subnet is in nobody's way.
func checkFixedSubnet(p *Pass) {
	for i := range p.Project.Networks {
		n := &p.Project.Networks[i]
		if !p.Project.uses(n) || n.sharedByName() {
			continue
		}
		for _, r := range n.requests() {
			if !r.value.Literal() || !r.value.Span.Known() {
				continue
			}
			f := r.finding(fmt.Sprintf("%s is fixed; a second checkout cannot start beside this one", r.title()))
			f.Related = p.overlapsElsewhere(r)
			f.Fixes = []Fix{advise("leave `ipam` and the addresses in it out, and let the engine choose; services reach each other by name")}
			p.Report(f)
		}
	}
}

// uses reports whether any service is on a network of the project.
func (p *Project) uses(n *ProjectNetwork) bool {
	return slices.ContainsFunc(p.Services, func(s Service) bool { return s.attachment(n.Key) != nil })
}

// attachment is how a service is on a network of that key, nil where it is not.
func (s *Service) attachment(key string) *Attachment {
	i := slices.IndexFunc(s.Networks, func(a Attachment) bool { return a.Network == key })
	if i < 0 {
		return nil
	}
	return &s.Networks[i]
}

// sharedByName reports whether every checkout means the same network of the engine, whatever its project is called.
func (n *ProjectNetwork) sharedByName() bool {
	return n.External || n.Name.Literal() && n.Name.Span.Known()
}

// overlapsElsewhere are the subnets of other projects in sight that can't be had beside this one.
func (p *Pass) overlapsElsewhere(r subnetRequest) []Related {
	var out []Related
	for _, other := range p.Projects {
		if other.Dir == p.Project.Dir {
			continue
		}
		for i := range other.Networks {
			n := &other.Networks[i]
			if !other.uses(n) || n.sharedByName() {
				continue
			}
			for _, o := range n.requests() {
				if r.Refused(o.kept()) && o.value.Span != r.value.Span {
					out = append(out, Related{Message: fmt.Sprintf("%s in project %q overlaps with it", o.title(), other.Label()), Span: o.value.Span})
				}
			}
		}
	}
	return out
}
