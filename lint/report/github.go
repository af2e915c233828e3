package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

// GitHub writes the findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.
func GitHub(w io.Writer, r Report) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "::%s %s::%s\n", githubLevel(f.Severity), strings.Join(r.githubProperties(f), ","),
			githubData(strings.Join(r.paragraphs(f), "\n")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func githubLevel(s lint.Severity) string {
	if s == lint.Info {
		return "notice"
	}
	return s.String()
}

func (r Report) githubProperties(f lint.Finding) []string {
	var out []string
	add := func(name, value string) { out = append(out, name+"="+githubProperty(escape(value))) }
	at := r.anchor(f)
	if at.File != "" {
		add("file", at.File)
		add("line", fmt.Sprint(at.line()))
	}
	if at.Exact {
		add("endLine", fmt.Sprint(at.End.Line))
		// The runner refuses columns of a place that crosses lines.
		if at.Start.Line == at.End.Line {
			add("col", fmt.Sprint(at.Start.Column))
			add("endColumn", fmt.Sprint(at.End.Column))
		}
	}
	add("title", "portlint "+f.Rule)
	return out
}

// paragraphs are the message of a finding and what belongs to it, each escaped to one line.
func (r Report) paragraphs(f lint.Finding) []string {
	out := []string{escape(said(f))}
	for _, o := range f.Related {
		line := o.Message
		if o.Span.Known() {
			line = r.place(o.Span).String() + ": " + line
		}
		out = append(out, escape(line))
	}
	if len(f.Fixes) > 0 {
		out = append(out, escape(strings.Join(notEmpty(label(f.Fixes[0].Safety), f.Fixes[0].Title, f.Fixes[0].Command), ": ")))
	}
	return out
}

// githubData escapes the message of a command. Source: actions/toolkit packages/core/src/command.ts, escapeData.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty escapes a property of a command. Source: the same, escapeProperty.
func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
