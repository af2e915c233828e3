package compose

import (
	"bytes"

	"github.com/portlint/portlint/lint"
	"go.yaml.in/yaml/v4"
)

// places fills in the parts of the file around an item that an edit may take away or tag.
func (it *item) places(b *lint.Binding) {
	f := it.layer.file
	if key, ok := it.plainKey(); ok {
		b.PortsKey = key
	}
	if it.list.Style&yaml.FlowStyle == 0 && len(it.list.Content) > 1 {
		b.Lines = f.wholeLines(f.span(it.node), "-")
	}
	if it.value.Kind != yaml.AliasNode && it.layer.node.Style&yaml.FlowStyle == 0 && len(it.layer.node.Content) > 2 {
		block := f.span(it.ports)
		block.End = f.span(it.list).End
		b.Block = f.wholeLines(block, "")
	}
}

// plainKey is the place of the key `ports` where a tag can follow its colon.
func (it *item) plainKey() (lint.Span, bool) {
	f := it.layer.file
	key := f.span(it.ports)
	colon := key.End < len(f.text) && key.End > key.Start && f.text[key.End] == ':'
	quoted := it.ports.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	tagged := it.value.Style&yaml.TaggedStyle != 0
	return key, colon && !quoted && !tagged && it.value.Kind != yaml.AliasNode
}

// wholeLines widens a span to whole lines, line end included; zero when anything but white space and lead stands
// before it, or anything but white space and a comment behind it.
func (f *file) wholeLines(s lint.Span, lead string) lint.Span {
	if s.End == 0 {
		return lint.Span{}
	}
	start := bytes.LastIndexAny(f.text[:s.Start], "\r\n") + 1
	before := bytes.TrimPrefix(f.text[start:s.Start], []byte("\xef\xbb\xbf"))
	if string(bytes.TrimSpace(before)) != lead {
		return lint.Span{}
	}
	end := s.End
	for end < len(f.text) && f.text[end] != '\n' && f.text[end] != '\r' {
		end++
	}
	behind := bytes.TrimLeft(f.text[s.End:end], " \t")
	if len(behind) > 0 && (behind[0] != '#' || len(behind) == end-s.End) {
		return lint.Span{}
	}
	if end < len(f.text) {
		end += lineBreak(f.text[end:])
	}
	return lint.Span{File: f.path, Start: start, End: end}
}
