package mention

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/portlint/portlint/lint/lazyexp"
)

// searchText is a text in which ports are looked for. What one match needs to know of the text around it is found out once,
// so that a line of thousands of addresses takes no longer than as many lines.
type searchText struct {
	text      []byte
	hostLines [][]int // the lines with one of hostNames

	starts     []int        // where command lines begin, which a backslash at the end continues; see lineAt
	remoteFrom map[int]int  // by such a beginning, the first byte after a command that takes what follows elsewhere
	quietLines map[int]bool // by such a beginning, whether the line may hold a password
}

// password is in a line that may hold one.
var password = lazyexp.New(`(?i)pass|pwd|secret|token|://[^\s/@]*:[^\s/@]+@`)

func newSearchText(text []byte) *searchText {
	s := &searchText{text: text, hostLines: hostLines(text), remoteFrom: map[int]int{}, quietLines: map[int]bool{}}
	s.starts = append(s.starts, 0)
	for i, b := range text {
		if b == '\n' && (i == 0 || text[i-1] != '\\') {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

// lineAt is the command line around a place.
func (s *searchText) lineAt(place int) (start, end int) {
	i, exact := slices.BinarySearch(s.starts, place)
	if !exact {
		i--
	}
	if end = len(s.text); i+1 < len(s.starts) {
		end = s.starts[i+1]
	}
	return s.starts[i], end
}

// quiet reports whether the line around a place may hold a password.
func (s *searchText) quiet(place int) bool {
	start, end := s.lineAt(place)
	if quiet, known := s.quietLines[start]; known {
		return quiet
	}
	s.quietLines[start] = password().Match(s.text[start:end])
	return s.quietLines[start]
}

// elsewhere reports whether an address from start to end is not reached from this machine: one end of a tunnel, as in
// 8080:localhost:80, the host's half of 127.0.0.1:8080:80, which the command with it would take, what a command before it
// takes to another machine or into a container, or where something listens.
func (s *searchText) elsewhere(start, end int) bool {
	tunnel := start > 1 && s.text[start-1] == ':' && isDigit(s.text[start-2])
	binding := end+1 < len(s.text) && s.text[end] == ':' && isDigit(s.text[end+1])
	if tunnel || binding {
		return true
	}

	line, lineEnd := s.lineAt(start)
	remote, known := s.remoteFrom[line]
	if !known {
		remote = line + remoteCommandEnd(s.text[line:lineEnd])
		s.remoteFrom[line] = remote
	}
	return remote <= start || listens(s.text[max(line, start-maxListening):start])
}

// listens reports whether something listens at the address that follows.
func listens(before []byte) bool {
	lower := bytes.ToLower(before)
	return (bytes.Contains(lower, []byte("listen")) || bytes.Contains(lower, []byte("bind"))) && listening().Match(lower)
}

// The commands before an address on its line that take the address into a container or to another machine. The first is
// not greedy, so that what it finds ends where the first such command does.
var (
	intoContainer = lazyexp.New(`\b(?:docker|podman|nerdctl|kubectl|compose)\b[^\n;&|]*?\b(?:exec|run)\b`)
	remoteCommand = lazyexp.New(`\bssh\b|--health-cmd|\bHEALTHCHECK\b`)
)

// remoteCommandEnd is the first byte after such a command, one after the line where there is none.
func remoteCommandEnd(line []byte) int {
	first := len(line) + 1
	for _, command := range []*regexp.Regexp{intoContainer(), remoteCommand()} {
		if at := command.FindIndex(line); at != nil {
			first = min(first, at[1])
		}
	}
	return first
}

// listening ends with a word after which an address is where something listens, as in listen = 127.0.0.1:9000. It is
// looked for in the last maxListening bytes before the address.
var listening = lazyexp.New(`\b(?:listen|bind)[a-z_-]*["']?[ \t]*[=:]?[ \t]*["']?$`)

const maxListening = 100

// hostNames are in every name that a pattern has for this machine, in lower or upper case or with a capital.
var hostNames = [][]byte{[]byte("ocalhost"), []byte("127.0.0.1"), []byte("LOCALHOST"), []byte("host.docker")}

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

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
