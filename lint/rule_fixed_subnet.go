package lint

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/envfile"
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
			f := r.finding(r.title() + " is fixed")
			f.shorter = []string{fmt.Sprintf("subnet %s is fixed", r.value.Label())}
			f.note(NoteWhy, aloneHere)
			f.Related = p.overlapsElsewhere(r)
			f.Related = append(f.Related, p.staleAddresses(r)...)
			f.Fixes = []Fix{p.subnetFix(r)}
			p.Report(f)
		}
	}
}

// subnetFix makes the beginning of a subnet a variable, in the subnet and in every address in it: 10.5.0 of 10.5.0.0/24, 10.5 of
// 10.5.0.0/16.
func (p *Pass) subnetFix(r subnetRequest) Fix {
	const otherwise = "; or leave `ipam` and the addresses in it out, and let the engine choose"
	part, rest := r.beginning()
	if part == "" {
		return advise("write a variable for what differs between checkouts, in the subnet and in each address in it: " + rest + otherwise)
	}

	name := p.suggester.subnetVariable(p.Project, r.network.Key)
	fix := Fix{Safety: Safe, Title: fmt.Sprintf("write %s%s", withDefault(name, part), strings.TrimPrefix(r.value.Text, part))}
	seen := map[Span]bool{}
	for _, v := range p.Project.valuesIn(r) {
		if seen[v.Span] {
			continue
		}
		seen[v.Span] = true
		edits, ok := v.replaceBeginning(part, withDefault(name, part))
		if !ok {
			return advise(fmt.Sprintf("write %s in the place of %s, in the subnet and in each address in it; %s is not a plain text%s", withDefault(name, part), part, v.Label(), otherwise))
		}
		fix.Edits = append(fix.Edits, edits...)
		fix.Moves = append(fix.Moves, Move{Item: v.Span, Name: v.Text, Part: part, Var: name, New: true})
	}
	if n := len(fix.Moves) - 1; n > 0 {
		fix.Title += fmt.Sprintf(", and the same in %s", addresses(n))
	}

	fix.Edits = sortEdits(append(fix.Edits, p.exampleOf(r.value.Span.File, envfile.Var{Name: name, Value: part}, "beginning of the subnet of "+r.network.label())...))
	return fix
}

func addresses(n int) string {
	if n == 1 {
		return "the address in it"
	}
	return fmt.Sprintf("the %d addresses in it", n)
}

// beginning is the part of the subnet that all addresses in it begin with, in whole numbers, "" where there is none that leaves
// room for other subnets; why says why.
func (r subnetRequest) beginning() (part, why string) {
	bytes := r.Prefix.Addr().As4
	switch {
	case r.Prefix.Addr().Is6():
		return "", "IPv6 addresses can be written in many ways"
	case r.Prefix.Bits() < 16:
		return "", "other subnets as wide as " + r.Prefix.String() + " are rare"
	}

	b := bytes()
	part = fmt.Sprintf("%d.%d", b[0], b[1])
	if r.Prefix.Bits() >= 24 {
		part += fmt.Sprintf(".%d", b[2])
	}
	return part, ""
}

// valuesIn are all texts of the project that are the subnet or lie in it: of the network, and of the services on it.
func (p *Project) valuesIn(r subnetRequest) []Value {
	var out []Value
	for _, s := range r.network.Subnets {
		if s.Subnet.Span == r.value.Span {
			out = append(out, s.Subnet, s.Range, s.Gateway)
			for _, host := range slices.Sorted(maps.Keys(s.Reserved)) {
				out = append(out, s.Reserved[host])
			}
		}
	}
	for i := range p.Services {
		if on := p.Services[i].attachment(r.network.Key); on != nil {
			if ip, err := netip.ParseAddr(on.IPv4.Text); err == nil && r.Prefix.Contains(ip) {
				out = append(out, on.IPv4)
			}
		}
	}
	return slices.DeleteFunc(out, func(v Value) bool { return v.Written == "" })
}

// replaceBeginning writes another text in the place of the beginning of a value. There is no way where its bytes can't be cut out,
// or do not begin so.
func (v Value) replaceBeginning(part, text string) ([]Edit, bool) {
	plain := v.Inside != (Span{}) && v.Written == v.Text && v.Literal()
	if !plain || !strings.HasPrefix(v.Written, part+".") {
		return nil, false
	}
	edit := Edit{Span: Span{v.Inside.File, v.Inside.Start, v.Inside.Start + len(part)}, New: text}
	if v.Style.Quote == 0 && v.Style.Flow {
		return quote(edit, v.Inside), true
	}
	return []Edit{edit}, true
}

// staleAddresses are the other places of the project that name an address in the subnet, and stay behind when it moves.
func (p *Pass) staleAddresses(r subnetRequest) []Related {
	var out []Related
	for _, a := range p.Project.Addresses {
		if r.Prefix.Contains(a.IP) {
			out = append(out, Related{Message: fmt.Sprintf("%s is named here, too, and stays", a.IP), Span: a.Span})
		}
	}
	return out
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
				if p.engine().refusesSubnet(r.Request, o.asExisting()) && o.value.Span != r.value.Span {
					out = append(out, Related{Message: fmt.Sprintf("%s in project %q overlaps with it", o.title(), other.Label()), Span: o.value.Span})
				}
			}
		}
	}
	return out
}
