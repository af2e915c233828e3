package freeport

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"iter"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/subnet"
)

// takenText is a name or a subnet that somebody has.
type takenText struct {
	leases.Text
	prefix netip.Prefix // of a subnet
	why    string       // who, as a sentence
}

func newTakenText(kind lint.NameKind, text, why string) takenText {
	t := takenText{Text: leases.Text{Kind: string(kind), Text: text}, why: why}
	if kind == lint.NameOfSubnet {
		t.prefix, _ = netip.ParsePrefix(text)
	}
	return t
}

// excludes reports whether only one of two can be had.
func (t takenText) excludes(o takenText) bool {
	if t.prefix.IsValid() && o.prefix.IsValid() {
		return t.prefix.Overlaps(o.prefix)
	}
	return t.Text == o.Text
}

// whatIsNamed is what names and subnets keep away from.
type whatIsNamed struct {
	machine    []takenText // what others have on the engine and on its machine: it beats even an own lease
	neighbours []takenText // in other projects around
	siblings   []takenText // in the project's other working trees
	own        []takenText // of the files of the project, by their paths in why
	pools      []takenText // what the engine gives out by itself
}

// lookForTexts collects what others have; ours are the containers that a name may be taken from. Without a host it is what the
// projects around have.
func (p *Picker) lookForTexts(project *lint.Project, host *lint.Host, ours func(*lint.Container) bool) {
	n, pools := &p.named, subnet.DefaultPools()
	if host != nil {
		n.machine = textsOnMachine(host, ours)
		if ofEngine := host.Engine.AddressPools; len(ofEngine) > 0 {
			pools = ofEngine
		}
	}
	for _, pool := range pools {
		n.pools = append(n.pools, newTakenText(lint.NameOfSubnet, pool.Base.String(), fmt.Sprintf("the engine gives out subnets of %s", pool.Base)))
	}

	for _, t := range project.EngineTexts() {
		n.own = append(n.own, newTakenText(t.Kind, t.Text, t.Path))
	}
	n.neighbours, n.siblings = textsOf(p.around.Neighbours), textsOf(p.around.Siblings)
}

// textsOnMachine are the names and subnets that an engine and its machine have.
func textsOnMachine(host *lint.Host, ours func(*lint.Container) bool) []takenText {
	var out []takenText
	for i := range host.Containers {
		if c := &host.Containers[i]; !ours(c) {
			out = append(out, newTakenText(lint.NameOfContainer, c.Name, fmt.Sprintf("container %q has that name", c.Name)))
		}
	}

	var existing []netip.Prefix
	for i := range host.Networks {
		o := &host.Networks[i]
		for _, s := range o.Subnets {
			existing = append(existing, s.Prefix.Masked())
		}
		if isOwnNetwork(o, host, ours) {
			continue
		}
		out = append(out, newTakenText(lint.NameOfNetwork, o.Name, fmt.Sprintf("there is a network %q", o.Name)))
		for _, s := range o.Subnets {
			out = append(out, newTakenText(lint.NameOfSubnet, s.Prefix.String(), fmt.Sprintf("network %q has %s", o.Name, s.Prefix)))
		}
	}

	for _, s := range dockerapi.Subnets(host) {
		if !slices.Contains(existing, s) {
			out = append(out, newTakenText(lint.NameOfSubnet, s.String(), fmt.Sprintf("this machine reaches %s by itself", s)))
		}
	}
	return out
}

// isOwnNetwork reports whether a network is the project's, and no containers of a project of that name are another checkout's.
func isOwnNetwork(o *lint.EngineNetwork, host *lint.Host, ours func(*lint.Container) bool) bool {
	return o.Project != "" && ours(&lint.Container{Project: o.Project}) &&
		!slices.ContainsFunc(host.Containers, func(c lint.Container) bool { return c.Project == o.Project && !ours(&c) })
}

// textsOf are the names and subnets of other projects.
func textsOf(projects []*lint.Project) []takenText {
	var out []takenText
	for _, p := range projects {
		for _, t := range p.EngineTexts() {
			if isOfSlot(t) && t.Text != "" {
				out = append(out, newTakenText(t.Kind, t.Text, fmt.Sprintf("project %q in %q has it", p.Label(), p.Dir)))
			}
		}
	}
	return out
}

// AvoidTexts keeps away from texts of a slot, even where they are this checkout's.
func (p *Picker) AvoidTexts(s TextSlot, texts map[string]string, why string) {
	all := s.taking(texts)
	for i := range all {
		all[i].why = why
	}
	p.named.machine = append(p.named.machine, all...)
}

// taking are the names and subnets among texts, by path.
func (s TextSlot) taking(texts map[string]string) []takenText {
	var out []takenText
	for _, t := range s.Texts {
		if isOfSlot(t) {
			out = append(out, newTakenText(t.Kind, texts[t.Path], ""))
		}
	}
	return out
}

