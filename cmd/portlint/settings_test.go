package main

import (
	"os"
	"path/filepath"
	"reflect"
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
		if err := yaml.Unmarshal(text, &value); err != nil && len(text) == 0 {
			t.Fatalf("%s: %v", file, err)
		}
		if err := schema.Validate(value); (err == nil) != good {
			t.Errorf("%s: the schema says %v", file, err)
		}
	}
}

// TestSettingsSchemaKnowsRules checks that the pattern of the schema allows every rule.
func TestSettingsSchemaKnowsRules(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("portlint-config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]any{}
	for _, name := range ruleNames() {
		rules[name] = "off"
	}
	if err := schema.Validate(map[string]any{"rules": rules}); err != nil {
		t.Error(err)
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
		level:    lint.Info, failOn: lint.Off, low: 20000, high: 32767,
		reserved: map[uint16]bool{8080: true, 9000: true}, exclude: []string{"examples/**"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
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
