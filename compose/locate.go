package compose

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
	"go.yaml.in/yaml/v4"
)

var (
	markOf    = lazyexp.New(`\bL(\d+)\.C(\d+)\b[^-]|\b-L(\d+)\.C(\d+)\b`)
	lineOf    = lazyexp.New(`\bline (\d+)\b`)
	pathOf    = lazyexp.New(`\b(services|networks|volumes|secrets|configs|include|jobs)\.([^\s,;]+)`)
	serviceOf = lazyexp.New(`\bservice "?([^\s":]+)"?|^(?:Circular reference|dependency cycle detected): (\S+)`)
	otherOf   = lazyexp.New(`(?:undefined (?:\w+ )*|not found[^"]*)"?([^\s":]+)"?|"([^"]+)" not found`)
)

// locate finds the place that a fault speaks of: what the schema names, a line, a file that is missing, a path such as
// services.web.volumes, a service by name, a file by name, what the service says that Compose was asked for, at last the
// project's first file.
func (d *diagnosis) locate(f fault) lint.Span {
	reason := f.reason
	if f.ofSchema() {
		return d.first(f.path, f.keys)
	}
	if strings.HasPrefix(reason, "project name") && d.nameAt.Known() {
		return d.nameAt
	}

	file := d.fileIn(reason)
	if m := markOf().FindStringSubmatch(reason); m != nil {
		line, _ := strconv.Atoi(m[1] + m[3])
		column, _ := strconv.Atoi(m[2] + m[4])
		return file.MarkSpan(line, column)
	}
	if m := lineOf().FindStringSubmatch(reason); m != nil {
		line, _ := strconv.Atoi(m[1])
		return file.LineSpan(line)
	}

	for _, m := range d.missing {
		cycle := errors.Is(m.err, errIncludeCycle) && strings.Contains(reason, "cycle")
		if m.span.Known() && (cycle || strings.Contains(reason, m.path)) {
			return m.span
		}
	}
	if m := pathOf().FindStringSubmatch(reason); m != nil {
		return d.deepest(append([]string{m[1]}, pathKeys(m[2])...))
	}
	if m := serviceOf().FindStringSubmatch(reason); m != nil {
		if s, ok := d.found[m[1]+m[2]]; ok && len(s.layers) > 0 {
			return s.mention(reason)
		}
	}
	if span := d.quoted(reason); span.Known() {
		return span
	}
	if f.service != nil {
		return f.service.naming(words(reason))
	}
	return lint.Span{File: file.Path}
}

// first is the place of the keys, with the one of the names below them that stands first in the text.
func (d *diagnosis) first(keys, names []string) lint.Span {
	if len(names) == 0 {
		return d.deepest(keys)
	}
	best := d.deepest(append(slices.Clone(keys), names[0]))
	for _, name := range names[1:] {
		if s := d.deepest(append(slices.Clone(keys), name)); s.Before(best) {
			best = s
		}
	}
	return best
}

// fileIn is the file that a reason names, else the project's first.
func (d *diagnosis) fileIn(reason string) *syntax.File {
	for _, path := range d.order {
		if strings.Contains(reason, path) {
			return d.walker.files[path]
		}
	}

	for _, path := range d.order {
		if d.walker.files[path].Err != nil {
			return d.walker.files[path]
		}
	}
	if f, ok := d.walker.files[d.inputs.files[0]]; ok {
		return f
	}
	return &syntax.File{Path: d.inputs.files[0]}
}

// pathKeys splits "web.volumes.2", "web.tmpfs[0]" or "web.ports.[]" into keys; a list without a position ends them.
func pathKeys(path string) []string {
	path, _, _ = strings.Cut(strings.TrimRight(path, ":."), "[")
	return strings.Split(strings.TrimRight(path, "."), ".")
}

