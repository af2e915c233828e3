package freeport

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// TextSlot is a value of a project, other than a port, that can be another one: what a variable gives, or a text of the files. It gives
// container names, and with them names of networks and volumes, or subnets with the addresses in them.
type TextSlot struct {
	Variable string            // "" for a text of the files
	Texts    []lint.EngineText // that it gives, at least one
	project  *lint.Project
}

// TextVars are the variables that give container names, names of networks or subnets of a project, by name, and how many of these
// are texts of the files, or made of several variables, and no variable can give them another value.
func TextVars(p *lint.Project) (vars []TextSlot, fixed int) {
	byName := map[string][]lint.EngineText{}
	for _, t := range p.EngineTexts() {
		if name, _, _, ok := t.SplitAtVariable(); ok {
			byName[name] = append(byName[name], t)
		} else if !t.FollowsProject() && (t.Kind == lint.NameOfContainer || t.Kind == lint.NameOfSubnet) {
			fixed++
		}
	}

	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if slices.ContainsFunc(byName[name], isOfSlot) {
			vars = append(vars, TextSlot{name, byName[name], p})
		}
	}
	return vars, fixed
}

// isOfSlot reports whether a text is why one gives a project another value: volumes and addresses only follow.
func isOfSlot(t lint.EngineText) bool {
	return t.Kind == lint.NameOfContainer || t.Kind == lint.NameOfNetwork || t.Kind == lint.NameOfSubnet
}

// TextVarOf is the variable of a name that gives such texts of a project.
func TextVarOf(p *lint.Project, name string) (TextSlot, bool) {
	vars, _ := TextVars(p)
	at := slices.IndexFunc(vars, func(v TextSlot) bool { return v.Variable == name })
	if at < 0 {
		return TextSlot{}, false
	}
	return vars[at], true
}

// FixedText is the slot of a text as it stands, whatever variables are in it, or whether Compose makes it: a name alone, a subnet with
// the addresses in it.
func FixedText(p *lint.Project, path string) (TextSlot, bool) {
	all := p.AllTexts()
	at := slices.IndexFunc(all, func(t lint.EngineText) bool { return t.Path == path })
	if at < 0 || !isOfSlot(all[at]) {
		return TextSlot{}, false
	}

	s := TextSlot{Texts: []lint.EngineText{all[at]}, project: p}
	within, err := netip.ParsePrefix(all[at].Text)
	if all[at].Kind != lint.NameOfSubnet {
		return s, true
	}
	if err != nil {
		return s, false
	}

	for _, t := range all {
		onNetwork := t.Kind == lint.NameOfAddress && t.Network == all[at].Network
		if onNetwork && within.Contains(addressOf(t.Text)) {
			s.Texts = append(s.Texts, t)
		}
	}
	return s, true
}

// addressOf is an address, or the first one of a range; zero for anything else.
func addressOf(text string) netip.Addr {
	text, _, _ = strings.Cut(text, "/")
	addr, _ := netip.ParseAddr(text)
	return addr
}

// Key names the slot: the same in every reading of the project, and no other slot has it.
func (s TextSlot) Key() string {
	if s.Variable != "" {
		return s.Variable
	}
	return s.Texts[0].Path
}

// Value is what the variable is today, or the text.
func (s TextSlot) Value() string {
	t := s.Texts[0]
	if s.Variable == "" {
		return t.Text
	}
	_, before, after, _ := t.SplitAtVariable()
	return t.Text[len(before) : len(t.Text)-len(after)]
}

// Origin tells where its value comes from.
func (s TextSlot) Origin() lint.Origin { return s.Texts[0].From }

// OfKind are the texts of a kind that it gives, as they are today.
func (s TextSlot) OfKind(kind lint.NameKind) []lint.EngineText {
	return slices.DeleteFunc(slices.Clone(s.Texts), func(t lint.EngineText) bool { return t.Kind != kind })
}

// subnet is the first subnet that it gives, zero where it gives names.
func (s TextSlot) subnet() (lint.EngineText, netip.Prefix) {
	for _, t := range s.OfKind(lint.NameOfSubnet) {
		if p, err := netip.ParsePrefix(t.Text); err == nil {
			return t, p.Masked()
		}
	}
	return lint.EngineText{}, netip.Prefix{}
}

