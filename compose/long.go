package compose

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// longPort are the values of the mapping form; one that is not written has no node.
type longPort struct {
	target, published, hostIP, protocol, mode scalar
}

func newLongPort(f *syntax.File, env *environ, n *yaml.Node) longPort {
	visits := syntax.MaxVisits
	members := syntax.Entries(n, &visits)
	value := func(key string) scalar {
		v := syntax.Resolve(syntax.Get(members, key))
		if v == nil || v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
			return scalar{}
		}
		return newScalar(f, env, v)
	}
	return longPort{value("target"), value("published"), value("host_ip"), value("protocol"), value("mode")}
}

// long reads the mapping form. compose-go passes it through without a look at the numbers; the engine looks.
func (it *item) long(n *yaml.Node, style lint.Style) reading {
	p := newLongPort(it.layer.file, it.layer.env, n)
	if p.target.node == nil {
		return it.refuse(it.layer.file.Span(n), "this port has no `target`, the container port", "")
	}
	if at, reason, byEngine := p.fault(); reason != "" {
		r := it.refuse(at, reason, "")
		r.invalid.ByEngine = byEngine
		return r
	}

	style.Quote = p.published.quote
	b := it.longBinding(p, n, style)
	config := p.config()
	set(&b, config.HostIP, config.Published, config.Target, config.Protocol)
	p.blank(&b)
	b.Unset = append(unsetNames(p.hostIP.raw, it.layer.env), unsetNames(p.published.raw, it.layer.env)...)
	unique := uniqueKey(config.HostIP, p.publishedValue(), config.Target, config.Protocol)
	if b.Unknown {
		unique += " " + b.HostText // two variables without a value are two ports
	}

	var r reading
	if config.Target == 0 {
		r = it.refuse(p.target.span(), "0 is not a container port", "")
		r.invalid.Since, r.invalid.ByEngine = lint.RefusesContainerPort0, true
	}
	r.bound = []bound{{key: keyOf(config), unique: unique, binding: b}}
	return r
}

// longBinding is what the text of the item says.
func (it *item) longBinding(p longPort, n *yaml.Node, style lint.Style) lint.Binding {
	b := lint.Binding{Entry: it.layer.file.Span(n), Style: style, HostText: p.published.raw}
	it.places(&b)
	visits := syntax.MaxVisits
	if b.Label = text(it.layer.env, syntax.Lookup(n, "name", &visits)); b.Label == "" {
		b.Label = labelOf(n)
	}
	if p.hostIP.raw != "" {
		b.HostText = p.hostIP.raw + ":" + p.published.raw
	}
	if p.published.node != nil {
		t := p.published.trace(field{0, len(p.published.expanded)})
		b.Var, b.From, b.Text = t.name, t.origin, p.published.raw
		if p.published.exact {
			b.Port = p.published.content
		}
	}

	b.HostMode = p.mode.expanded == "host"
	b.TargetVar = p.target.trace(field{0, len(p.target.expanded)}).name
	return b
}

// config is the port as compose-go gets it.
func (p longPort) config() types.ServicePortConfig {
	target, _ := p.containerPort()
	proto := p.protocol.loaded()
	if p.protocol.node == nil {
		proto = "tcp"
	}
	return types.ServicePortConfig{HostIP: p.hostIP.loaded(), Published: p.published.loaded(), Target: uint32(target), Protocol: proto}
}

// containerPort reads `target` as compose-go does: a quoted one by strconv.Atoi, and 080, which YAML takes for a float,
// passes for an integer.
func (p longPort) containerPort() (int, error) {
	var v float64
	if p.target.node.ShortTag() == "!!float" && p.target.node.Decode(&v) == nil && v == math.Trunc(v) {
		return int(v), nil
	}
	return strconv.Atoi(p.target.loaded())
}

// publishedValue is `published` with the type that compose-go sees: nil, int or string, which differ in its key.
func (p longPort) publishedValue() any {
	if p.published.node == nil {
		return nil
	}
	if p.published.node.ShortTag() == "!!int" {
		v, _ := strconv.Atoi(p.published.expanded)
		return v
	}
	return p.published.loaded()
}

// blank takes out what rests on a variable that nothing gives.
func (p longPort) blank(b *lint.Binding) {
	if isUnknown(p.published.expanded) || isUnknown(p.hostIP.expanded) {
		b.Unknown, b.Ports = true, lint.Ports{}
	}
	if isUnknown(p.hostIP.expanded) {
		b.HostIP = netip.Addr{}
	}
	if isUnknown(p.target.expanded) {
		b.Target = 0
	}
}

// fault finds what Compose, or only the engine, refuses in the mapping form.
func (p longPort) fault() (at lint.Span, reason string, byEngine bool) {
	for _, s := range []scalar{p.target, p.published, p.hostIP, p.protocol} {
		if s.bad {
			return s.place(field{0, len(s.expanded)}), fmt.Sprintf("%q is not an expression that Compose knows", s.raw), false
		}
	}
	if port, err := p.containerPort(); err != nil || port < 0 || port > 65535 {
		return p.target.span(), fmt.Sprintf("target %q is not a container port from 1 to 65535", p.target.allWords()), err == nil
	}
	if text := p.published.expanded; !isUnknown(text) {
		if _, err := portRange(text); err != nil {
			return p.published.span(), "published " + rangeFault(p.published.allWords(), text, err), true
		}
	}
	if p.hostIP.node != nil && !isUnknown(p.hostIP.expanded) {
		if _, err := netip.ParseAddr(p.hostIP.expanded); err != nil {
			return p.hostIP.span(), fmt.Sprintf("host_ip %q is not an IP address", p.hostIP.allWords()), false
		}
	}
	if proto := strings.ToLower(p.protocol.expanded); !isUnknown(proto) && proto != "" && !knownProto(proto) {
		return p.protocol.span(), fmt.Sprintf("unknown protocol %q, expected tcp, udp or sctp", p.protocol.allWords()), true
	}
	return lint.Span{}, "", false
}

// span is the scalar with its quotes.
func (s scalar) span() lint.Span { return s.file.Span(s.node) }

func knownProto(p string) bool { return p == "tcp" || p == "udp" || p == "sctp" }