// firstMet says who has one of some texts already, "" for nobody.
func firstMet(all []takenText, lists ...[]takenText) string {
	for _, list := range lists {
		for _, o := range list {
			if slices.ContainsFunc(all, o.excludes) {
				return o.why
			}
		}
	}
	return ""
}

// assignedTo says to whom portlint has given one of some texts, "" for nobody but a key of this project.
func (p *Picker) assignedTo(tx *leases.Tx, key string, all []takenText) string {
	for _, l := range tx.Texts {
		if l.OwnedBy(p.dir, p.project) && l.Key == key {
			continue
		}
		for _, t := range l.Texts {
			if slices.ContainsFunc(all, newTakenText(lint.NameKind(t.Kind), t.Text, "").excludes) {
				return "portlint gave it to " + p.whoseText(l)
			}
		}
	}
	return ""
}

func (p *Picker) whoseText(l leases.TextLease) string {
	if l.OwnedBy(p.dir, p.project) {
		return fmt.Sprintf("%q of this checkout", l.Key)
	}
	return fmt.Sprintf("project %q in %q", l.Project, l.Dir)
}

// ownOthers are the texts of the project's files that a slot does not give.
func (p *Picker) ownOthers(s TextSlot) []takenText {
	return slices.DeleteFunc(slices.Clone(p.named.own), func(o takenText) bool {
		return o.Text.Text == "" || slices.ContainsFunc(s.Texts, func(t lint.EngineText) bool { return t.Path == o.why })
	})
}

// PickText finds a value that nobody has: what the checkout was given before for the slot, if it can be had, else the first one that
// nothing speaks against. Nobody else will be given it as long as the checkout is there.
func (p *Picker) PickText(ctx context.Context, s TextSlot) (value string, err error) {
	err = p.Update(ctx, func(tx *leases.Tx) error {
		if value, err = p.answerText(tx, s); err == nil {
			p.giveText(tx, s, value)
		}
		return err
	})
	return value, err
}

// InheritText lets a variable have what was given to the text in whose place it stands now, unless it has something already.
func (p *Picker) InheritText(ctx context.Context, variable, path string) error {
	return p.Update(ctx, func(tx *leases.Tx) error {
		p.leasedText(tx, path)
		if _, had := p.leasedText(tx, variable); !had {
			tx.RekeyText(p.dir, p.project, path, variable)
		}
		return nil
	})
}

func (p *Picker) leasedText(tx *leases.Tx, key string) (leases.TextLease, bool) {
	if p.Named || p.project == "" {
		return tx.TextOf(p.dir, p.project, key)
	}
	return tx.AdoptText(p.dir, p.project, p.files, key, func(project string) bool { return p.beside[project] })
}

func (p *Picker) giveText(tx *leases.Tx, s TextSlot, value string) {
	l := leases.TextLease{Value: value, Tenant: leases.Tenant{Dir: p.dir, Project: p.project, Named: p.Named, Files: p.files, Key: s.Key()}}
	for _, t := range s.taking(s.With(value)) {
		l.Texts = append(l.Texts, t.Text)
	}
	if p.Unwritten {
		tx.GiveTextFor(l, UnwrittenTime)
	} else {
		tx.GiveText(l)
	}
}

func (p *Picker) answerText(tx *leases.Tx, s TextSlot) (string, error) {
	if _, why := s.Elsewhere(); why != "" {
		return "", Unmovable(fmt.Sprintf("%s can't be another one: %s", s.label(), why))
	}
	if old, had := p.leasedText(tx, s.Key()); had && p.keepsText(tx, s, old.Value) == "" {
		return old.Value, nil
	}

	last := ""
	for _, pools := range [][]takenText{p.named.pools, nil} { // a variable may leave no other choice than what the engine gives out
		for value := range p.candidates(s) {
			texts := s.With(value)
			all := s.taking(texts)
			why := firstMet(all, pools, p.named.machine, p.named.neighbours, p.named.siblings, p.ownOthers(s), p.named.own)
			if why == "" {
				why = p.assignedTo(tx, s.Key(), all)
			}
			if why == "" {
				why = s.parts(texts)
			}
			if why == "" {
				return value, nil
			}
			last = fmt.Sprintf("; the last that was tried: %s, %s", value, why)
		}
	}
	return "", Unmovable(fmt.Sprintf("nobody's value was found for %s%s", s.label(), last))
}

// keepsText says what speaks against a value that is the checkout's already, "" when nothing does.
func (p *Picker) keepsText(tx *leases.Tx, s TextSlot, value string) string {
	texts := s.With(value)
	why := firstMet(s.taking(texts), p.named.machine, p.ownOthers(s))
	if why == "" {
		why = p.assignedTo(tx, s.Key(), s.taking(texts))
	}
	if why == "" {
		why = s.parts(texts)
	}
	return why
}

