package refusal

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ParseAny finds the refusals of Parse, and those that other programs word: servers, databases, tools. Programs that run in a
// container are left out here as well: their ports are those of the container.
func ParseAny(text string) []Refusal {
	if code := strings.TrimSpace(text); code == "EADDRINUSE" || code == "WSAEADDRINUSE" { // all that somebody remembers
		return []Refusal{{Kind: InTheWay, By: ByProgram, Raw: code}}
	}
	if len(text) > 2*mostOutput {
		text = text[len(text)-2*mostOutput:]
	}
	text = plainText(text)
	engine := enginesRefusals(text)
	lines := newLines(text)

	var engines []placed
	for _, e := range engine {
		if !lines.goWords(e) {
			engines = append(engines, placed{e.Refusal, lines.at(e.start), blockLines})
		}
	}

	found, read := slices.Clone(engines), map[string]bool{}
	for i := len(lines.text) - 1; i >= 0 && len(read) < mostTried; i-- { // an error stands at the end, as a rule
		line := lines.text[i]
		byEngine := slices.ContainsFunc(engines, func(p placed) bool { return p.line == i }) || strings.Contains(line, "rror response from daemon")
		if byEngine || read[line] || !mayRefuse(line) {
			continue
		}
		read[line] = true
		if r, p, ok := lines.refusal(i); ok {
			found = append(found, placed{r, i, max(p.reach, blockLines)})
		}
	}

	slices.SortStableFunc(found, func(a, b placed) int { return a.line - b.line })
	return onceEach(found)
}

// mostTried bounds how many different lines of one text are compared with all wordings.
const mostTried = 200

// placed is a refusal, the line that it stands in, and how many lines away something is part of it.
type placed struct {
	Refusal
	line, reach int
}

// onceEach leaves out what is said twice: the same refusal, and one that another beside it says with more.
func onceEach(found []placed) []Refusal {
	var all []Refusal
	for _, p := range found {
		if p.By == ByProgram && slices.ContainsFunc(found, p.partOf) || slices.ContainsFunc(all, p.sameCause) {
			continue
		}
		all = append(all, p.Refusal)
	}
	return all
}

// partOf reports whether another refusal beside says the same with more: the port, or the address.
func (p placed) partOf(o placed) bool {
	distance := max(o.line-p.line, p.line-o.line)
	beside := distance > 0 && distance <= o.reach
	if o.By != ByProgram || !beside || p.Kind == SocketFile {
		return false
	}
	if p.First == 0 {
		return o.First != 0 || o.Kind == SocketFile
	}

	noAddress := !p.Addr.IsValid() && p.Host == ""
	return noAddress && o.First == p.First && (o.Addr.IsValid() || o.Host != "")
}

const (
	contextLines = 4       // around a line, where a program names the rest
	blockLines   = 12      // lines that belong to one report of a program
	mostRead     = 2 << 10 // bytes of one line
)

// lines is a text by its lines.
type lines struct {
	text  []string
	start []int
}

func newLines(text string) lines {
	var l lines
	start := 0
	for line := range strings.Lines(text) {
		l.start = append(l.start, start)
		start += len(line)
		l.text = append(l.text, strings.TrimRight(window(line), " \n"))
	}
	return l
}

// window is what is read of a line: of a very long one its begin and its end.
func window(line string) string {
	if len(line) <= mostRead {
		return line
	}
	return line[:mostRead/2] + " " + line[len(line)-mostRead/2:]
}

// at is the line of a byte.
func (l lines) at(place int) int {
	i, found := slices.BinarySearch(l.start, place)
	if !found {
		i--
	}
	return max(i, 0)
}

// goWords reports whether an engine's refusal is in the words of Go's library alone, which other programs print as well: an
// engine names the family that it opens, or says more before.
func (l lines) goWords(e inText) bool {
	bare := e.By == ByEngine && e.Container == "" && e.Service == "" && strings.HasPrefix(e.Raw, "listen ")
	if !bare {
		return false
	}
	line := l.text[l.at(e.start)]
	before := strings.ToLower(line[:max(strings.Index(line, e.Raw), 0)])
	for _, words := range []string{"daemon", " on endpoint ", "userland proxy", "docker", "failed to listen on", "networking"} {
		if strings.Contains(before, words) {
			return false
		}
	}

	proto, _, _ := strings.Cut(strings.TrimPrefix(e.Raw, "listen "), " ")
	return before != "" || !strings.ContainsAny(proto, "46")
}

