package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/portlint/portlint/lint"
)

func compileSchema(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schemaNamed is one of the schemas beside, which refer to each other.
func schemaNamed(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	const base = "https://raw.githubusercontent.com/portlint/portlint/main/lint/report/"
	files, err := filepath.Glob("*.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	for _, file := range files {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schemaText(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(base+file, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(base + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, doc []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	return s.Validate(v)
}

// outputSchema is the JSON Schema of what writeJSON writes.
func outputSchema(t *testing.T) string {
	t.Helper()
	return schemaText(t, "portlint-output.schema.json")
}

func schemaText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestJSONMatchesItsSchema(t *testing.T) {
	schema := compileSchema(t, outputSchema(t))
	empty := Report{Version: "v0.1.0", Dir: "/src", Verdict: lint.VerdictClear}
	for name, r := range map[string]Report{"sample": sample(), "empty": empty, "no ports": {
		Verdict: lint.VerdictUnknown, Dir: "/src", Projects: []*lint.Project{{Name: "x", Dir: "/src", Files: []string{"-"}}},
	}} {
		doc := render(t, writeJSON, r)
		if err := validate(t, schema, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(doc, []byte("null")) {
			t.Errorf("%s: a null in\n%s", name, doc)
		}
	}
}

func TestSchemaRejectsBrokenDocuments(t *testing.T) {
	schema := compileSchema(t, outputSchema(t))
	doc := string(render(t, writeJSON, sample()))
	for _, change := range [][2]string{
		{`"version": 1`, `"version": 2`},
		{`"verdict": "conflict"`, `"verdict": "bad"`},
		{`"verdict": "conflict",`, ``},
		{`"projects": [`, `"projects": null, "x": [`},
		{`"findings": [`, `"findings": null, "x": [`},
		{`"related": []`, `"related": null`},
		{`"fixes": []`, `"fixes": null`},
		{`"edits": []`, `"x": []`},
		{`"severity": "error"`, `"severity": "fatal"`},
		{`"certainty": "latent"`, `"certainty": 1`},
		{`"rule": "fixed-port"`, `"rule": "Fixed Port"`},
		{`"published": 8080`, `"published": "8080"`},
		{`"published": 8080`, `"published": 70000`},
		{`"publishedEnd": 9010,`, ``},
		{`"target": 80,`, `"target": 0,`},
		{`"protocol": "sctp"`, `"protocol": "http"`},
		{`"line": 6`, `"line": 0`},
		{`"column": 10`, `"column": "10"`},
		{`"valueFrom": "unset"`, `"valueFrom": ""`},
		{`"active": false`, `"active": "no"`},
		{`"what": "sockets",`, ``},
		{`"ports": 12`, `"ports": -1`},
		{`"safety": "safe"`, `"safety": "probably"`},
		{`"newText": "${WEB_PORT:-8080}"`, `"newText": 1`},
		{`"directory": "shop"`, `"directory": ""`},
		{`"hostIp": "127.0.0.1",`, ``},
	} {
		broken := strings.Replace(doc, change[0], change[1], 1)
		if broken == doc {
			t.Errorf("the sample has no %s", change[0])
		}
		if validate(t, schema, []byte(broken)) == nil {
			t.Errorf("accepted: %s in place of %s", change[1], change[0])
		}
	}
}

func TestSchemaAllowsNewFields(t *testing.T) {
	doc := string(render(t, writeJSON, sample()))
	doc = strings.Replace(doc, `"version": 1,`, `"version": 1, "later": {},`, 1)
	doc = strings.Replace(doc, `"rule":`, `"owner": {"kind": "container", "container": {"line": 7}}, "rule":`, 1)
	if err := validate(t, compileSchema(t, outputSchema(t)), []byte(doc)); err != nil {
		t.Error(err)
	}
}

func TestJSONKeepsTextAsItIs(t *testing.T) {
	const message = `a < b && "c" > 検索`
	doc := render(t, writeJSON, Report{Findings: []lint.Finding{{Message: message}}})
	if want := `a < b && \"c\" > 検索`; !bytes.Contains(doc, []byte(want)) {
		t.Errorf("no %s in %s", want, doc)
	}
}
