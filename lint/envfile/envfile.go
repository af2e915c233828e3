// Package envfile reads and changes the texts of env files such as .env, byte by byte, as Compose's own parser reads them.
package envfile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/lazyexp"
)

// Change replaces the bytes [Start, End) of a text by New.
type Change struct {
	Start, End int
	New        string
}

// apply makes the change, which lies within the text.
func (c Change) apply(text []byte) []byte {
	return slices.Concat(text[:c.Start], []byte(c.New), text[c.End:])
}

// Find is where the text gives a variable its value, as [start, end) between the quotes; the last place counts.
func Find(text []byte, name string) (start, end int, found bool) {
	for _, a := range slices.Backward(assignments(text)) {
		if a.name == name {
			return a.start, a.end, true
		}
	}
	return 0, 0, false
}

// Value is the value that the text gives a variable, as written between the quotes; the last one counts.
func Value(text []byte, name string) (string, bool) {
	start, end, found := Find(text, name)
	return string(text[start:end]), found
}

// sets reports whether the text gives a variable a value.
func sets(text []byte, name string) bool {
	_, _, found := Find(text, name)
	return found
}

// SetOneVariable reports whether both texts give one variable a value.
func SetOneVariable(a, b []byte) bool {
	return slices.ContainsFunc(assignments(a), func(one assignment) bool { return sets(b, one.name) })
}

// Set gives a variable a value in the text of an env file such as .env: in place where the file sets it, keeping
// quotes, `export`, spaces, comments and line ends, and in a new last line, below the comment, where it does not. Where
// the file sets it several times the last one counts, as for Compose. No comment is written where it is "".
func Set(text []byte, name, value, comment string) []byte {
	return SetChange(text, name, value, comment).apply(text)
}

// SetChange is [Set] as the one change that it makes.
func SetChange(text []byte, name, value, comment string) Change {
	set := assignments(text)
	for i := len(set) - 1; i >= 0; i-- {
		if set[i].name != name {
			continue
		}

		at := set[i]
		unquotedEmpty := at.start == at.end && at.quote == 0
		if unquotedEmpty && bytes.HasPrefix(text[at.end:], []byte("#")) {
			value += " " // or the comment would be a part of the value
		}
		return Change{at.start, at.end, value}
	}

	return Change{len(text), len(text), manner(set).appended(text, name, value, comment)}
}

// ShowChange shows a variable in the text of an env file without setting it: a new last line that is a comment.
func ShowChange(text []byte, name, value, comment string) Change {
	line := manner(assignments(text))
	line.commented = true
	return Change{len(text), len(text), line.appended(text, name, value, comment)}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// assignment is one NAME=value of an env file: the bytes of the value, without quotes.
type assignment struct {
	name       string
	start, end int
	quote      byte // '"', '\'' or 0
	exported   bool
	between    string // from the name to the value or its quote, such as "=" or " = "
	commented  bool   // to be written as a comment
}

// assigned begins one statement. Source: compose-go dotenv/parser.go, locateKeyName.
var assigned = lazyexp.New(`^(export[ \t\v\f]+)?([^\s=:#'"]+)([ \t\v\f]*[=:][ \t\v\f]*)`)

// assignments reads an env file as Compose's parser does: statements, comments, and values that may go over several
// lines when they are quoted. What it can't read is passed over, line by line.
func assignments(text []byte) []assignment {
	var out []assignment
	at := 0
	if bytes.HasPrefix(text, byteOrderMark) {
		at = len(byteOrderMark)
	}

	for at < len(text) {
		if strings.IndexByte(" \t\v\f\r\n", text[at]) >= 0 {
			at++
			continue
		}

		m := assigned().FindSubmatchIndex(text[at:])
		if m == nil {
			at = lineEnd(text, at) // a comment, an inherited name, or no statement
			continue
		}

		a := assignment{name: string(text[at+m[4] : at+m[5]]), exported: m[2] >= 0, between: string(text[at+m[6] : at+m[7]])}
		at = a.value(text, at+m[1])
		out = append(out, a)
	}

	return out
}

// lineEnd is the offset of the next "\n", or the end of the text.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

// value finds the bytes of the value that begins at an offset, and returns where the next statement may begin.
// Source: compose-go dotenv/parser.go, extractVarValue.
func (a *assignment) value(text []byte, at int) int {
	end := lineEnd(text, at)
	if at < end && (text[at] == '"' || text[at] == '\'') {
		for i := at + 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case text[at]:
				a.start, a.end, a.quote = at+1, i, text[at]
				return i + 1
			}
		}
	}

	a.start = at
	raw := string(text[at:end])
	if strings.HasPrefix(raw, "#") { // for Compose it is the value; for people it is a comment
		a.start = at - len(a.between) + strings.IndexAny(a.between, "=:") + 1
		a.end = a.start
		return end
	}

	raw, _, _ = strings.Cut(raw, " #")
	a.end = at + len(strings.TrimRight(raw, " \t\v\f\r"))
	return end
}

// appended is what a new last line adds to the text: in the manner of the other lines, with a blank line before its
// comment where the file has blank lines.
func (a assignment) appended(text []byte, name, value, comment string) string {
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	line := a.write(name, value)
	if comment != "" {
		line = "# " + comment + newline + line
		if blank := newline + newline; bytes.Contains(bytes.TrimSpace(text), []byte(blank)) && !bytes.HasSuffix(text, []byte(blank)) {
			line = newline + line
		}
	}
	if len(bytes.TrimPrefix(text, byteOrderMark)) > 0 && text[len(text)-1] != '\n' {
		return newline + line
	}
	return line + newline
}

// manner is how all assignments of a file are written; where they differ, in the plainest way.
func manner(set []assignment) assignment {
	plain := assignment{between: "="}
	if len(set) == 0 {
		return plain
	}

	common := set[0]
	if len(set) == 1 {
		common.quote = 0 // one quoted value may need its quotes
	}

	for _, a := range set[1:] {
		if a.exported != common.exported {
			common.exported = false
		}
		if a.quote != common.quote {
			common.quote = 0
		}
		if a.between != common.between {
			common.between = plain.between
		}
	}

	return common
}

func (a assignment) write(name, value string) string {
	quote := ""
	if a.quote != 0 {
		quote = string(a.quote)
	}
	line := name + a.between + quote + value + quote
	if a.exported {
		line = "export " + line
	}

	if a.commented {
		line = "#" + line
	}

	return line
}
