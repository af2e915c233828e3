package lint

import "strings"

// Expression is a Compose variable as it is written: ${NAME}, $NAME or ${NAME:-rest}.
type Expression struct {
	Text     string // all of it
	Name     string
	Operator string // ":-", "-", ":?", "?", ":+" or "+"; "" when there is none
	Rest     string // what follows the operator
}

// replaces reports whether the expression gives another text than the variable's value: ${X:+text} and ${X+text}.
func (e Expression) replaces() bool { return e.Operator == "+" || e.Operator == ":+" }

// ScanExpression reads the variable that a text begins with. There is none where the text begins with something else,
// as in "$$" and "$1", and where Compose refuses it, as in "${X:=1}". Source: compose-go template/template.go.
func ScanExpression(s string) (Expression, bool) {
	if !strings.HasPrefix(s, "${") {
		name, ok := strings.CutPrefix(s, "$")
		n := nameLength(name)
		if !ok || n == 0 {
			return Expression{}, false
		}
		return Expression{Text: s[:1+n], Name: name[:n]}, true
	}

	end := closingBrace(s)
	if end < 0 {
		return Expression{}, false
	}
	inner := s[2:end]
	n := nameLength(inner)
	op := operator(inner[n:])
	e := Expression{Text: s[:end+1], Name: inner[:n], Operator: op, Rest: inner[n+len(op):]}
	return e, n > 0 && (op != "" || n == len(inner))
}

// Expressions are the variables of a text, those in the defaults of others after them.
func Expressions(text string) []Expression {
	var out []Expression
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			return out
		}

		e, ok := ScanExpression(text[i:])
		switch {
		case ok:
			out = append(append(out, e), Expressions(e.Rest)...)
			text = text[i+len(e.Text):]
		case strings.HasPrefix(text[i:], "$$"):
			text = text[i+2:]
		default:
			text = text[i+1:]
		}
	}
}

// parseExpression reads a text that is exactly one variable.
func parseExpression(text string) (Expression, bool) {
	e, ok := ScanExpression(text)
	return e, ok && e.Text == text
}

// closingBrace is the index of the brace that closes the one in "${", -1 when there is none.
func closingBrace(s string) int {
	depth := 0
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

// nameLength is the length of the variable's name that a text begins with.
func nameLength(s string) int {
	for i := range len(s) {
		letter := s[i] == '_' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z'
		digit := i > 0 && s[i] >= '0' && s[i] <= '9'
		if !letter && !digit {
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
