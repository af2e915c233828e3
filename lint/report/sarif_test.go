package report

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/portlint/portlint/lint"
)

// sampleSARIF does not depend on the list of all rules.
func sampleSARIF(w io.Writer, r Report) error {
	return writeSARIFWith(w, r, func(name string) (lint.Rule, bool) {
		rule := lint.Rule{Name: name, Severity: lint.Error, Certainty: lint.Certain, Summary: "the summary of " + name}
		if name == "fixed-port" {
			rule.Severity, rule.Certainty = lint.Info, lint.Possible
		}
		return rule, name != "shared-port"
	})
}

// officialSARIFSchema is the schema of the OASIS standard. Module go-sarif carries it as an unexported constant; its own
// Validate looks at a decoded copy, in which unknown and missing fields can't be seen any more.
func officialSARIFSchema(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.ValueSpec); ok && c.Names[0].Name == "schema" {
			text, err = strconv.Unquote(c.Values[0].(*ast.BasicLit).Value)
		}
		return true
	})
	if err != nil || text == "" {
		t.Fatalf("no schema in module go-sarif: %v", err)
	}
	return text
}

func TestSARIFMatchesTheOfficialSchema(t *testing.T) {
	schema := compileSchema(t, officialSARIFSchema(t))
	doc := render(t, sampleSARIF, sample())
	for name, doc := range map[string][]byte{"sample": doc, "no rule known": render(t, writeSARIF, sample()),
		"empty": render(t, writeSARIF, Report{})} {
		if err := validate(t, schema, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := sarif.FromBytes(doc); err != nil {
			t.Errorf("%s: another library can't read it: %v", name, err)
		}
	}
	for _, change := range [][2]string{
		{`"executionSuccessful": true,`, ``},
		{`"text": "web publishes it here"`, `"txt": "web publishes it here"`},
		{`"startLine": 11`, `"startLine": 0`},
		{`"level": "note"`, `"level": "info"`},
	} {
		broken := strings.Replace(string(doc), change[0], change[1], 1)
		if broken == string(doc) || validate(t, schema, []byte(broken)) == nil {
			t.Errorf("the schema lets %s become %q", change[0], change[1])
		}
	}
}

func TestSARIFFixesSayTheSameInBytesAndLines(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal(render(t, writeSARIF, sample()), &log); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, result := range log.Runs[0].Results {
		edits := []lint.Edit{}
		for _, fix := range sample().Findings[i].Fixes {
			edits = append(edits, fix.Edits...)
		}
		for _, fix := range result.Fixes {
			for _, change := range fix.Changes {
				for _, r := range change.Replacements {
					e := edits[0]
					edits, n = edits[1:], n+1
					at := sample().place(e.Span)
					if *r.Deleted.ByteOffset != e.Span.Start || *r.Deleted.ByteLength != e.Span.End-e.Span.Start ||
						r.Deleted.StartLine != at.start.Line || r.Deleted.EndColumn != at.end.Column {
						t.Errorf("%s: region %+v for edit %+v", result.RuleID, r.Deleted, e)
					}
				}
			}
		}
	}
	if n != 5 {
		t.Errorf("%d edits in the log, want 5", n)
	}
}

func TestSARIFAddress(t *testing.T) {
	for file, want := range map[string]sarifArtifact{
		"a b/ü#?.yaml":   {URI: "a%20b/%C3%BC%23%3F.yaml", BaseID: "%SRCROOT%"},
		"50%.yaml":       {URI: "50%25.yaml", BaseID: "%SRCROOT%"},
		"c:d/x.yaml":     {URI: "file:///c:d/x.yaml"},
		"ab:d/x.yaml":    {URI: "./ab:d/x.yaml", BaseID: "%SRCROOT%"},
		"/home/a b.yaml": {URI: "file:///home/a%20b.yaml"},
		"C:/src/x.yaml":  {URI: "file:///C:/src/x.yaml"},
		"-":              {URI: "stdin"},
	} {
		if got := newSARIFArtifact(file); got != want {
			t.Errorf("%s becomes %+v, want %+v", file, got, want)
		}
	}
}

func TestSemanticVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v0.1.0": "0.1.0", "v1.2.3-rc.1+dirty": "1.2.3-rc.1+dirty", "devel": "", "v1.2": "", "": "",
		"v0.0.0-20261120120413-e928717db141": "0.0.0-20261120120413-e928717db141",
	} {
		if got := semantic(version); got != want {
			t.Errorf("%q becomes %q, want %q", version, got, want)
		}
	}
	if doc := string(render(t, writeSARIF, Report{Version: "devel"})); strings.Contains(doc, "semanticVersion") {
		t.Errorf("devel is called semantic: %s", doc)
	}
}
