package compose

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// What Compose says of a line of an env file that it can't read ends with that line, which may hold secrets.
// Source: compose-go dotenv/parser.go; template/template.go.
var (
	badName  = lazyexp.New(`(?s)(unexpected character ".{1,9}?" in) variable name .*`)
	badQuote = lazyexp.New(`(?s)(unterminated quoted value) .*`)
)

// withoutLine takes the line of an env file out of a reason.
func withoutLine(reason string) string {
	return badQuote().ReplaceAllString(badName().ReplaceAllString(reason, "$1 a variable name"), "$1")
}

func unquotedEnv(err error) error { return errors.New(withoutLine(err.Error())) }

// secrets are what no message may repeat: the values of the variables that a project's files name, unless those files or
// their paths say the same, and the texts of files outside of the repository.
type secrets struct {
	hidden []secret
	open   string // the texts of the project's own files, and the paths of all that were read
}

// secret is a text, in lower case, with what is said in its place.
type secret struct {
	text, words string
	short       map[string]bool // the words in it that are shorter than leastSecret
}

func newSecret(text, words string) secret {
	s := secret{strings.ToLower(text), words, map[string]bool{}}
	for _, word := range uncut().FindAllString(s.text, -1) {
		if len(word) < leastSecret && !isPublic(word) {
			s.short[word] = true
		}
	}
	return s
}

// leastSecret is the shortest part of a value that is taken for it wherever it stands, in bytes. A shorter one is only where it is a
// whole word of the value that stands alone: a piece of one to three bytes that Compose has cut out of a word is not known again.
const leastSecret = 4

// uncut is a run of bytes at which Compose cuts no value, see wholeWords.
var uncut = lazyexp.New(wordBytes + `+`)

const wordBytes = `[A-Za-z0-9_\x{80}-\x{10ffff}-]`

// collectSecrets collects what the files that were read must not tell.
func (t *fileTree) collectSecrets() secrets {
	var s secrets
	var open strings.Builder
	named := map[string]bool{}
	for _, path := range t.order {
		open.WriteString(strings.ToLower(path))
		open.WriteByte(0)
		text := string(t.walker.files[path].Text)
		if t.walker.files[path].Private {
			s.hidden = append(s.hidden, newSecret(text, "…"))
			continue
		}
		open.WriteString(strings.ToLower(text))
		open.WriteByte(0)
		for _, m := range variable().FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
		}
	}

	s.open = open.String()
	for env := range t.environs() {
		for name, value := range env.vars {
			if named[name] && value != "" && !isPublic(value) {
				s.hidden = append(s.hidden, newSecret(value, "${"+name+"}"))
			}
		}
	}

	slices.SortFunc(s.hidden, func(a, b secret) int { return strings.Compare(a.words+a.text, b.words+b.text) })
	s.hidden = slices.CompactFunc(s.hidden, func(a, b secret) bool { return a.words == b.words && a.text == b.text })
	return s
}

// environs are the environments of the project and of what it includes.
func (t *fileTree) environs() map[*environ]bool {
	all := map[*environ]bool{t.env: true}
	for _, s := range t.found {
		for _, l := range s.layers {
			all[l.env] = true
		}
	}
	return all
}

// redact puts the name of a variable in the place of its value. Compose may have cut the value or written it in lower case,
// so each longer part of it counts, up to the ends of the word.
func (s secrets) redact(text string) string {
	for _, h := range s.hidden {
		text = s.withoutShort(s.without(text, h), h)
	}
	return text
}

func (s secrets) without(text string, h secret) string {
	low := strings.ToLower(text)
	if len(low) != len(text) {
		text = low
	}

	var out strings.Builder
	done := 0
	for at := 0; at+leastSecret <= len(low); {
		end := at + leastSecret
		if !strings.Contains(h.text, low[at:end]) {
			at++
			continue
		}
		for end < len(low) && strings.Contains(h.text, low[at:end+1]) {
			end++
		}
		if strings.Contains(s.open, low[at:end]) {
			at = end - leastSecret + 1
			continue
		}
		start, stop := wholeWords(low, at, end)
		out.WriteString(text[done:max(done, start)])
		out.WriteString(h.words)
		done, at = stop, stop
	}
	return out.String() + text[done:]
}

// withoutShort leaves out the short words of a secret where they stand alone, unless the project's own files hold them as well.
func (s secrets) withoutShort(text string, h secret) string {
	var out strings.Builder
	done := 0
	for _, at := range uncut().FindAllStringIndex(text, -1) {
		found := strings.ToLower(text[at[0]:at[1]])
		if h.short[found] && standsAlone(text, at[0], at[1]) && !s.ownWord(found) {
			out.WriteString(text[done:at[0]])
			out.WriteString(h.words)
			done = at[1]
		}
	}
	return out.String() + text[done:]
}

// standsAlone reports whether a word is quoted, or is one side of something, or follows a colon: it is no word of a sentence.
func standsAlone(text string, start, end int) bool {
	before, after := strings.TrimSuffix(text[:start], " "), text[end:]
	joinedBefore := before != "" && text[:start] == before
	joinedAfter := !strings.HasPrefix(after, " ")
	return strings.HasSuffix(before, ":") || joinedBefore && joinedAfter
}

// ownWord reports whether the project's own files hold a word as such.
func (s secrets) ownWord(found string) bool {
	whole := `(?:^|[^` + wordBytes[1:] + `)` + regexp.QuoteMeta(found) + `(?:$|[^` + wordBytes[1:] + `)`
	return regexp.MustCompile(whole).MatchString(s.open)
}

// wholeWords widens a part of a text to whole words.
func wholeWords(text string, start, end int) (int, int) {
	inside := func(b byte) bool {
		return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= 0x80 || b == '_' || b == '-'
	}
	for start > 0 && inside(text[start-1]) && inside(text[start]) {
		start--
	}
	for end < len(text) && inside(text[end]) && inside(text[end-1]) {
		end++
	}
	return start, end
}

// written is a name as it may be said: what the variables in it stand for, where the project's files say the same, else the
// text in which they stand.
func (s secrets) written(name, raw string) string {
	if !strings.Contains(raw, "$") || isPublic(name) || strings.Contains(s.open, strings.ToLower(name)) {
		return name
	}
	return onOneLine(raw)
}

// title is the project's name for people, "" where that is its name.
func (t *fileTree) title(s secrets) string {
	if t.ProjectName != "" {
		return ""
	}
	if name, set := t.env.fromVars("COMPOSE_PROJECT_NAME"); set && name != "" {
		return t.titleFromVar(name)
	}
	if t.nameRaw == "" || s.written(t.name, t.nameRaw) == t.name {
		return ""
	}
	return onOneLine(t.nameRaw)
}

// titleFromVar hides a name that an env file makes of other variables.
func (t *fileTree) titleFromVar(name string) string {
	origin := t.env.originOf("COMPOSE_PROJECT_NAME")
	if origin.Kind == lint.FromShell || strings.Contains(string(t.envText(origin.File)), name) {
		return ""
	}
	return "${COMPOSE_PROJECT_NAME}"
}
