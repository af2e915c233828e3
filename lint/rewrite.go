package lint

import (
	"slices"
	"strconv"
	"strings"
)

// expression is a Compose variable as it is written: ${NAME}, $NAME or ${NAME:-rest}.
type expression struct {
	name     string
	operator string // ":-", "-", ":?" and so on; "" when there is none
	rest     string // what follows the operator
}

// parseExpression reads a text that is exactly one variable.
func parseExpression(text string) (expression, bool) {
	if inner, ok := strings.CutPrefix(text, "${"); ok {
		end := closing(inner)
		if end != len(inner)-1 || end < 0 {
			return expression{}, false
		}
		inner = inner[:end]
		n := nameLength(inner)
		op := operator(inner[n:])
		return expression{name: inner[:n], operator: op, rest: inner[n+len(op):]}, n > 0 && (op != "" || n == len(inner))
	}
	name, ok := strings.CutPrefix(text, "$")
	return expression{name: name}, ok && name != "" && nameLength(name) == len(name)
}

// closing finds the brace that closes an expression whose opening one was cut; -1 when there is none.
func closing(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func nameLength(s string) int {
	for i := range len(s) {
		letter := s[i] == '_' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z'
		if !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return i
		}
	}
	return len(s)
}

func operator(s string) string {
	for _, op := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

// isLiteral reports whether a host port is written as plain numbers.
func isLiteral(text string) bool { return text != "" && !strings.ContainsAny(text, "${}") }

// withDefault writes a variable with a default.
func withDefault(name, value string) string { return "${" + name + ":-" + value + "}" }

// moved is the host port's text after it moves to value: a literal becomes a variable of that name, a default changes
// where it stands. There is none when the value comes from elsewhere, or when fresh asks for a variable of its own.
func (i Item) moved(value, name string, fresh bool) (string, bool) {
	b := i.Head()
	if isLiteral(b.Text) || fresh {
		return withDefault(name, value), name != ""
	}
	e, ok := parseExpression(b.Text)
	if !ok || b.From.Kind != FromDefault || !numeric(e.rest) || e.operator != ":-" && e.operator != "-" {
		return "", false
	}
	return "${" + e.name + e.operator + value + "}", true
}

// numeric reports whether a default is a port or a range of ports.
func numeric(s string) bool {
	for _, part := range strings.SplitN(s, "-", 2) {
		if _, err := strconv.ParseUint(part, 10, 16); err != nil {
			return false
		}
	}
	return true
}

// replace is the edit that writes another text in the place of the host port's own, in the style of the item. There is
// none when that text can't be cut out or is not exactly one literal or one variable.
func (i Item) replace(text string) ([]Edit, bool) {
	b := i.Head()
	if _, one := parseExpression(b.Text); !b.Port.Known() || !one && !isLiteral(b.Text) {
		return nil, false
	}
	edit := Edit{Span: b.Port, New: text}
	if b.Style.Quote != 0 || !strings.Contains(text, "{") || !b.Style.Long && !b.Style.Flow {
		return []Edit{edit}, true
	}
	around := b.Entry
	if b.Style.Long {
		around = b.Port
	}
	return quote(edit, around), true
}

// quote adds double quotes around a span that holds an edit.
func quote(edit Edit, around Span) []Edit {
	edits := []Edit{edit}
	if around.Start == edit.Span.Start {
		edits[0].New = `"` + edits[0].New
	} else {
		edits = slices.Insert(edits, 0, Edit{Span: Span{around.File, around.Start, around.Start}, New: `"`})
	}
	last := len(edits) - 1
	if around.End == edit.Span.End {
		edits[last].New += `"`
		return edits
	}
	return append(edits, Edit{Span: Span{around.File, around.End, around.End}, New: `"`})
}

// shared reports whether another service has the same written item, through `extends` or an alias: an edit of it would
// change both.
func (p *Project) shared(it Item) bool {
	return slices.ContainsFunc(p.Bindings(), func(b *Binding) bool {
		return b.Service != it.Service.Name && b.Entry == it.Head().Entry
	})
}

// sortEdits puts edits in the order that Apply wants.
func sortEdits(edits []Edit) []Edit {
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Compare(b.Span) })
	return edits
}
