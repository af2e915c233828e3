package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
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
		if _, err := run.ParseSettings(file, text); (err == nil) != good {
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
