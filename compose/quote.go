package compose

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// What Compose says of a line of an env file that it can't read ends with that line, which may hold secrets.
// Source: compose-go dotenv/parser.go; template/template.go.
var (
	badName  = regexp.MustCompile(`(?s)(unexpected character ".{1,9}?" in) variable name .*`)
	badQuote = regexp.MustCompile(`(?s)(unterminated quoted value) .*`)
)

// withoutLine takes the line of an env file out of a reason.
func withoutLine(reason string) string {
	return badQuote.ReplaceAllString(badName.ReplaceAllString(reason, "$1 a variable name"), "$1")
}

func unquotedEnv(err error) error { return errors.New(withoutLine(err.Error())) }

// secrets are what no message may repeat: the values of the variables that a project's files name, unless those files or
// their paths say the same, and the texts of files outside of the repository.
type secrets struct {
	hidden []secret
	open   string // the texts of the project's own files, and the paths of all that were read
}

// secret is a text, in lower case, with what is said in its place.
type secret struct{ text, words string }

// leastSecret is the shortest part of a value that is taken for it, in bytes.
const leastSecret = 4

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
			s.hidden = append(s.hidden, secret{strings.ToLower(text), "…"})
			continue
		}
		open.WriteString(strings.ToLower(text))
		open.WriteByte(0)
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
		}
	}
	s.open = open.String()
	for env := range t.environs() {
		for name, value := range env.vars {
			if named[name] && len(value) >= leastSecret && !isPublic(value) {
				s.hidden = append(s.hidden, secret{strings.ToLower(value), "${" + name + "}"})
			}
		}
	}
	slices.SortFunc(s.hidden, func(a, b secret) int { return strings.Compare(a.words+a.text, b.words+b.text) })
	s.hidden = slices.Compact(s.hidden)
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
		text = s.without(text, h)
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
