package compose

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// long reads the mapping form. compose-go passes it through without a look at the numbers; the engine looks.
func (it *item) long(n *yaml.Node, style lint.Style) reading {
	f, env := it.layer.file, it.layer.env
	visits := maxVisits
	members := entries(n, &visits)
	value := func(key string) (*yaml.Node, scalar) {
		v := resolve(get(members, key))
		if v == nil || v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
			return nil, scalar{}
		}
		return v, newScalar(f, env, v)
	}
	targetNode, target := value("target")
	publishedNode, published := value("published")
	_, hostIP := value("host_ip")
	_, protocol := value("protocol")

	if targetNode == nil {
		return it.refuse(f.span(n), "this port has no `target`, the container port", "")
	}
	port, err := strconv.ParseUint(target.loaded(), 10, 32)
	if err != nil && target.loaded() != "" || err == nil && port > 65535 {
		return it.refuse(f.span(targetNode), fmt.Sprintf("target %q is not a container port from 1 to 65535", target.expanded), "")
	}
	if at, reason := longFault(published, hostIP, protocol); reason != "" {
		return it.refuse(at, reason, "")
	}

	style.Quote = published.quote
	b := lint.Binding{Entry: f.span(n), Style: style, HostText: published.raw}
	it.places(&b)
	if hostIP.raw != "" {
		b.HostText = hostIP.raw + ":" + published.raw
	}
	if publishedNode != nil {
		t := published.trace(field{0, len(published.expanded)})
		b.Var, b.From, b.Text = t.name, t.origin, published.raw
		if published.exact {
			b.Port = published.content
		}
	}
	b.TargetVar = target.trace(field{0, len(target.expanded)}).name

	proto := protocol.loaded()
	if protocol.node == nil {
		proto = "tcp"
	}
	config := types.ServicePortConfig{HostIP: hostIP.loaded(), Published: published.loaded(), Target: uint32(port), Protocol: proto}
	set(&b, config.HostIP, config.Published, config.Target, config.Protocol)
	blankLong(&b, published, hostIP, target)
	unique := uniqueKey(config.HostIP, publishedValue(publishedNode, published), config.Target, config.Protocol)
	if b.Unknown {
		unique += " " + b.HostText // two variables without a value are two ports
	}
	return reading{bound: []bound{{key: keyOf(config), unique: unique, binding: b}}}
}

// publishedValue is `published` with the type that compose-go sees: nil, int or string, which differ in its key.
func publishedValue(n *yaml.Node, s scalar) any {
	if n == nil {
		return nil
	}
	if n.ShortTag() == "!!int" {
		v, _ := strconv.Atoi(s.expanded)
		return v
	}
	return s.loaded()
}

func blankLong(b *lint.Binding, published, hostIP, target scalar) {
	if isUnknown(published.expanded) || isUnknown(hostIP.expanded) {
		b.Unknown, b.First, b.Last = true, 0, 0
	}
	if isUnknown(hostIP.expanded) {
		b.HostIP = netip.Addr{}
	}
	if isUnknown(target.expanded) {
		b.Target = 0
	}
}

// longFault finds what Compose or the engine refuses in the mapping form.
func longFault(published, hostIP, protocol scalar) (at lint.Span, reason string) {
	for _, s := range []scalar{published, hostIP, protocol} {
		if s.bad {
			return s.file.span(s.node), fmt.Sprintf("%q is not an expression that Compose knows", s.raw)
		}
	}
	if p := published.expanded; !isUnknown(p) {
		if _, _, err := portRange(p); err != nil {
			return published.file.span(published.node), fmt.Sprintf("published %v", err)
		}
	}
	if hostIP.node != nil && !isUnknown(hostIP.expanded) {
		if _, err := netip.ParseAddr(hostIP.expanded); err != nil {
			return hostIP.file.span(hostIP.node), fmt.Sprintf("host_ip %q is not an IP address", hostIP.expanded)
		}
	}
	if p := strings.ToLower(protocol.expanded); !isUnknown(p) && p != "" && !knownProto(p) {
		return protocol.file.span(protocol.node), fmt.Sprintf("unknown protocol %q, expected tcp, udp or sctp", p)
	}
	return lint.Span{}, ""
}

func knownProto(p string) bool { return p == "tcp" || p == "udp" || p == "sctp" }
