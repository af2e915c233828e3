package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

// writeGitHub writes the findings, and what was not checked, as workflow commands, which GitHub Actions shows beside the lines of a pull request.
func writeGitHub(w io.Writer, r Report) error {
	r = r.rooted()
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "::%s %s::%s\n", githubLevel(f.Severity), githubProperties(r.anchor(f), f.Rule),
			githubData(strings.Join(r.paragraphs(f), "\n")))
	}

	for _, s := range r.unplacedBlinds() {
		fmt.Fprintf(&b, "::notice %s::%s\n", githubProperties(r.place(s.span), notCheckedName), githubData(Escape(s.text)))
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

func githubProperties(at place, title string) string {
	var out []string
	add := func(name, value string) { out = append(out, name+"="+githubProperty(Escape(value))) }
	if at.file != "" {
		add("file", at.file)
		add("line", fmt.Sprint(at.line()))
	}

	if at.exact {
		add("endLine", fmt.Sprint(at.end.Line))
		// The runner refuses columns of a place that crosses lines.
		if at.start.Line == at.end.Line {
			add("col", fmt.Sprint(at.start.Column))
			add("endColumn", fmt.Sprint(at.end.Column))
		}
	}

	add("title", "portlint "+title)
	return strings.Join(out, ",")
}

// The escapes of the message and of the properties of a command. Source: actions/toolkit packages/core/src/command.ts, escapeData and
// escapeProperty.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer(":", "%3A", ",", "%2C")
)

func githubData(s string) string { return dataEscapes.Replace(s) }

func githubProperty(s string) string { return propertyEscapes.Replace(githubData(s)) }
