package compose

import (
	"strings"

	"github.com/portlint/portlint/lint"
)

// field is a range of bytes of an expanded text; absent when start is negative.
type field struct{ start, end int }

var absent = field{-1, -1}

// fields are the parts of IP:HOST:TARGET/PROTO. Source: go-connections nat.ParsePortSpec, splitParts.
type fields struct {
	whole                   string
	ip, host, target, proto field
}

func (f fields) text(part field) string {
	if part.start < 0 {
		return ""
	}
	return f.whole[part.start:part.end]
}

func splitFields(s string) fields {
	f := fields{whole: s, ip: absent, host: absent, proto: absent}
	last := strings.LastIndexByte(s, ':')
	f.target = field{last + 1, len(s)}
	if slash := strings.IndexByte(s[last+1:], '/'); slash >= 0 {
		f.target.end = last + 1 + slash
		f.proto = field{f.target.end + 1, len(s)}
	}
	if last < 0 {
		return f
	}

	before := strings.LastIndexByte(s[:last], ':')
	f.host = field{before + 1, last}
	if before >= 0 {
		f.ip = field{0, before}
	}
	return f
}

// traced is where a part of an expanded text comes from.
type traced struct {
	start, end int    // bytes of the raw text
	raw        string // those bytes
	exact      bool   // they are the part and nothing else
	name       string // the variable that gives it
	origin     lint.Origin
}

// trace finds the bytes of the raw text that a part was made of. Where one variable gave more than the part, such as
// an address and a port, the part is looked for in the variable's default.
func (s scalar) trace(part field) traced {
	if part.start < 0 {
		return traced{}
	}

	t := traced{start: -1, exact: true}
	raw, expanded := 0, 0
	for _, seg := range s.segments {
		from, to := expanded, expanded+len(seg.value)
		if touches(seg, from, to, part) {
			t.add(seg, raw, from, to, part)
		}
		raw, expanded = raw+len(seg.raw), to
	}
	if t.start < 0 {
		return traced{}
	}
	t.raw = s.raw[t.start:t.end]
	return t
}

// touches reports whether a segment is a part of the field; an expression without a value touches where it stands.
func touches(seg segment, from, to int, part field) bool {
	if seg.name != "" && from == to {
		return part.start <= from && from <= part.end
	}
	return from < part.end && part.start < to
}

func (t *traced) add(seg segment, raw, from, to int, part field) {
	start, end := raw, raw+len(seg.raw)
	switch {
	case seg.name != "":
		if t.name == "" || seg.origin.Kind == lint.Unset && t.origin.Kind != lint.Unset {
			t.name, t.origin = seg.name, seg.origin
		}
		if from < part.start || to > part.end {
			at := strings.LastIndex(seg.raw, seg.arg)
			if seg.origin.Kind == lint.FromDefault && seg.arg == seg.value {
				start = raw + at + max(0, part.start-from)
				end = raw + at + min(len(seg.value), part.end-from)
			} else {
				t.exact = false
			}
		}
	case len(seg.raw) == len(seg.value):
		start, end = raw+max(0, part.start-from), raw+min(len(seg.value), part.end-from)
	default: // "$$"
		t.exact = false
	}
	if t.start < 0 {
		t.start = start
	}
	t.end = end
}

// place is the span of a part in the file, the whole scalar where it can't be cut out.
func (s scalar) place(part field) lint.Span {
	t := s.trace(part)
	if !s.exact || t.raw == "" {
		return s.span()
	}
	return lint.Span{File: s.file.Path, Start: s.content.Start + t.start, End: s.content.Start + t.end}
}

// hostText is the raw text of address and host port together.
func (s scalar) hostText(f fields) string {
	if f.host.start < 0 {
		return ""
	}

	host := s.trace(f.host)
	if ip := s.trace(f.ip); ip.raw != "" && ip.start < host.start {
		host.start = ip.start
	}
	if host.end <= host.start {
		return ""
	}
	return s.raw[host.start:host.end]
}
