package compose

import (
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/portlint/portlint/lint"
)

// unknown stands in an expanded text for the value of a variable that nothing gives. It is a private-use character.
const unknown = "\ue000"

// segment is a part of a scalar: literal text or one $X or ${X...} expression.
type segment struct {
	raw  string // as written
	name string // the variable, "" for literal text
	op   string // "", ":-", "-", ":?", "?", ":+" or "+"
	arg  string // what follows op

	value  string // what Compose makes of it; holds `unknown` where nothing gives a value
	origin lint.Origin
}

// hasDefault reports whether the expression says what stands in for a variable without a value.
func (s segment) hasDefault() bool { return s.op == "-" || s.op == ":-" }

// split cuts a scalar into segments; ok is false where Compose refuses the text, as with "${X:=1}".
func split(raw string) (segments []segment, ok bool) {
	for raw != "" {
		i := strings.IndexByte(raw, '$')
		if i < 0 {
			return append(segments, segment{raw: raw, value: raw}), true
		}
		if i > 0 {
			segments = append(segments, segment{raw: raw[:i], value: raw[:i]})
		}
		s, ok := expression(raw[i:])
		if !ok {
			return segments, false
		}
		segments = append(segments, s)
		raw = raw[i+len(s.raw):]
	}
	return segments, true
}

// expression reads what a "$" begins; ok is false where Compose refuses it.
func expression(s string) (segment, bool) {
	if strings.HasPrefix(s, "$$") {
		return segment{raw: "$$", value: "$"}, true
	}
	e, ok := lint.ScanExpression(s)
	if ok {
		return segment{raw: e.Text, name: e.Name, op: e.Operator, arg: e.Rest}, true
	}
	return segment{raw: "$", value: "$"}, !strings.HasPrefix(s, "${") // "$1" is no expression
}

// expander gives expressions their values. With strict, a variable without value and default is empty, as for Compose;
// without, it is unknown. A required variable without a value is always unknown.
type expander struct {
	get    template.Mapping
	strict bool
}

func (e *environ) expander() expander {
	return expander{get: e.growth.bound(e.lookup), strict: !e.static}
}

// expand gives a segment its value, and its origin where that is FromDefault, Unset or, for any variable, FromShell.
func (x expander) expand(s *segment) {
	if s.name == "" {
		return
	}

	value, set := x.get(s.name)
	presence := s.op == "+" || s.op == ":+"
	emptyCounts := s.op == "-" || s.op == "?" || s.op == ""
	hasValue := set && (value != "" || emptyCounts)
	if hasValue || presence {
		s.origin = lint.Origin{Kind: lint.FromShell}
		s.value = x.substitute(s.raw)
		return
	}
	if s.hasDefault() {
		s.value, s.origin = x.expandAll(s.arg), lint.Origin{Kind: lint.FromDefault}
		return
	}

	s.origin = lint.Origin{Kind: lint.Unset}
	if !x.strict || s.op != "" {
		s.value = unknown
	}
}

// expandAll expands a whole text.
func (x expander) expandAll(raw string) string {
	segments, ok := split(raw)
	if !ok {
		return x.substitute(raw)
	}
	var b strings.Builder
	for i := range segments {
		x.expand(&segments[i])
		b.WriteString(segments[i].value)
	}
	return b.String()
}

// substitute is compose-go's own substitution without its warnings; a text that it refuses is left as it is.
func (x expander) substitute(raw string) string {
	value, err := quietSubstitute(raw, x.get)
	if err != nil {
		return raw
	}
	return value
}

// quietSubstitute replaces the variables of a text as compose-go does, but does not log.
func quietSubstitute(raw string, get template.Mapping) (string, error) {
	if !strings.Contains(raw, "$") {
		return raw, nil
	}
	return template.SubstituteWithOptions(raw, get, template.WithoutLogging)
}
