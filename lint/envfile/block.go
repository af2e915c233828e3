package envfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Var is a variable of an env file and its value, which needs no quotes.
type Var struct{ Name, Value string }

// The lines around what portlint writes into an env file.
const (
	blockBegin = "# portlint: begin"
	blockEnd   = "# portlint: end"
	blockWords = ": what this checkout was given, `portlint assign --write` keeps it"
)

// SetBlock gives variables their values in the text of an env file: in place where the file sets them, all others at
// the end of portlint's own block, out of which it takes those that are gone. Every other byte stays, also in the block,
// which goes when nothing is left in it. The error is about a block without an end.
func SetBlock(text []byte, vars []Var, gone []string) ([]byte, error) {
	before, block, after, err := cutBlock(text)
	if err != nil {
		return nil, err
	}

	var within []Var
	for _, v := range vars {
		switch { // what comes last counts
		case sets(after, v.Name):
			after, gone = Set(after, v.Name, v.Value, ""), append(slices.Clip(gone), v.Name)
		case sets(block, v.Name):
			block = Set(block, v.Name, v.Value, "")
		case sets(before, v.Name):
			before = Set(before, v.Name, v.Value, "")
		default:
			within = append(within, v)
		}
	}

	block = without(block, gone)
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}

	removed, first := len(block) == 0 && len(within) > 0, len(bytes.TrimPrefix(before, byteOrderMark)) == 0
	if removed && !first && before[len(before)-1] != '\n' {
		before = append(slices.Clip(before), newline...)
	}

	return slices.Concat(before, writeBlock(block, within, newline), after), nil
}

// without takes out the lines that set variables.
func without(text []byte, names []string) []byte {
	set := assignments(text)
	for i, a := range slices.Backward(set) {
		start, end := bytes.LastIndexByte(text[:a.start], '\n')+1, min(lineEnd(text, a.end)+1, len(text))
		shares := i > 0 && set[i-1].end > start || i+1 < len(set) && set[i+1].start < end
		if slices.Contains(names, a.name) && !shares {
			text = slices.Concat(text[:start], text[end:])
		}
	}
	return text
}

// writeBlock adds variables to the end of a block, which may not be there yet. One that holds nothing is none.
func writeBlock(block []byte, vars []Var, newline string) []byte {
	if len(block) == 0 {
		if len(vars) == 0 {
			return nil
		}
		block = []byte(blockBegin + blockWords + newline + blockEnd + newline)
	}

	var out strings.Builder
	for _, v := range vars {
		out.WriteString(v.Name + "=" + v.Value + newline)
	}
	last := bytes.LastIndex(block, []byte(blockEnd))
	if len(vars) == 0 && lineEnd(block, 0)+1 == last {
		return nil
	}
	return slices.Concat(block[:last], []byte(out.String()), block[last:])
}

// cutBlock finds portlint's own lines, their line ends included.
func cutBlock(text []byte) (before, block, after []byte, err error) {
	start, begun, at, line := -1, 0, 0, 0
	set := assignments(text)
	for at < len(text) {
		line++
		end := min(lineEnd(text, at)+1, len(text))
		for len(set) > 0 && set[0].end < at {
			set = set[1:]
		}
		if len(set) > 0 && set[0].start < at {
			at = end // within quotes that go over several lines
			continue
		}

		switch now := string(bytes.TrimPrefix(text[at:end], byteOrderMark)); {
		case strings.HasPrefix(now, blockBegin) && start >= 0:
			return text, nil, nil, fmt.Errorf("the line %q, line %d, has no %q before the next one, line %d", blockBegin, begun, blockEnd, line)
		case strings.HasPrefix(now, blockBegin):
			start, begun = at, line
			if at == 0 && bytes.HasPrefix(text, byteOrderMark) {
				start = len(byteOrderMark)
			}
		case strings.HasPrefix(now, blockEnd) && start >= 0:
			return text[:start:start], text[start:end:end], text[end:], nil
		}

		at = end
	}

	if start >= 0 {
		err = fmt.Errorf("the line %q, line %d, has no %q after it", blockBegin, begun, blockEnd)
	}

	return text, nil, nil, err
}
