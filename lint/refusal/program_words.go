package refusal

import (
	"regexp"
	"strings"
	"sync"

	"github.com/portlint/portlint/lint/lazyexp"
)

// said is one line of a program's text, as the program words it, with these in place of what differs from case to case:
//
//	{at} an address with its port, {ip} an address, {port} a port, {tuple} both as Python prints them
//	{url} the beginning of a URL, {path} a socket file, {proto} tcp or udp, {why} one of the reasons, {used} one that is about a socket in the way
//	{n} a number, {name} a word, {family} IPv4 or IPv6, {...} a few other words, {end} the end of the line
type said struct {
	text string
	find func() *regexp.Regexp // made where a text is read for the first time
}

func line(text string) said {
	return said{text, sync.OnceValue(func() *regexp.Regexp { return compileLine(text) })}
}

var placeholder = lazyexp.New(`\{(at|ip|port|tuple|url|path|proto|why|used|n|name|family|\.\.\.|end)\}`)

func compileLine(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?i)")
	end := 0
	for _, at := range placeholder().FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[end:at[0]]))
		b.WriteString(placeholderWords(text[at[2]:at[3]]))
		end = at[1]
	}

	b.WriteString(regexp.QuoteMeta(text[end:]))
	return regexp.MustCompile(b.String())
}

func placeholderWords(name string) string {
	const port = `(?P<first>[0-9]{1,5})\b`

	switch name {
	case "at":
		return `(?P<host>\[[^\]\s]*\]|[^\s\[\]"'(),;/=>]*):` + port
	case "ip":
		return `(?P<host>[0-9a-z.:*_%-]*)`
	case "port":
		return port
	case "tuple":
		return `\('?(?P<host>[^'()]{0,100})'?, ` + port + `(?:, [0-9]+, [0-9]+)?\)`

	case "url":
		return `[a-z+]{2,12}://`
	case "path":
		return `(?:unix:)?(?P<path>[/@][^\s"'()]+?)`
	case "proto":
		return `(?P<proto>tcp|udp)[46]?`

	case "why":
		return `(?P<why>` + reasons(func(Kind) bool { return true }) + `)`
	case "used":
		return `(?:` + reasons(func(k Kind) bool { return k == InTheWay }) + `|address in use)`

	case "n":
		return `-?[0-9]+`
	case "name":
		return `[^\s"']*?`
	case "family":
		return `IPv[46]`
	case "...":
		return `.{0,200}?`
	}
	return `[.)]?\s*$`
}

// reasons are the wordings of some kinds.
func reasons(which func(Kind) bool) string {
	var words []string
	for _, e := range endings {
		if which(e.kind) {
			words = append(words, regexp.QuoteMeta(e.words))
		}
	}
	return strings.Join(words, "|")
}

// triggers are words of which each line has one that says that a port is taken, in small letters: most lines have none, and are not
// read further.
var triggers = []string{
	"address already in use", "address in use", "addrinuse", "only one usage of each socket", "already in use", "is in use", "in use?", "connection in use",
	"already running on port", "server running on port", "running on the same address", "unable to listen on", "failed listening on port",
	"cannot listen to port", "failed to bind to", "interface ignored", "cannot bind socket", "initialize connector", "eacces", "eaddrnotavail",
	"could not bind to address", "bind() to", ": bind: ", "already be in use", "[winerror 10013]",
}

// mayRefuse reports whether a line is worth to be compared with the wordings.
func mayRefuse(line string) bool {
	small := strings.ToLower(line)
	if strings.Contains(small, "dial ") && strings.Contains(small, "->") { // the address that a client calls from
		return false
	}

	for _, words := range triggers {
		if strings.Contains(small, words) {
			return true
		}
	}

	for _, e := range endings { // Windows in other languages
		if e.kind == InTheWay && strings.Contains(line, e.words) {
			return true
		}
	}

	return false
}
