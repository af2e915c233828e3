package relocate

import (
	"context"
	"maps"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/compose"
)

// Text is the slot of container names, or of a subnet with the addresses in it: all that a variable gives, or a text of the files.
type Text struct {
	freeport.TextSlot
	inherits string // the path of the text, whose record the variable takes over
}

// TextOf is the slot of a value.
func TextOf(s freeport.TextSlot) Text { return Text{TextSlot: s} }

// Inheriting is the slot of a variable that has come to stand where a text was.
func (s Text) Inheriting(path string) Text {
	s.inherits = path
	return s
}

// Choose picks a name made of today's, or a subnet of its size.
func (s Text) Choose(ctx context.Context, p *freeport.Picker) (Move, error) {
	if s.inherits != "" && s.TextSlot.Variable != "" {
		if err := p.InheritText(ctx, s.TextSlot.Variable, s.inherits); err != nil {
			return nil, err
		}
	}

	value, err := p.PickText(ctx, s.TextSlot)
	if err != nil {
		return nil, err
	}
	return s.At(value), nil
}

// At is the slot with a value.
func (s Text) At(value string) TextMove { return TextMove{s, value} }

// TextMove is a slot of names or subnets with another value.
type TextMove struct {
	Text
	to string
}

// Variable gives the texts.
func (m TextMove) Variable() string { return m.TextSlot.Variable }

// Value is what the variable is set to.
func (m TextMove) Value() string { return m.to }

// Texts are what the slot gives, by path.
func (m TextMove) Texts() map[string]string { return m.With(m.to) }

// Expect gives the slot its new texts.
func (m TextMove) Expect(s compose.Shape) compose.Shape {
	if m.Variable() != "" {
		return s.Give(m.Variable(), m.to)
	}
	return s.Write(m.Texts())
}

// Part is the texts of the slot.
func (m TextMove) Part(s compose.Shape) compose.Shape {
	return s.Selected(func(string, int, string) bool { return false }, m.Variable(), slices.Collect(maps.Keys(m.Texts()))...)
}

// Respelled is for ports: a text has one way to be written.
func (m TextMove) Respelled() (Move, bool) { return m, false }
