package compose

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
	"go.yaml.in/yaml/v4"
)

// placeholder stands for an unknown value where compose-go loads the project: a number that is a port, a name and an
// integer at once.
const placeholder = "61803"

// item is one entry under `ports`, as written.
type item struct {
	layer *layer
	ports *yaml.Node // the key
	node  *yaml.Node // the entry; an alias is not followed
	value *yaml.Node // the value of the key; an alias is not followed
	list  *yaml.Node // the sequence
}

// bound is one port that an item publishes.
type bound struct {
	key     portKey
	unique  string // compose-go's key of the port within its service; a later port with the same key wins
	partial bool   // a part of it rests on a variable that nothing gives
	binding lint.Binding
}

// portKey is what the final project tells of a port.
type portKey struct {
	hostIP, published string
	target            uint32
	protocol          string
}

func keyOf(c types.ServicePortConfig) portKey {
	return portKey{c.HostIP, c.Published, c.Target, c.Protocol}
}

// reading is what one item means. It has both where only some engines refuse the item.
type reading struct {
	bound   []bound
	invalid *lint.InvalidPort
}

// read parses an item the way compose-go does. Source: transform/ports.go, override/uncity.go.
func (it *item) read() reading {
	n := syntax.Resolve(it.node)
	f, env := it.layer.file, it.layer.env
	style := lint.Style{Flow: (it.list.Style|n.Style)&yaml.FlowStyle != 0}
	switch {
	case n.Kind == yaml.MappingNode:
		style.Long = true
		return it.long(n, style)
	case n.Kind != yaml.ScalarNode:
		return it.refuse(f.Span(n), "a list, expected a port or a mapping", "")
	}

	switch tag := n.ShortTag(); {
	case tag == "!!str" || tag == "!!int" || !strings.HasPrefix(tag, "!!"): // a tag of its own makes a text
		s := newScalar(f, env, n)
		style.Quote = s.quote
		return it.short(s, env, style)
	default:
		return it.refuse(f.Span(n), fmt.Sprintf("%q is not a port: YAML reads it as %s, expected a string or an integer",
			n.Value, strings.TrimPrefix(tag, "!!")), "")
	}
}

func (it *item) refuse(at lint.Span, reason, replaced string) reading {
	n := syntax.Resolve(it.node)
	if it.layer.file.Private {
		return reading{invalid: &lint.InvalidPort{Span: at, Entry: it.layer.file.Span(n), Reason: "it is not what Compose takes for a port"}}
	}
	return reading{invalid: &lint.InvalidPort{Span: at, Entry: it.layer.file.Span(n), Text: it.text(), Reason: reason,
		Replaced: replaced}}
}

