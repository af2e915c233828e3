package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestGitHubEscapes(t *testing.T) {
	s := lint.Sources{}
	s.Add("/src/a,b:c%.yaml", []byte("ports: [8080:80]\n"))
	r := Report{Dir: "/src", Sources: s, Findings: []lint.Finding{{
		Rule: "fixed-port", Severity: lint.Info, Certainty: lint.Certain, Span: find(s, "/src/a,b:c%.yaml", "8080"),
		Message: "100%: a, b\r\n::stop-commands::x",
	}}}
	want := "::notice file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=9,endColumn=13,title=portlint fixed-port::" +
		`100%25: a, b\r\n::stop-commands::x` + "\n"
	if got := string(render(t, writeGitHub, r)); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestGitHubGivesNoColumnsAcrossLines(t *testing.T) {
	r := sample()
	for _, line := range strings.Split(string(render(t, writeGitHub, r)), "\n") {
		if strings.Contains(line, "line=4,endLine=6") && strings.Contains(line, "col") {
			t.Errorf("the runner refuses %s", line)
		}
	}
	if n := strings.Count(string(render(t, writeGitHub, r)), "\n"); n != len(r.Findings)+len(r.unplacedBlinds()) {
		t.Errorf("%d commands for %d findings and %d blind spots", n, len(r.Findings), len(r.unplacedBlinds()))
	}
}

func TestGitLabHasWhatGitLabRequires(t *testing.T) {
	schema := compileSchema(t, `{
		"type": "array",
		"items": {
			"type": "object",
			"required": ["description", "check_name", "fingerprint", "severity", "location"],
			"properties": {
				"description": {"type": "string", "minLength": 1},
				"check_name": {"type": "string", "minLength": 1},
				"fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
				"severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
				"location": {
					"type": "object",
					"required": ["path", "lines"],
					"properties": {
						"path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
						"lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}
					}
				}
			}
		}
	}`)
	for _, r := range []Report{{}, sample(), {Findings: []lint.Finding{{Rule: "x", Message: "nowhere"}}}} {
		doc := render(t, writeGitLab, r)
		if err := validate(t, schema, doc); err != nil {
			t.Errorf("%v in %s", err, doc)
		}
	}
}

func TestJUnitCanBeParsed(t *testing.T) {
	r := sample()
	r.Projects = append(r.Projects, &lint.Project{Name: "clean", Dir: "/src/clean", Files: []string{"/src/clean/compose.yaml"}})
	r.Findings[0].Message = "]]> & <b> \x00"
	doc := render(t, writeJUnit, r)
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	var all junitSuites
	if err := xml.Unmarshal(doc, &all); err != nil {
		t.Fatal(err)
	}
	names := each(all.Suites, func(s junitSuite) string { return s.Name })
	if want := []string{"shop", "blog", "clean", "portlint"}; !slices.Equal(names, want) {
		t.Errorf("suites %v, want %v", names, want)
	}
	if all.Tests != 15 || all.Failures != 8 || all.Suites[2].Tests != 1 || all.Suites[2].Failures != 0 {
		t.Errorf("%d tests, %d failures, clean: %+v", all.Tests, all.Failures, all.Suites[2])
	}
	failure := all.Suites[0].Cases[0].Failure
	if want := `]]> & <b> \x00`; failure.Message != want || !strings.Contains(failure.Text, want) {
		t.Errorf("the message became %+v", failure)
	}
}

func TestRDJSONColumnsCountBytes(t *testing.T) {
	r := sample()
	var doc rdResult
	if err := json.Unmarshal(render(t, writeRDJSON, r), &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, d := range doc.Diagnostics[:len(r.Findings)] {
		at := d.Location.Range
		if at == nil || at.Start.Line != at.End.Line {
			continue
		}
		n++
		span := r.Findings[i].Span
		line := strings.SplitAfter(string(r.Sources[span.File].Text), "\n")[at.Start.Line-1]
		if got := line[at.Start.Column-1 : at.End.Column-1]; got != r.Sources.Text(span) {
			t.Errorf("%s: the range is %q, want %q", d.Code.Value, got, r.Sources.Text(span))
		}
	}
	if n != 8 {
		t.Errorf("%d findings within a line, want 8", n)
	}
}

func TestRDJSONSuggestionJoinsTheEditsOfTheFile(t *testing.T) {
	r := published(0, func(*lint.Finding) {})
	span := r.Findings[0].Span
	r.Findings[0].Fixes = []lint.Fix{{Edits: []lint.Edit{
		{Span: span, New: "1"},
		{Span: lint.Span{File: span.File, Start: span.End + 1, End: span.End + 3}, New: "2"},
		{Span: lint.Span{File: "/src/.env"}, New: "A=1"},
	}}, {Command: "true"}}
	d := r.rdDiagnostic(r.Findings[0])
	if len(d.Suggestions) != 1 || d.Suggestions[0].Text != "1:2" {
		t.Errorf("suggestions %+v", d.Suggestions)
	}
}

// TestGitHubBuildsItsEscapesOnce: a property that needs no escape costs nothing, however many findings have one.
func TestGitHubBuildsItsEscapesOnce(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = githubProperty("compose.yaml") }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