// label names the slot for people.
func (s TextSlot) label() string {
	if s.Variable != "" {
		return s.Variable
	}
	return fmt.Sprintf("%s %q", s.Texts[0].Kind, s.Texts[0].Label())
}

// candidates are values for a slot, the same ones every day in a checkout.
func (p *Picker) candidates(s TextSlot) iter.Seq[string] {
	_, today := s.subnet()
	if !today.IsValid() {
		return slices.Values(p.otherTexts(s.Value()))
	}
	return func(yield func(string) bool) {
		for to := range subnetsLike(today, p.seed(s.Key())) {
			if value, ok := s.at(to); ok && to != today && !yield(value) {
				return
			}
		}
	}
}

// Elsewhere is another value, whoever has it, "" with the reason where no other one is possible.
func (s TextSlot) Elsewhere() (value, why string) {
	if why := s.Stays(); why != "" {
		return "", why
	}
	_, today := s.subnet()
	if !today.IsValid() {
		return s.Value() + "-elsewhere", ""
	}

	why = fmt.Sprintf("no other subnet fits, whatever %s is", s.label())
	tries := 0
	for to := range subnetsLike(today, 0) {
		value, ok := s.at(to)
		if !ok || to == today {
			continue
		}
		if why = s.parts(s.With(value)); why == "" {
			return value, ""
		}
		if tries++; tries == 16 { // what stays behind does so whatever the subnet is
			break
		}
	}
	return "", why
}

// otherTexts are names for the checkout made of one: with the name of its directory without the project's, and with a number made of
// its path.
func (p *Picker) otherTexts(base string) []string {
	dir := p.dir
	if p.around.Root != "" {
		dir = p.around.Root
	}
	tree := strings.TrimPrefix(compose.ProjectName(filepath.Base(dir)), p.Base+"-")
	numbered := fmt.Sprintf("%s-%08x", base, uint32(p.seed("")))
	if tree == "" || tree == p.Base || tree == base {
		return []string{numbered}
	}
	return []string{base + "-" + tree, numbered}
}

// seed is a number made of the checkout's path and a key.
func (p *Picker) seed(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.dir + "\x00" + key)) // a hash never fails
	return h.Sum64()
}

// privateRanges are where IPv4 subnets are taken from, the first with room. Source: RFC 1918.
func privateRanges() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")}
}

// mostSubnets bounds how many subnets of one range are looked at.
const mostSubnets = 1 << 18

// subnetsLike are subnets of the size of one, from a place on that a seed gives.
func subnetsLike(today netip.Prefix, seed uint64) iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		if today.Addr().Is6() {
			for to := range subnets6Like(today, seed) {
				if !yield(to) {
					return
				}
			}
			return
		}
		within, _ := today.Addr().Prefix(8) // always long enough
		for _, r := range append(privateRanges(), within) {
			for to := range cut(r, today.Bits(), seed) {
				if !yield(to) {
					return
				}
			}
		}
	}
}

// cut are the subnets of a length in an IPv4 range, each once, in an order that begins at a place that a seed gives.
func cut(r netip.Prefix, length int, seed uint64) iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		if length < r.Bits() {
			return
		}
		base4 := r.Addr().As4()
		base, n := binary.BigEndian.Uint32(base4[:]), uint64(1)<<(length-r.Bits())
		for i := range min(n, mostSubnets) {
			var raw [4]byte
			binary.BigEndian.PutUint32(raw[:], base|uint32((seed+i)%n)<<(32-length))
			if !yield(netip.PrefixFrom(netip.AddrFrom4(raw), length)) {
				return
			}
		}
	}
}

// mostSubnets6 bounds how many numbers are tried for one part of an IPv6 subnet.
const mostSubnets6 = 1 << 12

// subnets6Like are unique local subnets, then those that differ from today's in one of its parts. Source: RFC 4193.
func subnets6Like(today netip.Prefix, seed uint64) iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		for i := range uint64(mostSubnets6) {
			var raw [16]byte
			binary.BigEndian.PutUint64(raw[:], (seed+i*0x9e3779b97f4a7c15)&^0xffff)
			raw[0] = 0xfd
			if to := netip.PrefixFrom(netip.AddrFrom16(raw), today.Bits()).Masked(); !yield(to) {
				return
			}
		}
		for part := 1; 16*(part+1) <= today.Bits(); part++ {
			for i := range uint64(mostSubnets6) {
				raw := today.Addr().As16()
				binary.BigEndian.PutUint16(raw[2*part:], uint16(seed+i))
				if !yield(netip.PrefixFrom(netip.AddrFrom16(raw), today.Bits())) {
					return
				}
			}
		}
	}
}