// text is the item as written, on one line.
func (it *item) text() string {
	n := syntax.Resolve(it.node)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return strings.TrimSpace(n.Value)
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0:
		visits := syntax.MaxVisits
		var members []string
		for _, e := range syntax.Entries(n, &visits) {
			members = append(members, e.Key.Value+": "+it.written(syntax.Resolve(e.Value)))
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return it.written(n)
}

// written is a node as the file has it, on one line.
func (it *item) written(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	span := it.layer.file.Span(n)
	return strings.Join(strings.Fields(string(it.layer.file.Text[span.Start:span.End])), " ")
}

// short reads HOST:CONTAINER/PROTO.
func (it *item) short(s scalar, env *environ, style lint.Style) reading {
	if s.bad {
		return it.refuseExpression(s)
	}

	fields := splitFields(s.expanded)
	configs, err := types.ParsePortConfig(s.loaded())
	if err != nil && !isUnknown(s.expanded) {
		return it.refuseShort(s, fields, err)
	}
	if err != nil {
		configs = knownParts(fields)
	}

	base := it.binding(s, fields, style)
	base.Unset = unsetNames(s.raw, env)
	if len(base.Unset) > 0 {
		if _, err := types.ParsePortConfig(strings.ReplaceAll(s.expanded, unknown, "")); err != nil {
			base.Refusal, _, _ = strings.Cut(err.Error(), ": ") // what follows may hold values
		}
	}

	var r reading
	for _, c := range configs {
		b := bound{key: keyOf(c), binding: base}
		var published any // an absent one is nil, as in compose-go's own key
		if c.Published != "" {
			published = c.Published
		}
		b.unique = uniqueKey(c.HostIP, published, c.Target, c.Protocol)
		set(&b.binding, c.HostIP, c.Published, c.Target, c.Protocol)
		blank(&b.binding, fields)
		if b.partial = isUnknown(s.expanded); b.partial {
			b.unique += " " + s.raw // two variables without a value are two ports
		}
		if part, reason := refusedLater(&b.binding, s, fields); reason != "" {
			return it.refuse(s.place(part), reason, "")
		}
		r.bound = append(r.bound, b)
	}
	return r
}

// width is how many ports the item publishes, by the range on its container side.
func (it *item) width() int {
	n := syntax.Resolve(it.node)
	if n.Kind != yaml.ScalarNode {
		return 1
	}
	fields := splitFields(it.layer.env.expander().expandAll(n.Value))
	target, err := portRange(fields.text(fields.target))
	if err != nil {
		return 1
	}
	return max(target.Width(), 1)
}

// uniqueKey is compose-go's override/uncity.go, portIndexer.
func uniqueKey(hostIP string, published any, target uint32, protocol string) string {
	if hostIP == "" {
		hostIP = "0.0.0.0"
	}
	return fmt.Sprintf("%s:%s:%d/%s", hostIP, published, target, protocol)
}

// set fills in what the final project says of a port.
func set(b *lint.Binding, hostIP, published string, target uint32, protocol string) {
	b.HostIP, _ = netip.ParseAddr(hostIP)
	b.HostIP = b.HostIP.WithZone("") // any text may stand there
	b.Ports, _ = portRange(published)
	b.Target = uint16(target)
	b.Proto = strings.ToLower(protocol)
	if b.Proto == "" {
		b.Proto = "tcp"
	}
}

// portRange reads "8080" or "8080-8090", and leaves a protocol behind it out; there is none in "" and "0".
func portRange(s string) (lint.Ports, error) {
	s, _, _ = strings.Cut(s, "/")
	if s == "" {
		return lint.Ports{}, nil
	}
	return lint.ParsePorts(s)
}

// blank takes out what rests on a variable that nothing gives. A range of host ports is a pool or as many fixed ports,
// depending on the container side.
func blank(b *lint.Binding, f fields) {
	target := isUnknown(f.text(f.target))
	hostSide := isUnknown(f.text(f.host)) || isUnknown(f.text(f.ip))
	poolOrNot := target && b.Pool()
	if hostSide || isUnknown(f.text(f.proto)) || poolOrNot {
		b.Unknown, b.Ports = true, lint.Ports{}
	}
	if isUnknown(f.text(f.ip)) {
		b.HostIP = netip.Addr{}
	}
	if isUnknown(f.text(f.proto)) {
		b.Proto, b.HostText = "tcp", ""
	}
	if target {
		b.Target = 0
	}
}

// knownParts reads what does not rest on a variable, where a placeholder for it does not fit.
func knownParts(f fields) []types.ServicePortConfig {
	proto := f.text(f.proto)
	if proto == "" || isUnknown(proto) {
		proto = "tcp"
	}

	configs := []types.ServicePortConfig{{Protocol: proto}}
	if target := f.text(f.target); !isUnknown(target) {
		if parsed, err := types.ParsePortConfig(target + "/" + proto); err == nil {
			configs = parsed
		}
	}

	host, ip := f.text(f.host), strings.Trim(f.text(f.ip), "[]")
	if len(configs) == 1 && !isUnknown(host+ip) {
		configs[0].HostIP, configs[0].Published = ip, host
	}
	return configs
}

// binding is what all ports of a short item share.
func (it *item) binding(s scalar, f fields, style lint.Style) lint.Binding {
	b := lint.Binding{Entry: s.span(), Style: style}
	it.places(&b)
	b.Label = labelOf(s.node)
	host := s.trace(f.host)
	b.Var, b.From, b.Text = host.name, host.origin, host.raw
	if s.exact && host.exact && host.raw != "" {
		b.Port = lint.Span{File: s.file.Path, Start: s.content.Start + host.start, End: s.content.Start + host.end}
	}

	b.TargetVar = s.trace(f.target).name
	b.HostText = s.hostText(f)
	return b
}

// label is a comment of one or two words, as in "- 9100:9100 # metrics".
var label = lazyexp.New(`^#+\s*([A-Za-z][A-Za-z0-9]*)(?:[ /-]([A-Za-z][A-Za-z0-9]*))?\s*$`)

// labelOf is what the comment beside an item, or the one above it, calls its port, "" where it is a sentence.
func labelOf(n *yaml.Node) string {
	for _, comment := range []string{n.LineComment, n.HeadComment} {
		if m := label().FindStringSubmatch(comment); m != nil {
			return strings.TrimSpace(m[1] + " " + m[2])
		}
	}
	return ""
}