// deepest follows keys through all files, the last one first, and returns the key that goes deepest. A name may hold
// dots itself, so longer names are tried too.
func (d *diagnosis) deepest(keys []string) lint.Span {
	best, span := 0, lint.Span{File: d.inputs.files[0]}
	for _, path := range slices.Backward(d.order) {
		f := d.walker.files[path]
		for _, doc := range f.Docs {
			visits := syntax.MaxVisits
			if depth, key := descend(doc.Root, keys, &visits); depth > best {
				best, span = depth, f.Span(key)
			}
		}
	}
	return span
}

func descend(n *yaml.Node, keys []string, visits *int) (depth int, key *yaml.Node) {
	if r := syntax.Resolve(n); r != nil && r.Kind == yaml.SequenceNode && len(keys) > 1 {
		if i, err := strconv.Atoi(keys[0]); err == nil && i < len(r.Content) {
			if d, k := descend(r.Content[i], keys[1:], visits); d > 0 {
				return 1 + d, k
			}
		}
		return 0, nil
	}

	list := syntax.Entries(n, visits)
	for take := 1; take <= len(keys) && *visits > 0; take++ {
		name := strings.Join(keys[:take], ".")
		for _, e := range list {
			if e.Key.Value != name {
				continue
			}
			if d, k := descend(e.Value, keys[take:], visits); d > 0 {
				return take + d, k
			}
			return take, e.Key
		}
	}
	return 0, nil
}

// mention is the scalar of a service that a reason names as undefined or not found, else the service's key.
func (s *service) mention(reason string) lint.Span {
	var names []string
	for _, m := range otherOf().FindAllStringSubmatch(reason, -1) {
		names = append(names, m[1]+m[2])
	}
	return s.naming(names)
}

// words are the words of a reason without quotes, of more than one byte.
func words(reason string) []string {
	var out []string
	for word := range strings.FieldsSeq(reason) {
		if word = strings.TrimSuffix(strings.Trim(word, `"'`), ":"); len(word) > 1 {
			out = append(out, word)
		}
	}
	return out
}

// naming is where a service holds one of some texts, else its key.
func (s *service) naming(texts []string) lint.Span {
	for _, l := range slices.Backward(s.layers) {
		for _, text := range texts {
			visits := syntax.MaxVisits
			if n := scalarNamed(l.node, text, &visits); n != nil {
				return l.file.Span(n)
			}
		}
	}
	return s.key()
}

// quoted finds a scalar of any file that is, or ends with, a quoted or absolute path of the reason, such as a missing
// env_file.
func (d *diagnosis) quoted(reason string) lint.Span {
	for _, word := range strings.Fields(reason) {
		word = strings.Trim(word, `"':,`)
		if !filepath.IsAbs(word) {
			continue
		}
		rel := strings.TrimPrefix(word, d.dir+string(filepath.Separator))
		if at := d.naming(rel); at.Known() {
			return at
		}
	}
	return lint.Span{}
}

// naming is the first place at which a service names a file.
func (d *diagnosis) naming(path string) lint.Span {
	var first lint.Span
	for _, s := range d.found {
		for _, l := range s.layers {
			for _, key := range []string{"env_file", "label_file", "extends"} {
				visits := syntax.MaxVisits
				n := scalarNamed(l.find(key), path, &visits)
				if n == nil {
					continue
				}
				if at := l.file.Span(n); !first.Known() || at.Before(first) {
					first = at
				}
			}
		}
	}
	return first
}

// scalarNamed finds a scalar of that value below a node, "./" in front or a ":..." behind it aside.
func scalarNamed(n *yaml.Node, value string, visits *int) *yaml.Node {
	if *visits--; n == nil || *visits < 0 || value == "" {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		have, _, _ := strings.Cut(strings.TrimPrefix(n.Value, "./"), ":")
		if have == value || n.Value == value {
			return n
		}
		return nil
	}

	for _, c := range n.Content {
		if found := scalarNamed(c, value, visits); found != nil {
			return found
		}
	}
	return nil
}
