package relocate

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// LogUsedElsewhere says of a variable that gets another value where else the project uses it.
func LogUsedElsewhere(w run.Process, p *lint.Project, sources lint.Sources, name string) {
	if at := usedElsewhere(w, p, sources, name); at != "" {
		run.Logf(w.Stderr, "${%s} is also used in %s; check that the new port works there", name, at)
	}
}

// LogStale says where the files of a project, or those beside it, still name what has become another one: the name of a container, or
// an address in a subnet.
func LogStale(w run.Process, p *lint.Project, sources lint.Sources, old lint.EngineText) {
	still := func(at lint.Span, what string) {
		run.Logf(w.Stderr, "%s:%d: still names %s", run.Relative(w.Dir, at.File), sources.Position(at.File, at.Start).Line, what)
	}
	switch old.Kind {
	case lint.NameOfContainer:
		for _, m := range p.NameMentions {
			if m.Name == old.Text {
				still(m.Span, fmt.Sprintf("%q", run.Escape(m.Name)))
			}
		}
	case lint.NameOfSubnet:
		prefix, err := netip.ParsePrefix(old.Text)
		for _, m := range p.Addresses {
			if err == nil && prefix.Contains(m.IP) {
				still(m.Span, m.IP.String())
			}
		}
	}
}

// usedElsewhere finds the first place where a file of the project hands a variable on as a word of its own, as in
// `PORT: ${WEB_PORT}` and `["--port", "${WEB_PORT}"]`: what gets it there may mean the container's port. A URL with the
// port in it is no such place, and neither is a comment.
func usedElsewhere(w run.Process, p *lint.Project, sources lint.Sources, name string) string {
	name = regexp.QuoteMeta(name)
	alone := regexp.MustCompile(`(?m)(?:^|[\s"'=,\[{])(\$(?:` + name + `|\{` + name + `(?::?[-?+][^{}]*)?\}))(?:[\s"',\]}]|$)`)
	for _, file := range slices.Sorted(maps.Keys(sources)) {
		text := sources[file].Text
		for _, at := range alone.FindAllSubmatchIndex(text, -1) {
			if slices.Contains(run.FilesOf(p), file) && !inPorts(p, file, at[2]) && !inComment(text, at[2]) {
				return fmt.Sprintf("%s:%d", run.Relative(w.Dir, file), sources.Position(file, at[2]).Line)
			}
		}
	}

	return ""
}

// inComment reports whether a place lies behind a "#" that begins a word, as far as its line shows.
func inComment(text []byte, offset int) bool {
	line := text[bytes.LastIndexByte(text[:offset], '\n')+1 : offset]
	return bytes.HasPrefix(line, []byte("#")) || bytes.Contains(line, []byte(" #")) || bytes.Contains(line, []byte("\t#"))
}

// inPorts reports whether a place lies within a `ports` item.
func inPorts(p *lint.Project, file string, offset int) bool {
	return slices.ContainsFunc(p.Bindings(), func(b *lint.Binding) bool {
		return b.Entry.File == file && b.Entry.Start <= offset && offset < b.Entry.End
	})
}
