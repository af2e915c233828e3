package mention

import (
	"bytes"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// Names are the names of containers that are looked for, each with whether it is the host name of nothing but its container: a name
// that a service of the project has too reaches that service whatever its container is called.
type Names map[string]bool

// nameForm are the ways in which a kind of file names a container.
type nameForm int

const (
	inNoForm   nameForm = iota
	inCommands          // docker exec NAME
	asHost              // http://NAME:80, NAME:5432, DB_HOST=NAME
)

// maxNames bounds the places of a text that are kept.
const maxNames = 100

// Hosts finds the names in a part of a text in which a container says what it reaches, such as the environment of a service.
func (n Names) Hosts(path string, text []byte, start, end int) []lint.NameMention {
	return n.find(path, text, start, end, asHost)
}

// find lists the places of a part of a text that name one of the containers in a form, in the order of the text.
func (n Names) find(path string, text []byte, start, end int, form nameForm) []lint.NameMention {
	if len(n) == 0 || form == inNoForm {
		return nil
	}

	s := nameSearch{names: n, path: path, text: text}
	if form == asHost {
		s.upstreams = upstreamsIn(text[start:end])
	}
	for from := start; from < end && len(s.found) < maxNames; {
		to, before := s.lineEnd(from, end), len(s.found)
		switch form {
		case inCommands:
			s.commands(from, to)
		case asHost:
			s.hosts(from, to)
		}

		quiet := len(s.found) > before && password().Match(text[from:to])
		for i := range s.found[before:] {
			s.found[before+i].Quiet = quiet
		}
		from = to + 1
	}

	slices.SortStableFunc(s.found, func(a, b lint.NameMention) int { return a.Span.Start - b.Span.Start })
	return slices.CompactFunc(s.found, func(a, b lint.NameMention) bool { return a.Span == b.Span })
}

// nameSearch looks for names in one text.
type nameSearch struct {
	names     Names
	path      string
	text      []byte
	upstreams map[string]bool // names that the text gives to something of its own
	found     []lint.NameMention
}

// lineEnd is where the line from a place ends, which a backslash at its end continues.
func (s *nameSearch) lineEnd(from, end int) int {
	for at := from; at < end; at++ {
		i := bytes.IndexByte(s.text[at:end], '\n')
		if i < 0 {
			return end
		}
		at += i
		if !bytes.HasSuffix(bytes.TrimSuffix(s.text[from:at], []byte("\r")), []byte(`\`)) {
			return at
		}
	}
	return end
}

func (s *nameSearch) add(kind string, start, end int) {
	s.found = append(s.found, lint.NameMention{Span: lint.Span{File: s.path, Start: start, End: end}, Name: string(s.text[start:end]), Kind: kind})
}

// containerCommand is a command about containers that are there, with what it does; listing asks for some, and filter for those of a name.
var (
	containerCommand = lazyexp.New(`\b(?:docker|podman|nerdctl)[ \t]+(?:container[ \t]+)?` +
		`(exec|logs|cp|inspect|stop|start|restart|rm|kill|attach|port|top|stats|wait|commit|update|rename|pause|unpause)[ \t\\]`)
	listing = lazyexp.New(`\b(?:docker|podman|nerdctl)[ \t]+(?:ps|container[ \t]+(?:ls|list|ps))\b[^|;&)]*`)
	filter  = lazyexp.New(`(?:-f|--filter)[ =]["']?name=["']?\^?/?([A-Za-z0-9][A-Za-z0-9_.-]*)`)

	engineCommands = [][]byte{[]byte("docker"), []byte("podman"), []byte("nerdctl")}
)

// commands finds the names that the commands of a line are about.
func (s *nameSearch) commands(from, to int) {
	if line := s.text[from:to]; !slices.ContainsFunc(engineCommands, func(c []byte) bool { return bytes.Contains(line, c) }) {
		return
	}

	for _, list := range listing().FindAllIndex(s.text[from:to], -1) {
		at := from + list[0]
		for _, m := range filter().FindAllSubmatchIndex(s.text[at:from+list[1]], -1) {
			if _, ok := s.names[string(s.text[at+m[2]:at+m[3]])]; ok {
				s.add("docker ps", at+m[2], at+m[3])
			}
		}
	}
	for from < to {
		m := containerCommand().FindSubmatchIndex(s.text[from:to])
		if m == nil {
			return
		}
		from = s.operands(string(s.text[from+m[2]:from+m[3]]), from+m[3], to)
	}
}

// valued are the flags of such commands whose value is the next word.
var valued = []string{"-u", "--user", "-e", "--env", "-w", "--workdir", "--env-file", "--detach-keys", "-n", "--tail", "--since", "--until", "--format",
	"--time", "-s", "--signal", "--type"}

// ofSeveral are the commands that are about several containers at once.
var ofSeveral = []string{"inspect", "kill", "pause", "restart", "rm", "start", "stats", "stop", "unpause", "update", "wait"}

// operands finds the names behind a command, up to the first word that is no name, and returns where that is. A word behind a flag
// may be its value. Where a flag or a name shows that it is a command, and no prose, other containers may stand between.
func (s *nameSearch) operands(verb string, at, to int) int {
	flag, shown := "", false
	for {
		start, end, next := s.word(at, to)
		if start < 0 {
			return next
		}

		at = next
		word := string(s.text[start:end])
		if len(word) > 0 && word[0] == '-' {
			flag, shown = word, true
			continue
		}
		name := word
		if verb == "cp" {
			before, _, isPath := bytes.Cut([]byte(word), []byte(":"))
			if name = string(before); !isPath {
				name = ""
			}
		}

		_, known := s.names[name]
		switch {
		case slices.Contains(valued, flag):
		case known:
			shown = true
			s.add("docker "+verb, start, start+len(name))
			if verb == "exec" {
				return at
			}
		case shown && slices.Contains(ofSeveral, verb):
		case flag == "" && verb != "cp":
			return at
		}
		flag = ""
	}
}

// word is the next word of a command, without its quotes, and where what follows begins; start is -1 where the command ends.
func (s *nameSearch) word(at, to int) (start, end, next int) {
	from := at
	for at < to && bytes.IndexByte([]byte(" \t\\\r\n"), s.text[at]) >= 0 {
		at++
	}
	if at == to || bytes.IndexByte([]byte(";&|<>()`#"), s.text[at]) >= 0 {
		return -1, -1, min(at+1, to)
	}

	if q := s.text[at]; q == '"' || q == '\'' {
		i := bytes.IndexByte(s.text[at+1:to], q)
		if i < 0 || at == from { // one that ends what the whole command stands in
			return -1, -1, at + 1
		}
		return at + 1, at + 1 + i, at + 2 + i
	}
	n := bytes.IndexAny(s.text[at:to], " \t\\\r\n;&|<>()`\"'")
	if n < 0 {
		return at, to, to
	}
	end = at + n
	quoted := s.text[end] == '"' || s.text[end] == '\''
	if n > 0 && s.text[end-1] == '=' && quoted { // --format='a b'
		if i := bytes.IndexByte(s.text[end+1:to], s.text[end]); i >= 0 {
			end += i + 2
		}
	}
	return at, end, end
}

// The forms in which a host is named. The last group is the host.
var (
	urlHost   = lazyexp.New(`://(?:[^\s/@"'<>]*@)?([A-Za-z0-9][A-Za-z0-9_.-]*)`)
	hostPort  = lazyexp.New(`([A-Za-z0-9][A-Za-z0-9_.-]*):[0-9]{2,5}\b`)
	hostValue = lazyexp.New(`(?i)\b([A-Z0-9_]+HOST(?:NAME)?)["']?[ \t]*[=:][ \t]*["']?([A-Za-z0-9][A-Za-z0-9_.-]*)(?:["'\s,}\]]|$)`)
	upstream  = lazyexp.New(`\bupstream[ \t]+([A-Za-z0-9][A-Za-z0-9_.-]*)`)

	ownHost = lazyexp.New(`(?i)VIRTUAL_HOST|LETSENCRYPT_HOST`) // under which others know the container
	ofImage = lazyexp.New(`(?i)image|\bfrom[ \t]|\btag`)
)

// maxBefore is how much before a match tells that a name with a number is an image with its tag.
const maxBefore = 60

// upstreamsIn are the names that a config of nginx gives to servers, which are no host names.
func upstreamsIn(text []byte) map[string]bool {
	names := map[string]bool{}
	for _, m := range upstream().FindAllSubmatch(text, -1) {
		names[string(m[1])] = true
	}
	return names
}

// hosts finds the names that a line has as host names. Comments are left out.
func (s *nameSearch) hosts(from, to int) {
	line := s.text[from:to]
	if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("#")) {
		return
	}

	for _, m := range urlHost().FindAllSubmatchIndex(line, -1) {
		s.host("URL", from, m[2], m[3])
	}
	for _, m := range hostPort().FindAllSubmatchIndex(line, -1) {
		inName := m[2] > 0 && bytes.IndexByte([]byte("/$.{_-"), line[m[2]-1]) >= 0
		if !inName && !ofImage().Match(line[max(0, m[2]-maxBefore):m[2]]) {
			s.host("address", from, m[2], m[3])
		}
	}
	for _, m := range hostValue().FindAllSubmatchIndex(line, -1) {
		if !ownHost().Match(line[m[2]:m[3]]) {
			s.host("host name", from, m[4], m[5])
		}
	}
}

func (s *nameSearch) host(kind string, line, start, end int) {
	name := s.text[line+start : line+end]
	if s.names[string(name)] && !s.upstreams[string(name)] {
		s.add(kind, line+start, line+end)
	}
}
