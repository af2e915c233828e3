package mention

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// A pattern is a form of text in which a number is a host port.
type pattern struct {
	kind      string
	within    func() *regexp.Regexp // only there; nil: anywhere
	number    func() *regexp.Regexp // the last group is the number, an earlier one the name of a variable
	isDefault bool                  // that variable gives the number, which is its default
	local     bool                  // it names this machine, so that the number is a port of it wherever the file stands
}

// The patterns: those that were right nearly each time in thousands of real files. A bare number is not one, and neither is an
// address at which something listens inside a container.
var (
	localURL   = pattern{kind: "URL", local: true, number: lazyexp.New(`\b(?:localhost|127\.0\.0\.1|host\.docker\.internal):([0-9]{2,5})\b`)}
	defaultURL = pattern{kind: "URL", local: true, isDefault: true, number: lazyexp.New(
		`\b(?:localhost|127\.0\.0\.1|host\.docker\.internal):\$\{([A-Za-z_][A-Za-z0-9_]*):?-([0-9]{2,5})\}`)}
	advertised = pattern{kind: "advertised listener", within: lazyexp.New(`(?i)ADVERTISED[^\n]*`),
		number: lazyexp.New(`://[^\s,:/"']+:([0-9]{2,5})\b`)}
	envLine   = pattern{kind: ".env", number: lazyexp.New(`(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=["']?([0-9]{2,5})["']?[ \t]*(?:#.*)?\r?$`)}
	forwarded = pattern{kind: "forwardPorts", within: lazyexp.New(`"(?:forwardPorts|appPort)"\s*:\s*\[[^\]]*\]`),
		number: lazyexp.New(`[\[,\s"]([0-9]{2,5})\b`)} // "web:8080" is a port of the container
	addressed = pattern{kind: "address", local: true, number: lazyexp.New( // nc -z localhost 8080, psql -h localhost -p 5432
		`(?i)\b(?:localhost|127\.0\.0\.1)(?:["']?[ \t]+(?:-p[ \t]*|--?port[ =])?["']?|/)([0-9]{2,5})\b`)}
)

// findAll lists each number once, by its first pattern, in the order of the text.
func findAll(path string, text []byte, patterns []pattern) []lint.Mention {
	var out []lint.Mention
	in := newSearchText(text)
	for _, p := range patterns {
		for _, part := range p.parts(in) {
			out = append(out, p.numbers(path, in, part)...)
		}
	}

	slices.SortStableFunc(out, func(a, b lint.Mention) int { return a.Span.Start - b.Span.Start })
	return slices.CompactFunc(out, func(a, b lint.Mention) bool { return a.Span == b.Span })
}

// parts are where a pattern may be found. Most of a long text is no place for it, and left out.
func (p pattern) parts(in *searchText) [][]int {
	switch {
	case p.local:
		return in.hostLines
	case p.within != nil:
		return p.within().FindAllIndex(in.text, -1)
	}
	return [][]int{{0, len(in.text)}}
}

// numbers lists the ports of every match in a part of a text.
func (p pattern) numbers(path string, in *searchText, part []int) []lint.Mention {
	var out []lint.Mention
	text := in.text
	for _, m := range p.number().FindAllSubmatchIndex(text[part[0]:part[1]], -1) {
		span := lint.Span{File: path, Start: part[0] + m[len(m)-2], End: part[0] + m[len(m)-1]}
		port, err := strconv.ParseUint(string(text[span.Start:span.End]), 10, 16)

		name := ""
		if len(m) > 4 {
			name = string(text[part[0]+m[2] : part[0]+m[3]])
		}
		isPort := name == "" || p.isDefault || namesPort(name)
		if err != nil || !isPort {
			continue
		}
		if p.local && in.elsewhere(part[0]+m[0], span.End) {
			continue
		}

		found := lint.Mention{Port: uint16(port), Kind: p.kind, Span: span, Quiet: in.quiet(span.Start)}
		if p.isDefault {
			found.Var = name
		}
		out = append(out, found)
	}
	return out
}

// namesPort reports whether a variable is about a port: PORT is a word of its name, or the end of one, as in WEBPORT.
func namesPort(name string) bool {
	for word := range strings.SplitSeq(strings.ToUpper(name), "_") {
		if slices.Contains([]string{"SUPPORT", "EXPORT", "IMPORT", "REPORT", "TRANSPORT", "VIEWPORT", "PASSPORT"}, word) {
			continue
		}
		if strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(word, "S"), "0123456789"), "PORT") {
			return true
		}
	}
	return false
}