// With are the texts that a value gives, by path.
func (s TextSlot) With(value string) map[string]string {
	out := map[string]string{}
	for _, t := range s.Texts {
		if _, before, after, ok := t.SplitAtVariable(); ok && s.Variable != "" {
			out[t.Path] = before + value + after
		} else {
			out[t.Path] = s.shifted(t, value)
		}
	}
	return out
}

// shifted is what a text of the files becomes where the slot does: what lies in a subnet keeps its place in it.
func (s TextSlot) shifted(t lint.EngineText, value string) string {
	_, from := s.subnet()
	to, err := netip.ParsePrefix(value)
	if t.Path == s.Texts[0].Path || err != nil {
		return value
	}

	bytes, base, start := addressOf(t.Text).AsSlice(), from.Addr().AsSlice(), to.Masked().Addr().AsSlice()
	for i := range bytes {
		bytes[i] = bytes[i] ^ base[i] ^ start[i]
	}
	addr, _ := netip.AddrFromSlice(bytes)
	if _, length, isRange := strings.Cut(t.Text, "/"); isRange {
		return addr.String() + "/" + length
	}
	return addr.String()
}

// at is the value with which the first subnet becomes another one; ok is false where no value does that.
func (s TextSlot) at(to netip.Prefix) (value string, ok bool) {
	t, _ := s.subnet()
	if s.Variable == "" {
		return to.String(), true
	}

	_, before, after, _ := t.SplitAtVariable()
	text := to.String()
	if len(text) <= len(before)+len(after) || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, after) {
		return "", false
	}
	return text[len(before) : len(text)-len(after)], true
}

// Stays says why another value would do more than it should, "" where nothing is known against it.
func (s TextSlot) Stays() string {
	names := slices.ContainsFunc(s.Texts, func(t lint.EngineText) bool { return t.Kind == lint.NameOfContainer || t.Kind == lint.NameOfNetwork })
	_, subnet := s.subnet()
	switch {
	case names && subnet.IsValid():
		return "it gives names and a subnet"
	case s.Variable == "":
		return s.reached()
	}

	for _, b := range s.project.Bindings() {
		if b.Var == s.Variable || b.TargetVar == s.Variable {
			return fmt.Sprintf("it gives %q a port too", b.Service)
		}
	}
	for _, n := range s.project.Networks {
		if n.External && strings.Contains(n.Name.Written, "$") && n.Name.Var == s.Variable {
			return fmt.Sprintf("it names the external network %q too", n.Key)
		}
	}
	for _, t := range s.Texts {
		_, before, after, _ := t.SplitAtVariable()
		if t.Text != before+s.Value()+after {
			return "its defaults differ, and one value would make them the same"
		}
	}
	return ""
}

// reached says which service needs the container by the name that a text of the files gives it.
func (s TextSlot) reached() string {
	for _, o := range s.project.Services {
		for _, r := range o.Reaches {
			if s.Texts[0].Kind == lint.NameOfContainer && r.Name == s.Texts[0].Text {
				return fmt.Sprintf("%q needs the container by that name, in %s", o.Name, r.Key)
			}
		}
	}
	return ""
}

// parts reports whether a subnet of the project comes apart from its addresses: some follow it to the texts, by path, and others stay.
func (s TextSlot) parts(texts map[string]string) string {
	subnets, addresses := map[string][2][]netip.Prefix{}, []lint.EngineText{}
	now := func(t lint.EngineText) string {
		if text, moved := texts[t.Path]; moved {
			return text
		}
		return t.Text
	}
	for _, t := range s.project.EngineTexts() {
		switch t.Kind {
		case lint.NameOfAddress:
			addresses = append(addresses, t)
		case lint.NameOfSubnet:
			both := subnets[t.Network]
			for i, text := range []string{t.Text, now(t)} {
				if p, err := netip.ParsePrefix(text); err == nil {
					both[i] = append(both[i], p)
				}
			}
			subnets[t.Network] = both
		}
	}

	for _, t := range addresses {
		of := subnets[t.Network]
		was := slices.ContainsFunc(of[0], func(p netip.Prefix) bool { return p.Contains(addressOf(t.Text)) })
		is := slices.ContainsFunc(of[1], func(p netip.Prefix) bool { return p.Contains(addressOf(now(t))) })
		if was && !is {
			return fmt.Sprintf("%s of network %q is %s, which would no longer be in its subnet", t.Key, t.Network, t.Label())
		}
	}
	return ""
}