// refusal reads the refusal of one line: the first wording that fits is the one.
func (l lines) refusal(i int) (Refusal, programWords, bool) {
	for _, p := range programs {
		if r, ok := l.read(p, i); ok {
			return r, p, true
		}
	}
	return Refusal{}, programWords{}, false
}

// read reads one wording in a line, with what the lines around add.
func (l lines) read(p programWords, i int) (Refusal, bool) {
	m := p.said.find().FindStringSubmatch(l.text[i])
	if m == nil {
		return Refusal{}, false
	}
	r := Refusal{Kind: p.kind, By: ByProgram, Program: p.program, Proto: p.proto, moves: p.moves, Raw: strings.Join(strings.Fields(l.text[i]), " ")}
	if !r.take(p.said.find().SubexpNames(), m) {
		return Refusal{}, false
	}

	if p.context.find != nil && !l.add(&r, p, i) && p.must {
		return Refusal{}, false
	}
	if r.First == 0 && r.Kind != SocketFile {
		l.addCommon(&r, i)
	}
	r.Last = r.First
	return r, true
}

// add takes over what the wording's second line says, the nearest one. It reports whether there is one.
func (l lines) add(r *Refusal, p programWords, i int) bool {
	reach := p.reach
	if reach == 0 {
		reach = contextLines
	}
	return l.around(i, reach, func(line string) bool { return r.takeMissing(p.context, line) })
}

// around tries the lines around one, the nearest first, until one will do.
func (l lines) around(i, reach int, try func(line string) bool) bool {
	for away := range reach + 1 {
		for _, k := range []int{i - away, i + away} {
			if k >= 0 && k < len(l.text) && try(l.text[k]) {
				return true
			}
		}
	}
	return false
}

// commonPlaces are what people typed, as a terminal shows it above an error.
var commonPlaces = []said{
	line("runserver {at}"), line("runserver {port}"), line("http.server {port}"), line("php -S {at}"), line("--port {port}"), line("--port={port}"),
	line("--bind {at}"), line("--listen {at}"), line(" PORT={port}"),
}

// typedAbove is how many lines away a command may stand: a traceback lies between.
const typedAbove = 40

// addCommon takes over the port of a command that was typed, where no two are named.
func (l lines) addCommon(r *Refusal, i int) {
	var found []Refusal
	for _, line := range l.text[max(i-typedAbove, 0) : i+1] {
		for _, place := range commonPlaces {
			typed := Refusal{}
			if typed.takeMissing(place, line) {
				found = append(found, typed)
				break
			}
		}
	}

	another := func(o Refusal) bool { return o.First != found[0].First }
	if len(found) > 0 && !slices.ContainsFunc(found, another) {
		r.First = found[0].First
		if !r.Addr.IsValid() {
			r.Addr, r.Host = found[0].Addr, found[0].Host
		}
	}
}

// takeMissing takes over what a line says and the refusal has not. It reports whether the line is one of these.
func (r *Refusal) takeMissing(s said, line string) bool {
	m := s.find().FindStringSubmatch(line)
	if m == nil {
		return false
	}

	var more Refusal
	if !more.take(s.find().SubexpNames(), m) {
		return false
	}

	if r.First == 0 {
		r.First = more.First
	}

	if !r.Addr.IsValid() && r.Host == "" {
		r.Addr, r.Host = more.Addr, more.Host
	}

	return true
}

// take takes over the named parts of a wording. What looks like a port and can't be one makes it none.
func (r *Refusal) take(names, parts []string) bool {
	for i, name := range names {
		value := parts[i]
		if name == "" || value == "" {
			continue
		}
		switch name {
		case "host":
			r.setHost(value)
		case "first":
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil || n == 0 {
				return false
			}
			r.First = uint16(n)
		case "proto":
			r.Proto = strings.ToLower(value)
		case "path":
			r.Path = value
		case "why":
			r.Kind = kindOf(value)
		}
	}
	return true
}

// setHost takes over an address as people write it. Those that stand for all addresses, as * and none, are the zero Addr.
func (r *Refusal) setHost(text string) {
	text = strings.Trim(text, "[]")
	addr, err := netip.ParseAddr(text)
	switch {
	case err == nil:
		r.Addr = addr
	case strings.EqualFold(text, "localhost"):
		r.Host = "localhost"
	}
}

// kindOf is the kind of a reason, in letters of any size.
func kindOf(words string) Kind {
	for _, e := range endings {
		if strings.EqualFold(e.words, words) {
			return e.kind
		}
	}
	return Unreasoned
}
