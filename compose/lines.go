package compose

import (
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
		b.Lines = f.WholeLines(f.Span(it.node), "-")
	}
	if it.value.Kind != yaml.AliasNode && it.layer.node.Style&yaml.FlowStyle == 0 && len(it.layer.node.Content) > 2 {
		block := f.Span(it.ports)
		block.End = f.Span(it.list).End
		b.Block = f.WholeLines(block, "")
	}
}

// plainKey is the place of the key `ports` where a tag can follow its colon.
func (it *item) plainKey() (lint.Span, bool) {
	f := it.layer.file
	key := f.Span(it.ports)
	colon := key.End < len(f.Text) && key.End > key.Start && f.Text[key.End] == ':'
	quoted := it.ports.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	tagged := it.value.Style&yaml.TaggedStyle != 0
	return key, colon && !quoted && !tagged && it.value.Kind != yaml.AliasNode
}
