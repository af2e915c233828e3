package compose

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
	"go.yaml.in/yaml/v4"
)

// scalar is the text of a port with its parts traced back to the file.
type scalar struct {
	file     *syntax.File
	node     *yaml.Node
	raw      string
	segments []segment
	expanded string // holds `unknown` where nothing gives a value
	bad      bool   // Compose refuses the expression itself
	quote    byte
	content  lint.Span // the bytes of raw in the file
	exact    bool      // content is raw, byte for byte
}

func newScalar(f *syntax.File, env *environ, n *yaml.Node) scalar {
	s := scalar{file: f, node: n, raw: n.Value}
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		s.quote = '"'
	case n.Style&yaml.SingleQuotedStyle != 0:
		s.quote = '\''
	}

	s.content, s.exact = f.Content(n)
	if n.ShortTag() == "!!int" {
		s.expanded = integer(n)
		s.segments = []segment{{raw: s.raw, value: s.expanded}}
		return s
	}

	var ok bool
	s.segments, ok = split(s.raw)
	s.bad = !ok
	var b strings.Builder
	x := env.expander()
	for i := range s.segments {
		seg := &s.segments[i]
		x.expand(seg)
		if seg.origin.Kind == lint.FromShell {
			seg.origin = env.originOf(seg.name)
		}
		if seg.origin.Kind == lint.FromExample && seg.hasDefault() && seg.value == x.expandAll(seg.arg) {
			seg.origin = lint.Origin{Kind: lint.FromDefault} // with the example or without
		}
		b.WriteString(seg.value)
	}
	s.expanded = b.String()
	return s
}

// integer is a YAML integer in decimal: 010 is 8, 0x1F90 is 8080.
func integer(n *yaml.Node) string {
	var v int
	if n.Decode(&v) != nil {
		return n.Value
	}
	return strconv.Itoa(v)
}

// words are what may be said of a part of the expanded text: the part itself where it is written in the file, or is a port,
// a range, an address or a protocol; else the expression that stands for it, because a variable may hold a secret.
func (s scalar) words(part field) string {
	if part.start < 0 {
		return ""
	}

	text := s.expanded[part.start:part.end]
	if isPublic(text) || !s.varies(part) {
		return text
	}
	if raw := s.trace(part).raw; raw != "" {
		return raw
	}
	return s.raw
}

func (s scalar) allWords() string { return s.words(field{0, len(s.expanded)}) }

// varies reports whether a part of the expanded text comes from the value of a variable.
func (s scalar) varies(part field) bool {
	at := 0
	for _, seg := range s.segments {
		from := at
		at += len(seg.value)
		written := seg.origin.Kind == lint.FromDefault && !strings.Contains(seg.arg, "$")
		if seg.name != "" && !written && touches(seg, from, at, part) {
			return true
		}
	}
	return false
}

// numbers are ports, ranges and IPv4 addresses, with what stands between them.
var numbers = lazyexp.New(`^[]\[:./-]*([0-9]{1,5}([]\[:./-]+|$))*$`)

// isPublic reports whether a text is nothing that anybody keeps secret: a port, a range, an address or a protocol.
func isPublic(text string) bool {
	_, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return err == nil && !strings.Contains(text, "%") || numbers().MatchString(text) || knownProto(strings.ToLower(text))
}

// loaded is the text as compose-go gets it.
func (s scalar) loaded() string { return loadedText(s.expanded) }

func loadedText(expanded string) string { return strings.ReplaceAll(expanded, unknown, placeholder) }

func isUnknown(text string) bool { return strings.Contains(text, unknown) }

// value is where the scalar is written, and what gives it its text.
func (s scalar) value() lint.Value {
	whole := s.trace(field{0, len(s.expanded)})
	v := lint.Value{Written: s.raw, Var: whole.name, From: whole.origin, Span: s.span(), Style: lint.Style{Quote: s.quote}}
	if v.Var == consts.ComposeProjectName && v.From.Kind == lint.Unset { // compose-go itself sets it
		v.From.Kind = lint.FromProject
	}
	if s.exact {
		v.Inside = s.content
	}
	return v
}
