package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/lint"
)

// TestSettingsSchema holds the JSON schema and the parser to the same verdict on every example file.
func TestSettingsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("portlint-config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/settings/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example settings: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		good := strings.HasPrefix(filepath.Base(file), "good_")
		if _, err := parseSettings(file, text); (err == nil) != good {
			t.Errorf("%s: the parser says %v", file, err)
		}
		var value any
		err = yaml.Unmarshal(text, &value) // a key that stands twice is found here
		if err == nil || len(text) == 0 {
			err = schema.Validate(value)
		}
		if (err == nil) != good {
			t.Errorf("%s: the schema says %v", file, err)
		}
	}
}

// rulesOfSchema are the lines of the schema about rules: an editor completes and explains them.
var rulesOfSchema = regexp.MustCompile(`(?s)("rules": \{.*?"properties": \{\n)(.*?)( {6}\}\n)`)

// TestSettingsSchemaKnowsRules: the schema has every rule, and no other.
func TestSettingsSchemaKnowsRules(t *testing.T) {
	const file = "portlint-config.schema.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range lint.Rules {
		lines = append(lines, fmt.Sprintf(`        %q: {"description": %q, "enum": ["off", "info", "warning", "error"], "default": %q}`, r.Name, r.Summary, r.Severity))
	}
	want := strings.Join(lines, ",\n") + "\n"
	if *update {
		rewrite(t, file, rulesOfSchema.ReplaceAllString(string(text), "${1}"+strings.ReplaceAll(want, "$", "$$")+"${3}"))
		return
	}
	if got := rulesOfSchema.FindSubmatch(text); got == nil || string(got[2]) != want {
		t.Errorf("the rules of %s are not up to date (-update writes them)", file)
	}
}

func TestParseSettings(t *testing.T) {
	text, err := os.ReadFile("testdata/settings/good_all.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseSettings("x", text)
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		severity: map[string]lint.Severity{"fixed-port": lint.Off, "duplicate-port": lint.Warning},
		level:    lint.Info, failOn: lint.Off, within: lint.Ports{First: 20000, Last: 32767},
		reserved: map[uint16]bool{8080: true, 9000: true}, exclude: []string{"examples/**"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestSettingsOneDocument: what stands behind the first document would be lost.
func TestSettingsOneDocument(t *testing.T) {
	for text, want := range map[string]string{
		"level: info\n---\nfail-on: never\n": "x:3: expected one document, and another one begins here",
		"level: info\n---\n: [\n":            "x is not valid YAML",
		"---\nlevel: info\n...\n":            "",
		"level: info\n---\n# nothing\n":      "",
	} {
		_, err := parseSettings("x", []byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestSearched(t *testing.T) {
	base := t.TempDir()
	repo := filepath.Join(base, "repo")
	deep := filepath.Join(repo, "a", "b")
	for _, dir := range []string{filepath.Join(repo, ".git"), deep, filepath.Join(base, "plain", "a")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	plain := filepath.Join(base, "plain")
	for _, c := range []struct {
		name, dir, cwd string
		want           []string
	}{
		{"up to the repository's root", deep, deep, []string{deep, filepath.Join(repo, "a"), repo}},
		{"not past it", deep, base, []string{deep, filepath.Join(repo, "a"), repo}},
		{"up to the working directory", filepath.Join(plain, "a"), plain, []string{filepath.Join(plain, "a"), plain}},
		{"only the project", plain, filepath.Join(plain, "a"), []string{plain}},
	} {
		if got := searched(c.dir, c.cwd); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
