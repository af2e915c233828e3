package compose

import (
	"bytes"
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
	if len(r.project.Mentions) > 0 {
		elsewhere := r.elsewhere()
		r.project.Mentions = slices.DeleteFunc(r.project.Mentions, func(m lint.Mention) bool {
			return slices.ContainsFunc(elsewhere, func(s lint.Span) bool { return s.Contains(m.Span) })
		})
	}
}

// elsewhere lists the spans whose numbers are no mentions of a host port: the `ports` items themselves, and what runs
// inside a container.
func (r *reader) elsewhere() []lint.Span {
	var spans []lint.Span
	for _, s := range r.found {
		for _, it := range s.items {
			spans = append(spans, it.layer.file.span(resolve(it.node)))
		}
		for _, l := range s.layers {
			for _, key := range []string{"healthcheck", "command", "entrypoint"} {
				if n := l.find(key); n != nil {
					spans = append(spans, l.file.span(n))
				}
			}
		}
	}
	return spans
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

var (
	forwarded  = regexp.MustCompile(`(?s)"forwardPorts"\s*:\s*\[[^\]]*\]`)
	hostNumber = regexp.MustCompile(`[\[,\s"]([0-9]{2,5})\b`) // "web:8080" is a port of the container
)

func (r *reader) mentionsIn(path string, re *regexp.Regexp, kind string) {
	text, err := r.overlay.readFile(path)
	if err != nil {
		return
	}
	var found []lint.Mention
	if re == forwarded {
		for _, m := range re.FindAllIndex(text, -1) {
			found = append(found, numbers(path, text[m[0]:m[1]], m[0], hostNumber, kind)...)
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
