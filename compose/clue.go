package compose

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// A clue is a form of text in which a number is a host port.
type clue struct {
	kind   string
	within *regexp.Regexp // only there; nil: anywhere
	number *regexp.Regexp // the last group is the number, an earlier one the name of a variable
	follow bool           // that variable gives the number, which is its default
	local  bool           // it tells that the number is a port of this machine, wherever the file stands
	host   bool           // it stands on one line with one of hostNames
	used   *regexp.Regexp // finds the variables that stand for a port in the same text: the variable must be one of them
}

// The clues. A bare number is none, and neither is an address at which something listens inside a container.
var (
	localURL = clue{kind: "URL", local: true, host: true, number: regexp.MustCompile(
		`\b(?:localhost|127\.0\.0\.1|host\.docker\.internal|\$\{?HOST\}?):([0-9]{2,5})\b`)}
	hostName   = clue{kind: "URL", local: true, host: true, number: regexp.MustCompile(`\bhost\.docker\.internal:([0-9]{2,5})\b`)}
	anyURL     = clue{kind: "URL", local: true, host: true, number: regexp.MustCompile(`(?:\[::1\]|//0\.0\.0\.0):([0-9]{2,5})\b`)}
	defaultURL = clue{kind: "URL", local: true, host: true, follow: true, number: regexp.MustCompile(
		`(?:\b(?:localhost|127\.0\.0\.1|host\.docker\.internal)|\[::1\]):\$\{([A-Za-z_][A-Za-z0-9_]*):?-([0-9]{2,5})\}`)}
	advertised = clue{kind: "advertised listener", within: regexp.MustCompile(`(?i)ADVERTISED[^\n]*`),
		number: regexp.MustCompile(`://[^\s,:/"']+:([0-9]{2,5})\b`)}
	envLine   = clue{kind: ".env", number: regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=["']?([0-9]{2,5})["']?[ \t]*(?:#.*)?\r?$`)}
	forwarded = clue{kind: "forwardPorts", within: regexp.MustCompile(`"(?:forwardPorts|appPort)"\s*:\s*\[[^\]]*\]`),
		number: regexp.MustCompile(`[\[,\s"]([0-9]{2,5})\b`)} // "web:8080" is a port of the container
	appPort   = clue{kind: "forwardPorts", number: regexp.MustCompile(`"appPort"\s*:\s*"?([0-9]{2,5})\b`)}
	setting   = clue{kind: "port setting", number: regexp.MustCompile(`(?:^|[\s{,])["']?port["']?\s*:\s*["']?([0-9]{2,5})\b`)}
	fallback  = clue{kind: "port setting", number: regexp.MustCompile(`\b([A-Z0-9_]*PORT)\b["'\])]*\s*(?:\|\||\?\?)\s*["']?([0-9]{2,5})\b`)}
	option    = clue{kind: "option", number: regexp.MustCompile(`(?:^|[\s"'])--port[ =]([0-9]{2,5})\b`)}
	addressed = clue{kind: "address", local: true, host: true, number: regexp.MustCompile( // nc -z localhost 8080, psql -h localhost -p 5432
		`(?i)\b(?:localhost|127\.0\.0\.1)(?:["']?[ \t]+(?:-p[ \t]*|--?port[ =])?["']?|/)([0-9]{2,5})\b`)}
	portFirst = clue{kind: "address", local: true, host: true, number: regexp.MustCompile(
		`(?i)(?:[ \t]-p[ \t]*|--?port[ =])([0-9]{2,5})[ \t]+(?:-h|--host)[ \t=]*(?:localhost|127\.0\.0\.1)\b`)}
	inAddress = regexp.MustCompile(`(?:\blocalhost|\b127\.0\.0\.1|\bhost\.docker\.internal|\[::1\])["']?(?::|/|[ \t]+)["']?` +
		`(?:\$\{\{[ \t]*env\.|\$[{(]?|\{\{[ \t]*)([A-Za-z_][A-Za-z0-9_]*)`)
	given = clue{kind: "variable", local: true, used: inAddress, number: regexp.MustCompile(
		`(?:^|[\s;{@$"'])([A-Za-z_][A-Za-z0-9_]*)["']?[ \t]*[:?]?[=:][ \t]*["']?(?:\$\{[A-Za-z0-9_]+:?[-=])?([0-9]{2,5})\b`)}
	givenDefault = clue{kind: "variable", local: true, used: inAddress, number: regexp.MustCompile(
		`\$\{([A-Za-z_][A-Za-z0-9_]*):?[-=]([0-9]{2,5})\}`)}
	assigned = clue{kind: "variable", number: regexp.MustCompile(`\b([A-Z0-9_]*PORT)[ \t]*[:?]?=[ \t]*["']?([0-9]{2,5})\b`)}
)

// away is a command before an address on its line that takes the address to another machine or into a container.
var away = regexp.MustCompile(`\b(?:docker|podman|nerdctl|kubectl|compose)\b[^\n;&|]*\b(?:exec|run)\b|\bssh\b|--health-cmd|\bHEALTHCHECK\b`)

// listening ends with a word after which an address is where something listens, as in listen = 127.0.0.1:9000.
var listening = regexp.MustCompile(`(?i)\b(?:listen|bind)[a-z_-]*["']?[ \t]*[=:]?[ \t]*["']?$`)

// findMentions lists each number once, by its first clue, in the order of the text.
func findMentions(path string, text []byte, clues []clue) []lint.Mention {
	var out []lint.Mention
	lines := hostLines(text)
	for _, c := range clues {
		for _, part := range c.parts(text, lines) {
			out = append(out, c.numbers(path, text, part)...)
		}
	}
	slices.SortStableFunc(out, func(a, b lint.Mention) int { return a.Span.Start - b.Span.Start })
	return slices.CompactFunc(out, func(a, b lint.Mention) bool { return a.Span == b.Span })
}

// parts are where a clue may be found. Most of a long text is no place for it, and left out.
func (c clue) parts(text []byte, hostLines [][]int) [][]int {
	switch {
	case c.host:
		return hostLines
	case c.used != nil && !slices.ContainsFunc(hostLines, func(l []int) bool { return c.used.Match(text[l[0]:l[1]]) }):
		return nil
	case c.within != nil:
		return c.within.FindAllIndex(text, -1)
	}
	return [][]int{{0, len(text)}}
}

// hostNames are in every name that a clue has for this machine, in lower or upper case or with a capital.
var hostNames = [][]byte{[]byte("ocalhost"), []byte("127.0.0.1"), []byte("host.docker"), []byte("[::1]"), []byte("0.0.0.0"), []byte("HOST")}

// hostLines are the lines with one of hostNames, by their first and the byte after their last, in the order of the text.
func hostLines(text []byte) [][]int {
	var lines [][]int
	for _, name := range hostNames {
		for from := 0; ; {
			i := bytes.Index(text[from:], name)
			if i < 0 {
				break
			}
			at := from + i
			start, end := bytes.LastIndexByte(text[:at], '\n')+1, len(text)
			if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
				end = at + n
			}
			lines = append(lines, []int{start, end})
			from = end
		}
	}
	slices.SortFunc(lines, func(a, b []int) int { return a[0] - b[0] })
	return slices.CompactFunc(lines, func(a, b []int) bool { return a[0] == b[0] })
}

// numbers lists the ports of every match in a part of a text.
func (c clue) numbers(path string, text []byte, part []int) []lint.Mention {
	var out []lint.Mention
	for _, m := range c.number.FindAllSubmatchIndex(text[part[0]:part[1]], -1) {
		span := lint.Span{File: path, Start: part[0] + m[len(m)-2], End: part[0] + m[len(m)-1]}
		port, err := strconv.ParseUint(string(text[span.Start:span.End]), 10, 16)
		name := ""
		if len(m) > 4 {
			name = string(text[part[0]+m[2] : part[0]+m[3]])
		}
		if err != nil || name != "" && !c.takes(name, text) || c.local && elsewhere(text, part[0]+m[0], span.End) {
			continue
		}
		found := lint.Mention{Port: uint16(port), Kind: c.kind, Span: span}
		if c.follow {
			found.Var = name
		}
		out = append(out, found)
	}
	return out
}

// takes reports whether a variable is about a port, as its name says or the use that is made of it.
func (c clue) takes(name string, text []byte) bool {
	if c.used == nil {
		return c.follow || namesPort(name)
	}
	return slices.ContainsFunc(c.used.FindAllSubmatch(text, -1), func(m [][]byte) bool { return string(m[1]) == name })
}

// elsewhere reports whether an address from start to end is not reached from this machine: one end of a tunnel, as in
// 8080:localhost:80, the host's half of 127.0.0.1:8080:80, which the command with it would take, what [away] takes, or what is [listening].
func elsewhere(text []byte, start, end int) bool {
	tunnel := start > 1 && text[start-1] == ':' && isDigit(text[start-2])
	binding := end+1 < len(text) && text[end] == ':' && isDigit(text[end+1])
	line := start
	for line > 0 && (text[line-1] != '\n' || line > 1 && text[line-2] == '\\') {
		line--
	}
	before := text[line:start]
	return tunnel || binding || away.Match(before) || listening.Match(before)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

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
