package compose

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// scan reads from the plain text of the files what YAML does not tell: ignore comments, other places that name a port,
// and variable names in use.
func (r *reader) scan() {
	r.project.Taken = map[string]bool{}
	for _, path := range r.order {
		f := r.walker.files[path]
		r.project.Ignores = append(r.project.Ignores, ignores(f)...)
		r.project.Mentions = append(r.project.Mentions, mentions(f)...)
		for _, m := range variable.FindAllSubmatch(f.text, -1) {
			r.project.Taken[string(m[1])] = true
		}
	}
	for name := range r.env.origin {
		r.project.Taken[name] = true
	}
	for name := range r.env.examples.vars {
		r.project.Taken[name] = true
	}
	for _, s := range r.found {
		for _, l := range s.layers {
			for _, name := range environmentKeys(l) {
				r.project.Taken[name] = true
			}
		}
	}
	r.mentionsBeside()
	r.project.Mentions = slices.DeleteFunc(r.project.Mentions, r.isPort)
}

// isPort reports whether a number that looks like a mention is a `ports` item itself.
func (r *reader) isPort(m lint.Mention) bool {
	return slices.ContainsFunc(r.project.Bindings(), func(b *lint.Binding) bool { return b.Entry.Contains(m.Span) })
}

var variable = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// environmentKeys are the names that a service sets inside its container.
func environmentKeys(l *layer) []string {
	n := l.find("environment")
	if n == nil {
		return nil
	}
	var names []string
	visits := maxVisits
	for _, e := range entries(n, &visits) {
		names = append(names, e.key.Value)
	}
	for _, s := range texts(l.env, n) {
		name, _, _ := strings.Cut(s, "=")
		names = append(names, name)
	}
	return names
}

const ignoreMark = "portlint:ignore"

// ignores finds the `# portlint:ignore RULE[,RULE] reason` comments of a file. One at the end of a line speaks of that
// line, one that stands alone of the next line that is not a comment.
func ignores(f *file) []lint.Ignore {
	if !bytes.Contains(f.text, []byte(ignoreMark)) {
		return nil
	}
	var out []lint.Ignore
	src := lint.NewSource(f.text)
	for line := 1; line <= src.Lines(); line++ {
		start, end := src.Line(line)
		text := string(f.text[start:end])
		at := strings.Index(text, "#")
		for at >= 0 && !isIgnore(text, at) {
			next := strings.Index(text[at+1:], "#")
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at < 0 {
			continue
		}
		ig := parseIgnore(text[at:])
		ig.Span = lint.Span{File: f.path, Start: start + at, End: end}
		ig.Covers = lint.Span{File: f.path, Start: start, End: end}
		if strings.TrimSpace(text[:at]) == "" {
			ig.Covers.Start, ig.Covers.End = nextLine(src, line)
		}
		out = append(out, ig)
	}
	return out
}

// isIgnore reports whether the "#" at a place begins a comment with the mark.
func isIgnore(text string, at int) bool {
	if at > 0 && text[at-1] != ' ' && text[at-1] != '\t' {
		return false
	}
	return strings.HasPrefix(strings.TrimLeft(text[at:], "# \t"), ignoreMark)
}

func parseIgnore(comment string) lint.Ignore {
	rest := strings.TrimPrefix(strings.TrimLeft(comment, "# \t"), ignoreMark)
	rules, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	var ig lint.Ignore
	ig.Rules = strings.FieldsFunc(rules, func(r rune) bool { return r == ',' })
	ig.Reason = strings.TrimSpace(reason)
	return ig
}

func nextLine(src *lint.Source, line int) (start, end int) {
	for line++; line <= src.Lines(); line++ {
		start, end = src.Line(line)
		if text := bytes.TrimSpace(src.Text[start:end]); len(text) > 0 && text[0] != '#' {
			return start, end
		}
	}
	return len(src.Text), len(src.Text)
}

var (
	localURL   = regexp.MustCompile(`\b(?:localhost|127\.0\.0\.1|\$\{?HOST\}?):([0-9]{2,5})\b`)
	advertised = regexp.MustCompile(`(?i)ADVERTISED[^\n]*`)
	listener   = regexp.MustCompile(`://[^\s,:/"']+:([0-9]{2,5})\b`)
	portLine   = regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=["']?([0-9]{2,5})["']?[ \t]*\r?$`)
)

// mentions finds the numbers in `localhost:PORT` texts and in advertised listeners of a file.
func mentions(f *file) []lint.Mention {
	var out []lint.Mention
	if bytes.Contains(f.text, []byte("localhost:")) || bytes.Contains(f.text, []byte("127.0.0.1:")) ||
		bytes.Contains(f.text, []byte("HOST")) {
		out = numbers(f.path, f.text, 0, localURL, "URL")
	}
	for _, m := range advertised.FindAllIndex(f.text, -1) {
		out = append(out, numbers(f.path, f.text[m[0]:m[1]], m[0], listener, "advertised listener")...)
	}
	slices.SortFunc(out, func(a, b lint.Mention) int { return a.Span.Start - b.Span.Start })
	return slices.CompactFunc(out, func(a, b lint.Mention) bool { return a.Span == b.Span })
}

// numbers lists the first group of every match as a port; base is the offset of text in its file.
func numbers(path string, text []byte, base int, re *regexp.Regexp, kind string) []lint.Mention {
	var out []lint.Mention
	for _, m := range re.FindAllSubmatchIndex(text, -1) {
		port, err := strconv.ParseUint(string(text[m[2]:m[3]]), 10, 16)
		if err != nil {
			continue
		}
		out = append(out, lint.Mention{Port: uint16(port), Kind: kind,
			Span: lint.Span{File: path, Start: base + m[2], End: base + m[3]}})
	}
	return out
}

// mentionsBeside looks into the env files and the dev container settings of the project directory.
func (r *reader) mentionsBeside() {
	for _, name := range append([]string{".env"}, exampleNames...) {
		r.mentionsIn(filepath.Join(r.dir, name), portLine, ".env")
	}
	for _, name := range []string{".devcontainer/devcontainer.json", ".devcontainer.json"} {
		r.mentionsIn(filepath.Join(r.dir, filepath.FromSlash(name)), forwarded, "forwardPorts")
	}
}

var forwarded = regexp.MustCompile(`(?s)"forwardPorts"\s*:\s*\[[^\]]*\]`)

func (r *reader) mentionsIn(path string, re *regexp.Regexp, kind string) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxFileSize {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	var found []lint.Mention
	if re == forwarded {
		for _, m := range re.FindAllIndex(text, -1) {
			found = append(found, numbers(path, text[m[0]:m[1]], m[0], regexp.MustCompile(`\b([0-9]{2,5})\b`), kind)...)
		}
	} else {
		found = append(numbers(path, text, 0, re, kind), numbers(path, text, 0, localURL, "URL")...)
	}
	if len(found) == 0 {
		return
	}
	r.project.Mentions = append(r.project.Mentions, found...)
	r.beside = append(r.beside, &file{path: path, text: text})
}
