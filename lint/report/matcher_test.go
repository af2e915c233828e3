package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// matcher is a problem matcher of GitHub Actions, which reads the lines of a log. The numbers are groups of the regexp;
// severity is one of "error", "warning" and "notice", the only ones that the runner knows.
type matcher struct {
	Owner, Severity string
	Pattern         []struct {
		Regexp                                      string
		File, Line, Column, Severity, Message, Code int
	}
}

func readMatchers(t *testing.T) []matcher {
	t.Helper()
	text, err := os.ReadFile("../../.github/portlint-matcher.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ ProblemMatcher []matcher }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.ProblemMatcher
}

// match reads a line as "FILE LINE:COLUMN SEVERITY CODE MESSAGE".
func (m matcher) match(line string) (string, bool) {
	p := m.Pattern[0]
	g := regexp.MustCompile(p.Regexp).FindStringSubmatch(line)
	if g == nil {
		return "", false
	}
	severity := m.Severity
	if p.Severity > 0 {
		severity = g[p.Severity]
	}
	return fmt.Sprintf("%s %s:%s %s %s %s", g[p.File], g[p.Line], g[p.Column], severity, g[p.Code], g[p.Message]), true
}

// TestProblemMatcher applies the problem matcher to the text format, with and without colors: it sees every finding that
// has a place, once, and nothing else.
func TestProblemMatcher(t *testing.T) {
	r := sample()
	var want []string
	for _, f := range r.Findings {
		if at := r.place(f.Span); f.Span.Known() {
			severity := strings.Replace(f.Severity.String(), "info", "notice", 1)
			want = append(want, fmt.Sprintf("%s %d:%d %s %s %s", at.file, at.line(), max(at.start.Column, 1), severity, f.Rule, Escape(f.Headline())))
		}
	}
	for _, color := range []bool{false, true} {
		out := string(render(t, func(w io.Writer, r Report) error { r.Color = color; return Text(w, r) }, r))
		var got []string
		for line := range strings.Lines(out) {
			for _, m := range readMatchers(t) {
				if problem, ok := m.match(strings.TrimSuffix(line, "\n")); ok {
					got = append(got, problem)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("color %v: got\n%s\nwant\n%s", color, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
