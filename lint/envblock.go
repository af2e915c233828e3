package lint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// EnvVar is a variable of an env file and its value, which needs no quotes.
type EnvVar struct{ Name, Value string }

// The lines around what portlint writes into an env file.
const (
	blockBegin = "# portlint: begin"
	blockEnd   = "# portlint: end"
	blockWords = ": what this checkout was given, `portlint assign --write` keeps it"
)

// EnvValue is the value that an env file gives a variable, as written between the quotes; the last one counts.
func EnvValue(text []byte, name string) (string, bool) {
	for _, a := range slices.Backward(assignments(text)) {
		if a.name == name {
			return string(text[a.start:a.end]), true
		}
	}
	return "", false
}

// SetEnvBlock gives variables their values in the text of an env file: in place where the file sets them outside of
// portlint's own block, all others in that block, which is replaced where it stands and taken away when nothing is left
// for it. Every other byte stays. The error is about a block without an end.
func SetEnvBlock(text []byte, vars []EnvVar) ([]byte, error) {
	before, block, after, err := cutBlock(text)
	if err != nil {
		return nil, err
	}
	var within []EnvVar
	for _, v := range vars {
		switch { // what comes last counts
		case sets(after, v.Name):
			after = SetEnv(after, v.Name, v.Value, "")
		case sets(before, v.Name):
			before = SetEnv(before, v.Name, v.Value, "")
		default:
			within = append(within, v)
		}
	}
	if len(within) == 0 && len(block) == 0 {
		return slices.Concat(before, after), nil
	}
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	if len(bytes.TrimPrefix(before, byteOrderMark)) > 0 && before[len(before)-1] != '\n' {
		before = append(slices.Clip(before), newline...)
	}
	return slices.Concat(before, writeBlock(within, newline), after), nil
}

func sets(text []byte, name string) bool {
	_, is := EnvValue(text, name)
	return is
}

func writeBlock(vars []EnvVar, newline string) []byte {
	if len(vars) == 0 {
		return nil
	}
	var out strings.Builder
	out.WriteString(blockBegin + blockWords + newline)
	for _, v := range vars {
		out.WriteString(v.Name + "=" + v.Value + newline)
	}
	out.WriteString(blockEnd + newline)
	return []byte(out.String())
}

// cutBlock finds portlint's own lines, their line ends included.
func cutBlock(text []byte) (before, block, after []byte, err error) {
	start, at, line := -1, 0, 0
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
		case strings.HasPrefix(now, blockBegin) && start < 0:
			start = at
			if at == 0 && bytes.HasPrefix(text, byteOrderMark) {
				start = len(byteOrderMark)
			}
			err = fmt.Errorf("the line %q, line %d, has no %q after it", blockBegin, line, blockEnd)
		case strings.HasPrefix(now, blockEnd) && start >= 0:
			return text[:start:start], text[start:end], text[end:], nil
		}
		at = end
	}
	return text, nil, nil, err
}
